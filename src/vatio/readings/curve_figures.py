"""The figures of a curve of a file: how many slots, what is missing, how much in each month."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from vatio.dates import add_months
from vatio.metering.quantities import QUANTITIES
from vatio.readings.days import Value
from vatio.readings.files.curves import FileCurve
from vatio.readings.registers import Register, by_slot, settle
from vatio.readings.slots import day_of, local_day, start

MOST_GAPS = 1_000


@dataclass
class CurveFigures:
    """The figures of a curve; amounts are in base units.

    `intervals`: the slots from the first to the last, those that are missing too. `by_month` has
    the months as 2026-10. `gaps`: the instants, in seconds since 1970, UTC, from the first
    missing slot of a run up to, not including, the next slot with a value.
    """

    intervals: int = 0
    missing: int = 0
    total: float = 0
    by_month: dict[str, float] = field(default_factory=dict)
    gaps: list[tuple[int, int]] = field(default_factory=list)


def figures(curve: FileCurve, *, time_zone: str, digits: int | None = None) -> CurveFigures:
    """Return the figures of a curve, those of registers as what was counted between them.

    :param time_zone: that of the days of the supply point.
    """
    minutes = curve.minutes or 60
    if curve.kind == "register":
        counted = _counted(curve, time_zone, minutes, digits)
        return _figures([at for at, _v in counted], [v for _a, v in counted], time_zone, minutes)
    return _figures(curve.starts, curve.values, time_zone, minutes)


def intervals(
    curve: FileCurve, *, time_zone: str, digits: int | None = None
) -> Sequence[tuple[int, Value]]:
    """Return the intervals of a curve: the start of each, and what was counted in it.

    Starts are seconds since 1970, UTC; amounts in base units; None is missing.
    """
    if curve.kind == "register":
        return _counted(curve, time_zone, curve.minutes or 60, digits)
    return list(zip(curve.starts, curve.values, strict=True))


def _counted(
    curve: FileCurve, time_zone: str, minutes: int, digits: int | None
) -> list[tuple[int, float | None]]:
    known = [
        Register(at, value)
        for at, value in zip(curve.starts, curve.values, strict=True)
        if value is not None
    ]
    factor = QUANTITIES[curve.quantity].factor
    pieces = settle(known, digits=digits, unit=factor).pieces
    shares = by_slot(pieces, time_zone=time_zone, minutes=minutes)
    return sorted((start(local, slot, minutes), one.value) for (local, slot), one in shares.items())


def _figures(
    starts: Sequence[int], values: Sequence[Value], time_zone: str, minutes: int
) -> CurveFigures:
    made = CurveFigures()
    if not starts:
        return made
    step = minutes * 60
    made.intervals = round((starts[-1] - starts[0]) / step) + 1
    made.missing = made.intervals - (len(values) - values.count(None))
    made.total = sum(filter(None, values))
    low = 0
    while low < len(starts):
        day = day_of(starts[low], time_zone).day
        behind = local_day(add_months(day.replace(day=1), 1, anchor_day=1), time_zone).begins
        high = bisect_left(starts, behind, low)
        made.by_month[f"{day:%Y-%m}"] = sum(filter(None, values[low:high]))
        low = high
    if made.missing:
        made.gaps = list(islice(_gaps(starts, values, step), MOST_GAPS))
    return made


def _gaps(starts: Sequence[int], values: Sequence[Value], step: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of missing slots; two slots may be as far apart as a day of 25 hours."""
    begun: int | None = None
    last: int | None = None
    for at, value in zip(starts, values, strict=True):
        if last is not None and begun is None and at - last > 1.5 * step:
            begun = last + step
        last = at
        if value is None:
            begun = at if begun is None else begun
        elif begun is not None:
            yield begun, at
            begun = None
    if begun is not None and last is not None:
        yield begun, last + step
