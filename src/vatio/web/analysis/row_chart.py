"""Bars as rows under one another, for a narrow page; coordinates are those of the SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vatio.web.analysis.bars import EnergyBar
from vatio.web.analysis.look_paths import LookPath, paths_of_boxes

WIDTH = 328.0
ROW, BAR, FIGURES = 46.0, 16.0, 19.0
"""How high a row is, how thick its bar, and where the bar begins below its words."""

MOST_ROWS = 62
"""Of more bars there is a strip each, and words only where the month or the day changes."""

NARROW_STRIPS = 62
"""Up to so many strips each is twice as thick."""

STRIP, WORDS = 5.0, 68.0
LEAST_APART = 16.0
LETTER = 7.0


@dataclass(frozen=True)
class RowPart:
    """A part of a row: its look, where it is, and its name where there is room for it."""

    look: str
    x: float
    width: float
    name: str

    @property
    def middle(self) -> float:
        """The x on which the name is centred."""
        return round(self.x + self.width / 2, 1)


@dataclass
class BarRow:
    """A bar that lies: its words at the left, its figure at the right, and its parts."""

    y: float
    words: str = ""
    figure: str = ""
    parts: list[RowPart] = field(default_factory=list)
    is_void: bool = False
    is_unfinished: bool = False
    before: str = ""
    """The path of what it is compared with."""
    net: str = ""
    """The path of marks at its total, where parts are at both sides of the axis."""


@dataclass(frozen=True)
class RowChart:
    """The narrow drawing: `bar_y` is where a bar begins below the y of its row."""

    width: float
    height: float
    step: float
    bar: float
    bar_y: float
    left: float
    zero: float
    rows: list[BarRow]
    is_dense: bool

    @property
    def geometry(self) -> str:
        """What finds a row: left, top, step, width, and 1 as they go down."""
        return f"0 0 {self.step:g} {self.width:g} 1"

    @property
    def paths(self) -> list[LookPath]:
        """All parts of a look as one path, for many rows."""
        return paths_of_boxes(
            (part.look, part.x, row.y + self.bar_y, part.width, self.bar)
            for row in self.rows
            for part in row.parts
        )


def rows(
    bars: Sequence[EnergyBar], full: Callable[[float], str], most: int = MOST_ROWS
) -> RowChart:
    """Compute the rows of bars.

    :param full: writes an amount with its unit.
    :param most: of more bars there is a strip each.
    """
    is_dense = len(bars) > most
    left = WORDS if is_dense else 0.0
    times = 1 if len(bars) > NARROW_STRIPS else 2
    step, bar_y = (STRIP * times, 0.5) if is_dense else (ROW, FIGURES)
    thick = step - 1 if is_dense else BAR
    lowest, highest = min(bar.lowest for bar in bars), max(bar.highest for bar in bars)
    whole = highest - lowest or 1.0

    def across(value: float) -> float:
        return left + (WIDTH - left) * (value - lowest) / whole

    drawn, after, under = [], 0.0, ""
    for place, bar in enumerate(bars):
        row = BarRow(y=place * step)
        row.is_void, row.is_unfinished = bar.total is None, bar.is_unfinished
        row.parts = _parts(bar, across)
        if bar.is_netted and bar.total is not None:
            x, y = round(across(bar.total), 1), row.y + bar_y
            row.net = f"M{x:g} {y - 4:g}v4M{x:g} {y + thick:g}v4"
        if bar.before is not None:
            x = round(across(bar.before), 1)
            row.before = f"M{x:g} {row.y + bar_y - 2:g}v{thick + 4:g}"
        if not is_dense:
            row.words = bar.words.name
            row.figure = "" if bar.total is None else full(bar.total) + bar.marks
        elif bar.words.under != under and row.y >= after:
            row.words, after = bar.words.under, row.y + LEAST_APART
        under = bar.words.under
        drawn.append(row)
    return RowChart(
        width=WIDTH,
        height=len(bars) * step + (6 if is_dense else -6),
        step=step,
        bar=thick,
        bar_y=bar_y,
        left=left,
        zero=round(across(0), 1),
        rows=drawn,
        is_dense=is_dense,
    )


def _parts(bar: EnergyBar, across: Callable[[float], float]) -> list[RowPart]:
    """Return the parts of a bar: what is positive from 0 to the right, the rest to the left."""
    parts, above, below = [], 0.0, 0.0
    for part in bar.stack:
        if part.value > 0:
            start, above = above, above + part.value
            x, end = across(start), across(above)
        else:
            start, below = below, below + part.value
            x, end = across(below), across(start)
        name = part.name if len(part.name) * LETTER + 8 <= end - x else ""
        parts.append(RowPart(part.look, round(x, 2), round(end - x, 2), name))
    return parts
