"""The figures of a curve of a file: how many slots, what is missing, how much in each month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vatio.metering.quantities import QUANTITIES
from vatio.readings.files.curves import Curve
from vatio.readings.registers import Register, by_slot, settle
from vatio.readings.slots import WHOLE_DAY, day_of, start

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


def figures(curve: Curve, *, time_zone: str, digits: int | None = None) -> CurveFigures:
    """Return the figures of a curve, those of registers as what was counted between them.

    :param time_zone: that of the days of the supply point.
    """
    slots = intervals(curve, time_zone=time_zone, digits=digits)
    return _figures(slots, time_zone, curve.minutes or 60)


def intervals(
    curve: Curve, *, time_zone: str, digits: int | None = None
) -> Sequence[tuple[int, float | None]]:
    """Return the intervals of a curve: the start of each, and what was counted in it.

    Starts are seconds since 1970, UTC; amounts in base units; None is missing.
    """
    if curve.kind == "register":
        return _counted(curve, time_zone, curve.minutes or 60, digits)
    return list(zip(curve.starts, curve.values, strict=True))


def _counted(
    curve: Curve, time_zone: str, minutes: int, digits: int | None
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
    slots: Iterable[tuple[int, float | None]], time_zone: str, minutes: int
) -> CurveFigures:
    made = CurveFigures()
    step, known, ends, month = minutes * 60, 0, 0, ""
    first = last = gap = None
    for at, value in slots:
        first = at if first is None else first
        if last is not None and gap is None and at - last > step and minutes != WHOLE_DAY:
            gap = last + step
        last = at
        if value is None:
            gap = at if gap is None else gap
            continue
        if gap is not None:
            made.gaps.append((gap, at))
            gap = None
        if at >= ends:
            local = day_of(at, time_zone)
            ends, month = local.ends, f"{local.day:%Y-%m}"
        known += 1
        made.total += value
        made.by_month[month] = made.by_month.get(month, 0) + value
    if first is not None and last is not None:
        if gap is not None:
            made.gaps.append((gap, last + step))
        made.intervals = round((last - first) / step) + 1
        made.missing = made.intervals - known
    del made.gaps[MOST_GAPS:]
    return made
