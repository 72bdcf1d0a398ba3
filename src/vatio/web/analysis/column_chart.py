"""Bars as columns beside one another, for a wide page; coordinates are those of the SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vatio.web.analysis.bars import EnergyBar
from vatio.web.analysis.chart_numbers import fixed, tick_decimals, ticks
from vatio.web.analysis.look_paths import LookPath, paths_of_boxes

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
"""From less room than this no words but figures fit, and those at full width alone."""

LEAST_PLACES = 4
"""How many columns there is room for at least, so that a single one is no wall."""

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
    """Where its place begins, which is as wide as `ColumnChart.step`."""
    parts: list[ColumnPart]
    is_void: bool
    is_unfinished: bool
    before: str
    """The path of what it is compared with: an outline, or a step among thin columns."""
    net: str
    """The path of marks beside it at its total, where parts are above the axis and below it."""
    figure: str = ""
    figure_y: float = 0.0
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

    @property
    def is_tight(self) -> bool:
        """Whether figures above the columns fit at full width alone."""
        return self.step < TIGHT

    @property
    def has_words_of_void(self) -> bool:
        """Whether a column of nothing has room for saying so."""
        return self.step >= TIGHT

    @property
    def is_slender(self) -> bool:
        """Whether the columns are too thin for a line between their parts."""
        return self.step < THIN

    @property
    def geometry(self) -> str:
        """What finds a column: left, top, step, height, and 0 as they go to the right."""
        return f"{self.left:g} {self.top:g} {self.step:g} {self.base - self.top:g} 0"

    @property
    def paths(self) -> list[LookPath]:
        """All parts of a look as one path, for many columns."""
        return paths_of_boxes(
            (part.look, column.x, part.y, column.width, part.height)
            for column in self.columns
            for part in column.parts
        )


@dataclass(frozen=True)
class _Scale:
    """Where amounts are: `bottom` and `ceiling`, in units of the axis, are `height` apart."""

    factor: float
    lines: list[float]
    height: float
    step: float

    def up(self, value: float) -> float:
        """Return the y of an amount in base units."""
        bottom, ceiling = self.lines[0], self.lines[-1]
        return TOP + self.height * (ceiling - value / self.factor) / (ceiling - bottom)

    @property
    def width(self) -> float:
        """How wide a column is."""
        share = THIN_SHARE if self.step < THIN else SHARE
        return max(min(BAR, self.step * share), LEAST_BAR)


def columns(
    bars: Sequence[EnergyBar], factor: float, short: Callable[[float], str], height: float
) -> ColumnChart:
    """Compute the columns of bars.

    :param factor: base units a unit of the axis.
    :param short: writes an amount as it stands above a column.
    """
    lowest, highest = min(bar.lowest for bar in bars), max(bar.highest for bar in bars)
    lines = ticks(lowest / factor, highest / factor)
    scale = _Scale(factor, lines, height, (WIDTH - LEFT) / max(len(bars), LEAST_PLACES))
    befores = [None, *(bar.before for bar in bars)]
    drawn = [_column(bar, place, scale, befores[place]) for place, bar in enumerate(bars)]
    _write_figures(bars, drawn, scale, short)
    _write_labels(bars, drawn, scale.step)
    places = tick_decimals(lines)
    return ColumnChart(
        width=WIDTH,
        height=TOP + height + (42 if any(column.under for column in drawn) else 26),
        top=TOP,
        base=TOP + height,
        left=LEFT,
        zero=round(scale.up(0), 1),
        step=round(scale.step, 4),
        grid=[(round(scale.up(line * factor), 1), fixed(line, places)) for line in lines],
        columns=drawn,
    )


def _column(bar: EnergyBar, place: int, scale: _Scale, previous: float | None) -> BarColumn:
    """Return a column without its words; `previous` is what the one before is compared with."""
    zone = LEFT + scale.step * place
    x, width = round(zone + (scale.step - scale.width) / 2, 1), round(scale.width, 1)
    net = ""
    if bar.is_netted and bar.total is not None:
        y = round(scale.up(bar.total), 1)
        net = f"M{x - 8:g} {y:g}h7M{x + width + 1:g} {y:g}h7"
    return BarColumn(
        x=x,
        width=width,
        zone=round(zone, 1),
        parts=_parts(bar, scale),
        is_void=bar.total is None,
        is_unfinished=bar.is_unfinished,
        before=_before(bar, x, scale, zone, previous),
        net=net,
    )


def _parts(bar: EnergyBar, scale: _Scale) -> list[ColumnPart]:
    """Return the parts of a bar: what is positive from 0 upwards, the last one first; else down."""
    parts, above, below = [], 0.0, 0.0
    for part in reversed(bar.stack):
        if part.value > 0:
            foot, above = above, above + part.value
            top, end = scale.up(above), scale.up(foot)
        else:
            head, below = below, below + part.value
            top, end = scale.up(head), scale.up(below)
        has_room = end - top > ROOM_INSIDE and len(part.name) * INSIDE + 4 <= scale.width
        name = part.name if has_room else ""
        parts.append(ColumnPart(part.look, round(top, 2), round(end - top, 2), name))
    return parts


def _before(bar: EnergyBar, x: float, scale: _Scale, zone: float, previous: float | None) -> str:
    """Return the outline behind a column of the amount it is compared with.

    Of thin columns it is a step, from that of the `previous` amount on.
    """
    if bar.before is None:
        return ""
    y, zero = round(scale.up(bar.before), 1), round(scale.up(0), 1)
    if scale.step < THIN:
        riser = "" if previous is None else f"{round(scale.up(previous), 1):g}V"
        return f"M{zone:.1f} {riser}{y:g}h{scale.step:.1f}"
    return f"M{x - 5:g} {zero:g}V{y:g}H{round(x + scale.width + 5, 1):g}V{zero:g}"


def _write_figures(
    bars: Sequence[EnergyBar],
    drawn: Sequence[BarColumn],
    scale: _Scale,
    short: Callable[[float], str],
) -> None:
    """Write the totals at the columns, if all of them have room."""
    figures = ["" if bar.total is None else short(bar.total) + bar.marks for bar in bars]
    if max(map(len, figures)) * STRONG + 4 > scale.step:
        return
    for bar, column, figure in zip(bars, drawn, figures, strict=True):
        column.figure = figure
        is_down = bar.total is not None and bar.total < 0
        y = scale.up(bar.lowest) + 16 if is_down else scale.up(bar.highest) - 8
        column.figure_y = round(y, 1)


def _write_labels(bars: Sequence[EnergyBar], drawn: Sequence[BarColumn], step: float) -> None:
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
