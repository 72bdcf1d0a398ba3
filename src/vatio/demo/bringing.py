"""Brings what the demo's series measured into the store: days of it, by the rules of the store."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from vatio.demo.counters import Counter, counters
from vatio.demo.energy.receiving import ReceivedDay, received
from vatio.demo.energy.registers import registers
from vatio.demo.histories import called_from
from vatio.demo.measured import MeasuredSeries
from vatio.demo.whole_units import counted
from vatio.metering.models import DataSource
from vatio.readings import deliveries
from vatio.readings.arrivals import Arrivals
from vatio.readings.days import ArrivingDay
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.receiving import receive
from vatio.readings.slots import local_day

BILLED_AFTER = timedelta(days=60)
"""How old a distributor's curve is that has been billed since: before the day of the history."""

LATER = timedelta(hours=6, minutes=40)
"""How long after its last day a delivery arrives."""


class Door(NamedTuple):
    """What days arrive by: where they come from, the source, and what their file is called.

    A file's name has a place for its day; it is empty for what comes without a file.
    """

    origin: Origin
    source_id: int
    file_name: str
    flags: Flag


@dataclass(frozen=True)
class Days:
    """Local days, from `since` up to, not including, `until`."""

    since: date
    until: date

    def __iter__(self) -> Iterator[date]:
        return (self.since + timedelta(days=after) for after in range(len(self)))

    def __len__(self) -> int:
        return max((self.until - self.since).days, 0)


def bring(
    measured: Sequence[MeasuredSeries], days: Days, *, made_on: date, begun: datetime, at: datetime
) -> None:
    """Store days of some series of one account, a delivery for each door.

    Meters that are called bring the days since `called_from(made_on)` themselves.
    A distributor's curves that are old by `made_on` have been billed. A delivery arrives after
    its last day, but neither before `begun` nor after `at`.
    """
    called = [each for each in measured if each.is_called]
    before = Days(days.since, min(days.until, called_from(made_on)))
    _bring(called, before, made_on=made_on, begun=begun, at=at)
    others = [each for each in measured if not each.is_called]
    _bring(others, days, made_on=made_on, begun=begun, at=at)


def _bring(
    measured: Sequence[MeasuredSeries], days: Days, *, made_on: date, begun: datetime, at: datetime
) -> None:
    at = min(max(_morning_after(days), begun), at)
    edge = min(max(made_on - BILLED_AFTER, days.since), days.until)
    for part, is_billed in ((Days(days.since, edge), True), (Days(edge, days.until), False)):
        by_door: dict[Door, list[MeasuredSeries]] = defaultdict(list)
        for each in measured if part else ():
            by_door[_door(each, is_billed)].append(each)
        for door, own in by_door.items():
            _deliver(door, own, part, at=at)


def _morning_after(days: Days) -> datetime:
    return datetime(days.until.year, days.until.month, days.until.day, tzinfo=UTC) + LATER


def _door(measured: MeasuredSeries, is_billed: bool) -> Door:
    source, kind = measured.source_id, measured.source_kind
    if kind == DataSource.Kind.INSERTION:
        return Door(Origin.INSERTION, source, "", Flag.NONE)
    if kind == DataSource.Kind.COLLECTOR:
        return Door(Origin.COLLECTED, source, "", Flag.NONE)
    if not measured.is_official:
        return Door(Origin.FILE, source, "lecturas_{day:%Y-%m-%d}.csv", Flag.NONE)
    if measured.series.minutes != 60:
        name = "P2D_0031_0762_{day:%Y%m%d}.0"
        return Door(Origin.DISTRIBUTOR, source, name, Flag.FIRM if is_billed else Flag.NONE)
    if is_billed:
        return Door(Origin.INVOICE, source, "F5D_0031_0762_{day:%Y%m%d}.0", Flag.FIRM)
    return Door(Origin.DISTRIBUTOR, source, "P1D_0031_0762_{day:%Y%m%d}.0", Flag.NONE)


def _deliver(door: Door, measured: Sequence[MeasuredSeries], days: Days, *, at: datetime) -> None:
    """Store days of series that come by one door."""
    arrivals = Arrivals()
    counting = counters(measured, begins=days.since)
    for each in measured:
        for day in days:
            made = _arriving(each, door, day, counting.get(each.series.id))
            if made is not None:
                arrivals.days[each.series.id, day] = made
    if not arrivals.days:
        return
    account_id = measured[0].series.account_id
    delivery = _open(account_id, door, days, at=at)
    made_of = receive(
        account_id,
        {each.series.id: each.series for each in measured},
        arrivals,
        origin=door.origin,
        delivery=delivery,
        at=at.timestamp(),
    )
    touched = set(arrivals.days) | made_of.changed
    deliveries.count(account_id, delivery, made_of.counts, touched=touched, at=at)


def _open(account_id: int, door: Door, days: Days, *, at: datetime) -> int:
    if not door.file_name:
        delivery, _today = deliveries.of_hour(account_id, door.source_id, origin=door.origin, at=at)
        return delivery
    name = door.file_name.format(day=days.until)
    return deliveries.open_file(
        account_id, origin=door.origin, name=name, sha256="", source_id=door.source_id, at=at
    )


def _arriving(
    measured: MeasuredSeries, door: Door, day: date, counter: Counter | None
) -> ArrivingDay | None:
    """Return what arrives of a day, None if nothing does."""
    series, profile = measured.series, measured.profile
    came = received(profile, day=day, time_zone=series.time_zone, minutes=series.minutes)
    values = came.values
    if counter is not None:
        stood = registers(
            profile,
            counter.first,
            since=counter.since,
            day=day,
            time_zone=series.time_zone,
            minutes=series.minutes,
        )
        values = [
            None if value is None else register
            for value, register in zip(values, stood, strict=True)
        ]
    if door.origin == Origin.COLLECTED:
        values = _in_whole_units(values)
    if all(value is None for value in values):
        return None
    own, of_each = _qualities(door, came, is_register=counter is not None)
    local = local_day(day, series.time_zone)
    return ArrivingDay(local, series.minutes, values, own, of_each)


def _in_whole_units(values: Sequence[float | None]) -> list[float | None]:
    """Return what a meter says that is called; what did not come of a day stays out."""
    told = counted([value or 0.0 for value in values])
    return [None if came is None else value for came, value in zip(values, told, strict=True)]


def _qualities(door: Door, came: ReceivedDay, *, is_register: bool) -> tuple[int, list[int] | None]:
    """Return the quality of a day, and that of each slot where one differs."""
    if is_register:
        return quality(door.origin), None
    how = How.ESTIMATED if came.is_estimated else How.MEASURED
    own = quality(door.origin, how, door.flags)
    if came.doubtful is None:
        return own, None
    of_each = [own] * len(came.values)
    of_each[came.doubtful] = quality(door.origin, how, Flag.DOUBTFUL)
    return own, of_each
