"""Looks at a thing over some days: its curve and figures, and what it is compared with."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from vatio.accounts.models import Account
from vatio.analysis import comparing, figures
from vatio.analysis.comparing import Comparison, Facing, Sides, Versus
from vatio.analysis.curve import Curve, Value
from vatio.analysis.figures import DayFigures, Figures
from vatio.consumption import answering, loading
from vatio.consumption import components as parts_of
from vatio.consumption import days as by_days
from vatio.consumption.answering import Measured
from vatio.consumption.components import Component
from vatio.consumption.days import DailyCurve, DayStore
from vatio.consumption.grid import Grid
from vatio.consumption.grid import grid as grid_of
from vatio.consumption.loading import Store
from vatio.consumption.subjects import EnergySubject
from vatio.readings.slots import ONE_DAY, WHOLE_DAY
from vatio.readings.stretches import Stretch

MOST_VALUES = 400_000
"""Of more intervals of components, days are read instead."""


@dataclass(frozen=True)
class Against:
    """What a thing is compared with: the days that face each other, the other curve, the sums.

    `laid` are the other side's mean powers, each at the interval of the curve that it faces;
    `by_day` are both sides of each day, one of each thing that was compared by itself, and `pairs`
    the curves of those things now and then. `now` is the instant up to which something is expected.
    """

    facing: Facing
    curve: Curve
    comparison: Comparison
    laid: list[Value]
    by_day: Mapping[date, Sequence[Sides]]
    pairs: Sequence[tuple[Curve, Curve]]
    now: float

    @cached_property
    def by_interval(self) -> list[Sides]:
        """Both sides of each interval, those of all things added up; of no thing none."""
        return comparing.by_interval(self.pairs, self.facing.days, now=self.now)


@dataclass(frozen=True)
class Look:
    """A thing over the days from `since` up to, not including, `until`.

    `now` is the instant, in seconds since 1970, up to which intervals can be expected. `minutes`
    is the resolution of its curve, a day (1440) for long spans. `laid` are the components of the
    curve: those of days of another time zone reach into the days around. `store` is what was
    read for it, of days where `minutes` says so. `silent` are data
    points that have no reading in the span, `later` those whose readings begin within it, and
    when. `daily` has the lowest and highest powers of days, where the curve is one of days.
    """

    subject: EnergySubject
    since: date
    until: date
    components: list[Component]
    laid: list[Component]
    known: Measured
    minutes: int
    curve: Curve
    store: Store | DayStore
    now: float
    silent: list[int]
    later: dict[int, date]
    daily: DailyCurve | None = None
    against: Against | None = None

    @cached_property
    def days(self) -> list[DayFigures]:
        """The figures of each day, up to `now`."""
        return _with_extremes(figures.by_day(self.curve, now=self.now), self.daily)

    @cached_property
    def figures(self) -> Figures:
        """The figures of the whole span, up to `now`."""
        return figures.whole(self.curve, self.days)

    @property
    def uncovered(self) -> list[Stretch]:
        """The days on which the principal meter of a supply point is missing, from its first
        reading on."""
        return [each.stretch for each in self.components if each.is_uncovered]

    @property
    def is_empty(self) -> bool:
        """Whether there is no value at all in the span."""
        return not self.figures.present


def look(
    account: Account,
    subject: EnergySubject,
    since: date,
    until: date,
    *,
    now: float,
    minutes: int | None = None,
    versus: Versus = Versus.NOTHING,
    among: int = 1,
) -> Look:
    """Look at a thing of an account from `since` up to, not including, `until`.

    :param now: the instant, in seconds since 1970, up to which intervals can be expected.
    :param minutes: the resolution that is asked for: the finest there is at most, and a day where
        the span has too many intervals.
    :param among: how many things are looked at together: they share what is read at most.
    """
    around = _around(account, subject, since, until)
    facing = comparing.facing(since, until, versus) if versus else None
    other = _around(account, subject, facing.since, facing.until) if facing else None
    components, known = around.within()
    step = _minutes(
        account.pk, [each for each in (around, other) if each], minutes, most=MOST_VALUES // among
    )
    side = around.side(account.pk, subject, step)
    curve, daily = side.add_up(side.components)
    first = {
        each.data_point_id: known.first_on.get(each.data_point_id)
        for each in components
        if not each.is_uncovered
    }
    return Look(
        subject=subject,
        since=since,
        until=until,
        components=components,
        laid=side.components,
        known=side.known,
        minutes=step,
        curve=curve,
        store=side.day_store if step == WHOLE_DAY else side.store,
        now=now,
        silent=[key for key, day in first.items() if day is None or day >= until],
        later={key: day for key, day in first.items() if day and since < day < until},
        daily=daily,
        against=(
            _against(side, curve, other.side(account.pk, subject, step), facing, now=now)
            if other and facing
            else None
        ),
    )


def _with_extremes(days: list[DayFigures], daily: DailyCurve | None) -> list[DayFigures]:
    """Return the figures of days with the extreme powers, which a curve of days lacks."""
    if daily is None:
        return days
    return [
        replace(each, least=least, most=most, most_at=None)
        for each, least, most in zip(days, daily.least, daily.most, strict=True)
    ]


@dataclass(frozen=True)
class _Around:
    """What a thing is made of over a span and the day on either side of it."""

    since: date
    until: date
    components: list[Component]
    known: Measured

    def within(self) -> tuple[list[Component], Measured]:
        """Return what it is made of over the span alone."""
        components = parts_of.within(self.components, self.since, self.until)
        return components, self.known.of(components)

    def side(self, account_id: int, subject: EnergySubject, minutes: int) -> "_Side":
        """Return the span in a resolution, with the components that can say something of it."""
        components, known = self.components, self.known
        if minutes == WHOLE_DAY or not known.is_apart(subject.time_zone):
            components, known = self.within()
        return _Side(account_id, subject, self.since, self.until, components, known, minutes)


def _around(account: Account, subject: EnergySubject, since: date, until: date) -> _Around:
    first, last = since - ONE_DAY, until + ONE_DAY
    components = parts_of.components(account, subject, first, last)
    known = answering.measured(account.pk, components)
    components += parts_of.uncovered(account, subject, components, first, last)
    return _Around(since, until, components, known)


@dataclass(frozen=True)
class _Side:
    """One side of a comparison: a thing over a span in a resolution."""

    account_id: int
    subject: EnergySubject
    since: date
    until: date
    components: list[Component]
    known: Measured
    minutes: int

    @property
    def grid(self) -> Grid:
        return grid_of(self.since, self.until, self.subject.time_zone, self.minutes)

    @cached_property
    def store(self) -> Store:
        """What the store says of the span, read once."""
        return loading.read(self.account_id, self.known, self.grid)

    @cached_property
    def day_store(self) -> DayStore:
        """What the store says of the days of the span, read once."""
        return by_days.read(self.account_id, self.known, self.grid)

    def add_up(self, components: Collection[Component]) -> tuple[Curve, DailyCurve | None]:
        """Return the curve of components; of days with what else is known of them."""
        adds = self.subject.adds
        whole = self.subject.gap_is_gap
        if self.minutes == WHOLE_DAY:
            daily = by_days.add_up(self.day_store, components, adds=adds, gap_is_gap=whole)
            return daily.curve, daily
        return loading.add_up(self.store, components, adds=adds, gap_is_gap=whole), None


def _minutes(account_id: int, sides: Collection[_Around], asked: int | None, *, most: int) -> int:
    """Return the resolution in which a span is read, and with it the one it is compared with."""
    measuring = [each for each in sides if each.known.series]
    return max(
        (_minutes_of(account_id, each, asked, most=most) for each in measuring), default=WHOLE_DAY
    )


def _minutes_of(account_id: int, side: _Around, asked: int | None, *, most: int) -> int:
    components, known = side.within()
    if asked is None:
        minutes = answering.full_resolution(account_id, known, side.since, side.until)
    else:
        minutes = answering.resolution(known, at_least=asked)
    living = [each for each in map(known.living, components) if each]
    slots = (side.until - side.since).days * WHOLE_DAY // minutes * max(len(living), 1)
    if slots > most and minutes < 60:
        minutes, slots = 60, slots * minutes // 60
    return WHOLE_DAY if slots > most else minutes


def _against(side: _Side, curve: Curve, other: _Side, facing: Facing, *, now: float) -> Against:
    """Compare a side with another time, each of its components with itself."""
    yonder, _daily = other.add_up(other.components)
    mine, theirs = _grouped(side), _grouped(other)
    pairs = [(curve, yonder)]
    if len(mine | theirs) > 1:
        pairs = [
            (side.add_up(mine.get(key, []))[0], other.add_up(theirs.get(key, []))[0])
            for key in mine | theirs
        ]
    pairs = [(one, two) for one, two in pairs if one.has_values or two.has_values]
    compared = [comparing.sides(one, two, facing.days, now=now) for one, two in pairs]
    by_day: dict[date, list[Sides]] = defaultdict(list)
    for each in compared:
        for day, sides in each.items():
            by_day[day].append(sides)
    every = [sides for each in compared for sides in each.values()]
    every += [comparing.unfaced(one, two, facing.days, now=now) for one, two in pairs]
    return Against(
        facing,
        yonder,
        comparing.comparison(every, curve, things=len(compared)),
        comparing.laid_over(curve, yonder, facing.days),
        by_day,
        pairs,
        now,
    )


def _grouped(side: _Side) -> dict[Hashable, list[Component]]:
    """Return the components that are compared with one another: those of one supply point.

    A thing in which a gap is a gap is compared as a whole.
    """
    found: dict[Hashable, list[Component]] = defaultdict(list)
    for each in side.components:
        key = each.stretch.supply_point_id or -each.data_point_id
        found["all" if side.subject.gap_is_gap else key].append(each)
    return found
