"""The table beside the chart: what an account used of what it held, month by month."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vatio.accounts.timeline import Moment
from vatio.entitlements.question import Room
from vatio.metering.past import UsageStep
from vatio.units import Unit


@dataclass(frozen=True)
class UsageRow:
    """What was used of what was held at the end of a month, or today; a room for each unit."""

    day: date
    rooms: list[Room]


@dataclass(frozen=True)
class UsageTable:
    """The units of which something was ever used, and a row for each month, the latest first."""

    units: list[Unit]
    rows: list[UsageRow]


def table(
    moments: Sequence[Moment], used: Sequence[UsageStep], *, today: date
) -> UsageTable | None:
    """Return the table from the first day on which something was used; None if nothing ever was."""
    if not used:
        return None
    units = [unit for unit in Unit if any(step.unit == unit for step in used)]
    rows = [
        UsageRow(day, [Room(_held(moments, unit, day), used_on(used, unit, day)) for unit in units])
        for day in _month_ends(used[0].day, today)
    ]
    return UsageTable(units, rows[::-1])


def _month_ends(first: date, today: date) -> Iterator[date]:
    """Yield the last day of each month from a day on, and today instead of the current one's."""
    day = first
    while True:
        following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        if following > today:
            yield max(day, today)
            return
        yield following - timedelta(days=1)
        day = following


def _held(moments: Iterable[Moment], unit: Unit, day: date) -> int | None:
    """Return what was held of a unit on a day: 0 on a day without a term."""
    held: int | None = 0
    for each in moments:
        term = each.term
        if not term.is_void and each.day <= day and term.starts_on <= day < term.over_on:
            held = each.quantities[unit]
    return held


def used_on(used: Iterable[UsageStep], unit: Unit, day: date) -> int:
    """Return what was used of a unit when a day ended."""
    last = 0
    for step in used:
        if step.unit == unit and step.day <= day:
            last = step.used
    return last
