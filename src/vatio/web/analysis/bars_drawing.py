"""The drawing of bars: a wide one of columns, a narrow one of rows, and the same in words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from vatio.formats import joined, percent
from vatio.web.analysis.bars import (
    BarsLegend,
    EnergyBar,
    legend_of,
    notes_of,
)
from vatio.web.analysis.chart_numbers import best_unit, decimals_for, fixed
from vatio.web.analysis.column_chart import ColumnChart, columns
from vatio.web.analysis.lengths import lasting
from vatio.web.analysis.row_chart import MOST_ROWS, RowChart, rows

MOST_TOLD = 14
"""Up to how many bars are told one by one in the sentence that describes them."""


@dataclass(frozen=True)
class BarsFigures:
    """How the amounts of a chart are written: base units a unit, decimals above a bar and in full.

    `unit` and `factor` fit the highest bar; `full_unit` and `full_factor` are the given ones, in
    which the tooltip and the rows write every amount.
    """

    unit: str
    factor: float
    decimals: int
    full_unit: str
    full_factor: float
    full_decimals: int

    def short(self, value: float) -> str:
        """Return an amount as it stands above a bar, without its unit."""
        return fixed(value / self.factor, self.decimals)

    def full(self, value: float) -> str:
        """Return an amount with its unit."""
        return f"{fixed(value / self.full_factor, self.full_decimals)} {self.full_unit}"


@dataclass(frozen=True)
class BarsDrawing:
    """Everything that the template draws.

    `tips` is JSON for the script: for each bar its name, its rows of a name and a figure, and a
    note. `notes` explain the signs at the figures; `told` says in words what is drawn.
    """

    what: str
    unit: str
    wide: ColumnChart
    narrow: RowChart
    legend: BarsLegend
    notes: list[str]
    tips: str
    told: str


def draw_bars(
    bars: Sequence[EnergyBar],
    *,
    what: str,
    unit: str,
    factor: float,
    minutes: int,
    before: str = "",
    height: float = 192.0,
    most_rows: int = MOST_ROWS,
) -> BarsDrawing | None:
    """Compute the drawing of bars in order of time; None without any.

    :param what: what the bars are of, for the words: Energía.
    :param unit: the unit of the figures in full; above the bars stands a larger one if it fits.
    :param factor: how many base units one of `unit` is.
    :param minutes: how long the intervals are that a bar counts.
    :param before: what each bar is compared with, for the words: Un año antes.
    :param height: how high the wide drawing's plot is, in its own units.
    :param most_rows: of more bars the narrow drawing is of strips without figures.
    """
    if not bars:
        return None
    figures = figures_of(bars, unit, factor)
    return BarsDrawing(
        what=what,
        unit=figures.unit,
        wide=columns(bars, figures.factor, figures.short, height),
        narrow=rows(bars, figures.full, most_rows),
        legend=legend_of(bars),
        notes=notes_of(bars, minutes=minutes),
        tips=json.dumps([_tip(bar, figures, what, before, minutes) for bar in bars]),
        told=_told(bars, figures, what, minutes),
    )


def figures_of(bars: Sequence[EnergyBar], unit: str, factor: float) -> BarsFigures:
    """Return how the amounts of bars are written."""
    highest = max(max(bar.highest, -bar.lowest) for bar in bars)
    best, best_factor = best_unit(unit, factor, highest)
    return BarsFigures(
        unit=best,
        factor=best_factor,
        decimals=decimals_for(highest / best_factor),
        full_unit=unit,
        full_factor=factor,
        full_decimals=decimals_for(highest / factor),
    )


def _tip(
    bar: EnergyBar, figures: BarsFigures, what: str, before: str, minutes: int
) -> tuple[str, list[tuple[str, str]], str]:
    """Return the tooltip of a bar: its title, its rows, and what is to be known of it."""
    shown = [(what, _("no data") if bar.total is None else figures.full(bar.total))]
    if len(bar.stack) > 1 or any(part.name for part in bar.stack):
        shown += [(part.name, figures.full(part.value)) for part in bar.stack]
    if bar.before is not None:
        shown.append((before or _("Before"), figures.full(bar.before)))
        if bar.change is not None:
            change = round(bar.change * 100)
            sign = "+" if change > 0 else "−" if change < 0 else ""
            shown.append((_("Difference"), f"{sign}{percent(abs(change))}"))
    notes = [bar.cut] if bar.cut else []
    if bar.lacks_a_part:
        notes.append(_("a part is missing"))
    elif bar.missing:
        notes.append(_("%(time)s without data") % {"time": lasting(bar.missing * minutes * 60)})
    if bar.is_unfinished:
        notes.append(_("not over yet"))
    return bar.words.name, shown, " · ".join(notes)


def _told(bars: Sequence[EnergyBar], figures: BarsFigures, what: str, minutes: int) -> str:
    """Return in words what the bars show."""
    known = [(bar.total, bar) for bar in bars if bar.total is not None]
    if not known:
        return _("%(what)s: no data.") % {"what": what}
    if len(bars) <= MOST_TOLD:
        each = []
        for bar in bars:
            figure = _("no data") if bar.total is None else figures.full(bar.total) + bar.marks
            each.append(f"{bar.words.name} ({figure})")
        told = [f"{what}: {joined(each)}."]
    else:
        most, least = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
        words = _(
            "%(what)s: %(total)s in all; most %(most_on)s (%(most)s), least %(least_on)s "
            "(%(least)s)."
        )
        told = [
            words
            % {
                "what": what,
                "total": figures.full(sum(total for total, _bar in known)),
                "most": figures.full(most[0]),
                "most_on": most[1].words.name,
                "least": figures.full(least[0]),
                "least_on": least[1].words.name,
            }
        ]
    told += [note.lstrip("*† ") for note in notes_of(bars, minutes=minutes)]
    return " ".join([*told, _("The table has the figures.")])
