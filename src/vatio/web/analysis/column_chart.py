"""Bars as columns beside one another, for a wide page; coordinates are those of the SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vatio.web.analysis.bars import EnergyBar
from vatio.web.analysis.chart_numbers import fixed, tick_decimals, ticks

WIDTH, LEFT, TOP = 1300.0, 52.0, 30.0
BAR, LEAST_BAR = 60.0, 1.0
SHARE, THIN_SHARE = 0.62, 0.86
"""How much of its place a column takes, at most `BAR`: of a wide place, and of a thin one."""

LETTER, STRONG, INSIDE = 6.7, 7.2, 7.6
"""About how wide a letter is: plain, above a column, and within it where the page is smaller."""

ROOM_INSIDE = 19.0
THIN = 12.0
"""From less room than this a column has a line for what it is compared with, no outline."""

TIGHT = 64.0
APART = 18.0
EVERY = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 24)


@dataclass(frozen=True)
class ColumnPart:
    """A part of a column: its look, where it is, and its name where there is room for it."""

    look: str
    y: float
    height: float
    name: str


@dataclass
class BarColumn:
    """A column: what is drawn of it, and the figure that stands above or below it."""

    x: float
    width: float
    zone: float
    """Where the stretch begins that answers to the pointer; it is as wide as `ColumnChart.step`."""
    parts: list[ColumnPart] = field(default_factory=list)
    is_void: bool = False
    is_unfinished: bool = False
    figure: str = ""
    figure_y: float = 0.0
    before: str = ""
    """The path of what it is compared with: an outline, or a step among thin columns."""
    net: str = ""
    """The path of marks beside it at its total, where parts are above the axis and below it."""
    label: str = ""
    under: str = ""

    @property
    def middle(self) -> float:
        """The x on which words are centred."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class ColumnChart:
    """The wide drawing: `grid` has the y and the words of each line, `zero` the y of 0."""

    width: float
    height: float
    top: float
    base: float
    left: float
    zero: float
    step: float
    grid: list[tuple[float, str]]
    columns: list[BarColumn]
    has_words_of_void: bool

    @property
    def is_tight(self) -> bool:
        """Whether figures above the columns fit at full width alone."""
        return self.step < TIGHT

    @property
    def is_slender(self) -> bool:
        """Whether the columns are too thin for a line between their parts."""
        return self.step < THIN


def columns(
    bars: Sequence[EnergyBar], factor: float, short: Callable[[float], str], height: float
) -> ColumnChart:
    """Compute the columns of bars.

    :param factor: base units a unit of the axis.
    :param short: writes an amount as it stands above a column.
    """
    lowest, highest = min(bar.lowest for bar in bars), max(bar.highest for bar in bars)
    lines = ticks(lowest / factor, highest / factor, lines=4)
    bottom, ceiling = lines[0], lines[-1]
    base = TOP + height

    def up(value: float) -> float:
        return base - height * (value / factor - bottom) / (ceiling - bottom)

    step = (WIDTH - LEFT) / max(len(bars), 4)
    figures = [short(bar.total) + bar.marks if bar.total is not None else "" for bar in bars]
    has_figures = max(map(len, figures)) * STRONG + 4 <= step
    width = max(min(BAR, step * (SHARE if step >= THIN else THIN_SHARE)), LEAST_BAR)
    drawn = []
    for place, bar in enumerate(bars):
        zone = LEFT + step * place
        column = BarColumn(round(zone + (step - width) / 2, 2), round(width, 2), round(zone, 2))
        column.parts = _parts(bar, up, width)
        column.is_void = bar.total is None
        column.is_unfinished = bar.is_unfinished
        previous = bars[place - 1].before if place else None
        column.before = _before(bar, up, column, step, previous)
        if bar.is_netted and bar.total is not None:
            y = round(up(bar.total), 1)
            column.net = f"M{column.x - 8:g} {y:g}h7M{column.x + column.width + 1:g} {y:g}h7"
        if has_figures and bar.total is not None:
            column.figure = figures[place]
            is_down = bar.total < 0
            column.figure_y = round(up(bar.lowest) + 16 if is_down else up(bar.highest) - 8, 1)
        drawn.append(column)
    _label(bars, drawn, step)
    places = tick_decimals(lines)
    return ColumnChart(
        width=WIDTH,
        height=base + (42 if any(column.under for column in drawn) else 26),
        top=TOP,
        base=base,
        left=LEFT,
        zero=round(up(0), 1),
        step=round(step, 2),
        grid=[(round(up(line * factor), 1), fixed(line, places)) for line in lines],
        columns=drawn,
        has_words_of_void=step >= 62,
    )


def _parts(bar: EnergyBar, up: Callable[[float], float], width: float) -> list[ColumnPart]:
    """Return the parts of a bar: what is positive from 0 upwards, the last one first; else down."""
    parts, above, below = [], 0.0, 0.0
    for part in reversed(bar.stack):
        if part.value > 0:
            foot, above = above, above + part.value
            top, end = up(above), up(foot)
        else:
            head, below = below, below + part.value
            top, end = up(head), up(below)
        has_room = end - top > ROOM_INSIDE and len(part.name) * INSIDE + 4 <= width
        name = part.name if has_room else ""
        parts.append(ColumnPart(part.look, round(top, 2), round(end - top, 2), name))
    return parts


def _before(
    bar: EnergyBar,
    up: Callable[[float], float],
    column: BarColumn,
    step: float,
    previous: float | None,
) -> str:
    """Return the outline behind a column of the amount it is compared with.

    Of thin columns it is a step, from that of the `previous` amount on.
    """
    if bar.before is None:
        return ""
    y, zero = round(up(bar.before), 1), round(up(0), 1)
    if step < THIN:
        riser = "" if previous is None else f"{round(up(previous), 1):g}V"
        return f"M{column.zone:g} {riser}{y:g}h{step:.2f}"
    left, right = round(column.x - 5, 1), round(column.x + column.width + 5, 1)
    return f"M{left:g} {zero:g}V{y:g}H{right:g}V{zero:g}"


def _label(bars: Sequence[EnergyBar], drawn: Sequence[BarColumn], step: float) -> None:
    """Write under the columns what there is room for."""
    changes = [k for k, (a, b) in enumerate(pairwise(bars), 1) if a.words.under != b.words.under]
    longest = max(len(bar.words.label) for bar in bars) * LETTER + 14
    every = next((n for n in EVERY if n * step >= longest), 0)
    after = 0.0
    for first, end in pairwise([0, *changes, len(bars)]):
        for place in range(first, end, every or len(bars)):
            is_crowded = place > first and (end - place) < every and end < len(bars)
            if every and not is_crowded:
                drawn[place].label = bars[place].words.label
        words = bars[first].words.under
        if drawn[first].middle >= after:
            drawn[first].under = words
            after = drawn[first].middle + len(words) * STRONG + APART
