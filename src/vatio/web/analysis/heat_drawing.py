"""The drawing of a heat map: its two plots, its legend, its table by hours, and all in words."""

import json
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language

from vatio.analysis.classes import limits_of
from vatio.analysis.heat import HeatGrid, HourRow, by_hours, hour_table
from vatio.web.analysis.chart_numbers import decimals_for, fixed
from vatio.web.analysis.heat_plot import HeatPlot, narrow_plot, wide_plot
from vatio.web.analysis.heat_words import (
    HeatKey,
    heat_key,
    notes_of_heat,
    script_words,
    told_of,
)


@dataclass(frozen=True)
class HeatDrawing:
    """Everything that the template draws; `told` says the same in words.

    `hours` are the rows of the table; their values are those of the grid, and `figure` writes
    them in `unit`, of which one is `factor` units of the grid.
    """

    what: str
    unit: str
    factor: float
    decimals: int
    grid: HeatGrid
    wide: HeatPlot
    narrow: HeatPlot
    key: list[HeatKey]
    hours: list[HourRow]
    notes: list[str]

    @property
    def first(self) -> date:
        """The first day."""
        return self.grid.days[0]

    @property
    def has_gaps(self) -> bool:
        """Whether anything is missing in the drawing."""
        return bool(self.wide.gaps)

    @property
    def told(self) -> str:
        """What is drawn, in words."""
        return told_of(self.grid, self.hours, self.figure, self.what, self.unit)

    @property
    def words(self) -> str:
        """The words of the script, as JSON."""
        return json.dumps(script_words(self.what), ensure_ascii=False)

    def figure(self, value: float | None) -> str:
        """Return a value in the unit of the drawing, without it; a dash where there is none."""
        return "–" if value is None else fixed(value / self.factor, self.decimals)

    def when(self, row: HourRow) -> str:
        """Return when the highest value of an hour was: vie 17 jul 2026, 20:45."""
        if row.highest_at is None:
            return "–"
        place, slot = row.highest_at
        minutes = slot * self.grid.step // 60
        day = format_date(self.grid.days[place], "EEE d MMM y", locale=get_language() or "es")
        return f"{day}, {minutes // 60:02d}:{minutes % 60:02d}"


def draw_heat(grid: HeatGrid, *, what: str, unit: str, factor: float) -> HeatDrawing | None:
    """Compute the drawing of a grid; None without any value.

    :param what: what the values are, for the words: Potencia.
    :param unit: the unit of the figures, of which one is `factor` units of the grid.
    """
    known = grid.known()
    if not known:
        return None
    limits = limits_of(known, factor=factor)
    decimals = min(decimals_for(max(abs(known[0]), abs(known[-1])) / factor) or 1, 2)
    return HeatDrawing(
        what=what,
        unit=unit,
        factor=factor,
        decimals=decimals,
        grid=grid,
        wide=wide_plot(grid, limits),
        narrow=narrow_plot(by_hours(grid), limits),
        key=heat_key(limits, known[0], factor),
        hours=hour_table(grid),
        notes=notes_of_heat(grid),
    )
