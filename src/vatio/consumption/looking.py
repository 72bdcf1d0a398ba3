"""Looks at a thing over some days: its curve and figures, and what it is compared with."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from vatio.accounts.models import Account
from vatio.analysis import comparing, figures
from vatio.analysis.comparing import Comparison, Facing, Sides, Versus
from vatio.analysis.curve import Curve, Value
from vatio.analysis.figures import DayFigures, Figures
from vatio.consumption import days as by_days
from vatio.consumption import loading
from vatio.consumption.answering import Measured
from vatio.consumption.components import Component
from vatio.consumption.days import DailyCurve, DayStore
from vatio.consumption.loading import Store
from vatio.consumption.sides import SpanSide, around, common_minutes
from vatio.consumption.subjects import EnergySubject
from vatio.readings.slots import WHOLE_DAY
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
    own = around(account, subject, since, until)
    facing = comparing.facing(since, until, versus) if versus else None
    other = around(account, subject, facing.since, facing.until) if facing else None
    components, known = own.within()
    step = common_minutes(
        account.pk, [each for each in (own, other) if each], minutes, most=MOST_VALUES // among
    )
    side = own.side(account.pk, subject, step)
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


def _against(
    side: SpanSide, curve: Curve, other: SpanSide, facing: Facing, *, now: float
) -> Against:
    """Compare a side with another time, each of its components with itself."""
    yonder, _daily = other.add_up(other.components)
    mine, theirs = (
        _grouped(side.subject, side.components),
        _grouped(other.subject, other.components),
    )
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


def _grouped(
    subject: EnergySubject, components: Iterable[Component]
) -> dict[Hashable, list[Component]]:
    """Return the components that are compared with one another: those of one supply point.

    A thing in which a gap is a gap is compared as a whole.
    """
    found: dict[Hashable, list[Component]] = defaultdict(list)
    for each in components:
        key = each.stretch.supply_point_id or -each.data_point_id
        found["all" if subject.gap_is_gap else key].append(each)
    return found


def compared_within(seen: Look, day: date, before: date) -> Comparison:
    """Compare two days of one look, each component with itself; nothing is read for it."""
    adds, whole = seen.subject.adds, seen.subject.gap_is_gap
    groups = _grouped(seen.subject, seen.laid).values()
    if isinstance(seen.store, DayStore):
        curves = [
            by_days.add_up(seen.store, own, adds=adds, gap_is_gap=whole).curve for own in groups
        ]
    else:
        curves = [loading.add_up(seen.store, own, adds=adds, gap_is_gap=whole) for own in groups]
    compared = [
        comparing.sides(own, own, [(day, before)], now=seen.now)[day]
        for own in curves
        if own.has_values
    ]
    return comparing.comparison(compared, seen.curve, things=len(compared))
