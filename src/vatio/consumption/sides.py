"""A thing over a span of days and in a resolution: one side of a look, or of a comparison."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from vatio.accounts.models import Account
from vatio.analysis.curve import Curve
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


@dataclass(frozen=True)
class SpanAround:
    """What a thing is made of over a span and the day on either side of it."""

    since: date
    until: date
    components: list[Component]
    known: Measured

    def within(self) -> tuple[list[Component], Measured]:
        """Return what it is made of over the span alone."""
        components = parts_of.within(self.components, self.since, self.until)
        return components, self.known.of(components)

    def side(self, account_id: int, subject: EnergySubject, minutes: int) -> "SpanSide":
        """Return the span in a resolution, with the components that can say something of it."""
        components, known = self.components, self.known
        if minutes == WHOLE_DAY or not known.is_apart(subject.time_zone):
            components, known = self.within()
        return SpanSide(account_id, subject, self.since, self.until, components, known, minutes)


def around(account: Account, subject: EnergySubject, since: date, until: date) -> SpanAround:
    """Return what a thing of an account is made of from a day before a span to a day after it."""
    first, last = since - ONE_DAY, until + ONE_DAY
    components = parts_of.components(account, subject, first, last)
    known = answering.measured(account.pk, components)
    components += parts_of.uncovered(account, subject, components, first, last)
    return SpanAround(since, until, components, known)


@dataclass(frozen=True)
class SpanSide:
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
        """The intervals of the span."""
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


def common_minutes(
    account_id: int, sides: Collection[SpanAround], asked: int | None, *, most: int
) -> int:
    """Return the resolution in which a span is read, and with it the one it is compared with.

    What has no series has any: the one that is asked for, else a day.
    """
    measuring = [each for each in sides if each.known.series]
    return max(
        (_minutes_of(account_id, each, asked, most=most) for each in measuring),
        default=asked or WHOLE_DAY,
    )


def _minutes_of(account_id: int, side: SpanAround, asked: int | None, *, most: int) -> int:
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
