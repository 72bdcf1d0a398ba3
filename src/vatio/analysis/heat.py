"""A heat map: a curve as a grid of days by wall-clock time, and what is usual at each hour."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import inf
from zoneinfo import ZoneInfo

from vatio.analysis.curve import HOUR, Curve, Run, Value

DAY = 86_400
HOURS = 24
SATURDAY = 5

Place = tuple[int, int]
"""A cell: which day of the grid, and which slot of that day."""


@dataclass(frozen=True)
class HeatGrid:
    """Days by slots of wall-clock time: slot k of a day begins k steps after 00:00 on the clock.

    A cell is the mean of those intervals which begin in it and have a value, in the unit of
    `Curve.powers`; None where there are intervals and none has a value (a gap), and None too in
    `absent`: times that the clocks leapt over, in which no interval begins. So the hour that
    occurs twice shows the mean of both, and the hour that does not exist is no gap.

    `step` is the length of a slot in seconds. `intervals` counts the intervals that have ended,
    `missing` those without a value, `incomplete` those of a sum of which a part is missing, and
    `estimated` those that nobody measured. `partial` are the cells of what is incomplete.
    `unusual` has the places of days that are longer or shorter than 24 hours, each with its hours.
    """

    days: list[date]
    slots: int
    step: int
    cells: list[list[Value]]
    absent: frozenset[Place]
    intervals: int
    missing: int
    unusual: dict[int, float]
    partial: frozenset[Place] = frozenset()
    incomplete: int = 0
    estimated: int = 0

    def known(self) -> list[float]:
        """Return the values of all cells that have one, ascending."""
        return sorted(value for row in self.cells for value in row if value is not None)


@dataclass(frozen=True)
class HourRow:
    """What is usual at an hour of the clock, from `hour`:00 up to, not including, an hour later.

    Means and the highest are of the cells of a grid, None where none has a value. Cells of which a
    part is missing are in no mean: they would make it less than it is. `highest_at` is the place of
    the first cell that has the highest value.
    """

    hour: int
    weekdays: Value
    weekend: Value
    mean: Value
    highest: Value
    highest_at: Place | None


def grid_of(curve: Curve, *, now: float = inf) -> HeatGrid:
    """Compute the grid of a curve, in slots of its step; a step of a day or more has one slot.

    :param now: the instant, in seconds since 1970, up to which intervals can be expected: what
        has not ended by then, and has no value, is absent rather than missing.
    """
    slots = max(DAY // curve.step, 1)
    powers = curve.powers()
    time_zone = ZoneInfo(curve.time_zone)
    cells: list[list[Value]] = []
    absent: set[Place] = set()
    unusual: dict[int, float] = {}
    for place in range(len(curve.days)):
        first, last = curve.firsts[place], curve.firsts[place + 1]
        begins = curve.starts[first] if first < len(curve.starts) else curve.ends
        ends = curve.starts[last] if last < len(curve.starts) else curve.ends
        if ends - begins == DAY and last - first == slots:
            cells.append(powers[first:last])
            if ends > now:
                later = (
                    number for number in range(slots) if begins + (number + 1) * curve.step > now
                )
                absent.update((place, slot) for slot in later if powers[first + slot] is None)
            continue
        if ends - begins != DAY:
            unusual[place] = (ends - begins) / HOUR
        row, left_out = _row(curve, powers, range(first, last), slots, time_zone)
        cells.append(row)
        absent.update((place, slot) for slot in left_out)
    ended = bisect_right(curve.starts, now - curve.step)
    missing = sum(value is None for value in powers[:ended])
    return HeatGrid(
        list(curve.days),
        slots,
        curve.step,
        cells,
        frozenset(absent),
        ended,
        missing,
        unusual,
        _cells_of(curve, curve.partial, slots, time_zone),
        sum(end - begin for begin, end in curve.partial),
        sum(end - begin for begin, end in curve.estimated),
    )


def _cells_of(
    curve: Curve, runs: Sequence[Run], slots: int, time_zone: ZoneInfo
) -> frozenset[Place]:
    """Return the cells in which the intervals of runs begin."""
    found = set()
    for place in (place for run in runs for place in range(*run)):
        day = bisect_right(curve.firsts, place) - 1
        found.add((day, _slot(curve, place, slots, time_zone)))
    return frozenset(found)


def _slot(curve: Curve, place: int, slots: int, time_zone: ZoneInfo) -> int:
    """Return the slot of the clock in which an interval begins."""
    local = datetime.fromtimestamp(curve.starts[place], UTC).astimezone(time_zone)
    seconds = local.hour * HOUR + local.minute * 60 + local.second
    return min(seconds // curve.step, slots - 1)


def _row(
    curve: Curve, powers: Sequence[Value], places: range, slots: int, time_zone: ZoneInfo
) -> tuple[list[Value], list[int]]:
    """Return the slots of a day whose clocks change, and which of them no interval begins in."""
    found: list[list[Value]] = [[] for _slot in range(slots)]
    for place in places:
        found[_slot(curve, place, slots, time_zone)].append(powers[place])
    return [mean_of(values) for values in found], [
        slot for slot, values in enumerate(found) if not values
    ]


def mean_of(values: Sequence[Value]) -> Value:
    """Return the mean of the values that there are; None without any."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def by_hours(grid: HeatGrid) -> HeatGrid:
    """Return a grid whose slots are hours: each the mean of those of its cells that have a value.

    An hour is absent where all of its cells are. A grid of hours or coarser is returned as it is.
    """
    if grid.step >= HOUR or grid.slots % HOURS:
        return grid
    each = grid.slots // HOURS
    cells = [[mean_of(row[k : k + each]) for k in range(0, grid.slots, each)] for row in grid.cells]
    absent = {
        (day, hour)
        for day, hour in {(day, slot // each) for day, slot in grid.absent}
        if all((day, hour * each + k) in grid.absent for k in range(each))
    }
    return replace(
        grid,
        slots=HOURS,
        step=HOUR,
        cells=cells,
        absent=frozenset(absent),
        partial=frozenset((day, slot // each) for day, slot in grid.partial),
    )


def hour_table(grid: HeatGrid) -> list[HourRow]:
    """Compute what is usual at each hour of the clock, holidays among the weekdays they fall on.

    A grid of slots longer than an hour has no rows.
    """
    if grid.slots % HOURS:
        return []
    each = grid.slots // HOURS
    is_weekend = [day.weekday() >= SATURDAY for day in grid.days]
    rows = []
    for hour in range(HOURS):
        slots = range(hour * each, (hour + 1) * each)
        parts: tuple[list[float], list[float]] = ([], [])
        highest, highest_at = None, None
        for place, row in enumerate(grid.cells):
            into = parts[is_weekend[place]]
            for slot in slots:
                value = row[slot]
                if value is None:
                    continue
                if (place, slot) not in grid.partial:
                    into.append(value)
                if highest is None or value > highest:
                    highest, highest_at = value, (place, slot)
        weekdays, weekend = parts
        rows.append(
            HourRow(
                hour,
                mean_of(weekdays),
                mean_of(weekend),
                mean_of(weekdays + weekend),
                highest,
                highest_at,
            )
        )
    return rows
