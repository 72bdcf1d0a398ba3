"""Curves for tests: whole local days of any zone, of given values or of one that counts."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from vatio.analysis.curve import Curve, Value
from vatio.readings.slots import local_day, start


def curve_of(
    time_zone: str,
    first: date,
    days: int,
    step: int = 3600,
    values: Sequence[Value] | Callable[[int], Value] = float,
    *,
    adds: bool = False,
) -> Curve:
    """Make a curve of some days; a function gives the value of each interval by its place."""
    listed = [first + timedelta(days=k) for k in range(days)]
    firsts, starts = [0], list[int]()
    for day in listed:
        local = local_day(day, time_zone)
        starts += [start(local, slot, step // 60) for slot in range(local.count(step // 60))]
        firsts.append(len(starts))
    if callable(values):
        values = [values(place) for place in range(len(starts))]
    filled = [values[place % len(values)] for place in range(len(starts))]
    ends = local_day(listed[-1], time_zone).ends
    return Curve(time_zone, step, listed, firsts, starts, ends, filled, adds)
