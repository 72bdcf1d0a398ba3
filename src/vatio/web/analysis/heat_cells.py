"""The cells of a heat map as paths, one for each class, and its gaps as boxes."""

from collections.abc import Iterator
from dataclasses import dataclass

from vatio.analysis.classes import class_of
from vatio.analysis.heat import HeatGrid
from vatio.web.analysis.look_paths import LookPath

VOID, ABSENT = -1, -2
"""What a cell without a value is: a gap, or a time that the clocks leapt over."""

LOOKS = ("heat-0", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5", "heat-6")
"""The looks of the classes, from little to much."""


@dataclass(frozen=True)
class HeatBox:
    """A rectangle, in the coordinates of the SVG."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class _Gap:
    """A gap: from which slot up to, not including, which, and over which days."""

    start: int
    end: int
    first: int
    after: int


Run = tuple[int, int, int, int]
"""Cells of a day that are alike: the day, the kind, from which slot, up to which."""


def runs_of(grid: HeatGrid, limits: list[float]) -> Iterator[Run]:
    """Yield the stretches of cells of the same kind, day by day: a class, `VOID` or `ABSENT`."""
    for day, row in enumerate(grid.cells):
        kinds = [VOID if value is None else class_of(value, limits) for value in row]
        if grid.absent:
            for slot in range(grid.slots):
                if (day, slot) in grid.absent:
                    kinds[slot] = ABSENT
        start = 0
        for slot in range(1, grid.slots + 1):
            if slot == grid.slots or kinds[slot] != kinds[start]:
                yield day, kinds[start], start, slot
                start = slot


def paths_of(runs: list[Run], *, is_down: bool) -> list[LookPath]:
    """Return a path for each class, in units of a day by a slot and as thick as one of them.

    Days go to the right, or down where `is_down`.
    """
    paths: dict[int, list[str]] = {}
    for day, kind, start, end in runs:
        if kind >= 0:
            step = (
                f"M{start} {day}.5h{end - start}" if is_down else f"M{day}.5 {start}v{end - start}"
            )
            paths.setdefault(kind, []).append(step)
    return [LookPath(LOOKS[kind], "".join(paths[kind])) for kind in sorted(paths)]


def gaps_of(runs: list[Run], day: float, slot: float, *, is_down: bool) -> list[HeatBox]:
    """Return boxes of what is missing, that of the same hours on days in a row as one.

    :param day: how long a day is in the drawing.
    :param slot: how long a slot is in the drawing.
    """
    open_gaps: dict[tuple[int, int], _Gap] = {}
    found: list[_Gap] = []
    for place, kind, start, end in runs:
        if kind != VOID:
            continue
        gap = open_gaps.get((start, end))
        if gap and gap.after == place:
            gap.after = place + 1
        else:
            gap = _Gap(start, end, place, place + 1)
            open_gaps[start, end] = gap
            found.append(gap)
    boxes = []
    for gap in found:
        along = round(gap.first * day, 2), round((gap.after - gap.first) * day, 2)
        across = round(gap.start * slot, 2), round((gap.end - gap.start) * slot, 2)
        (y, height), (x, width) = (along, across) if is_down else (across, along)
        boxes.append(HeatBox(x, y, width, height))
    return boxes
