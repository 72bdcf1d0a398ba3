"""The words of a heat map: its legend, its notes, what it shows, and what its script says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vatio.analysis.heat import HOURS, HeatGrid, HourRow
from vatio.dates import written
from vatio.formats import joined, number
from vatio.web.analysis.chart_numbers import shortest
from vatio.web.analysis.heat_cells import LOOKS
from vatio.web.analysis.lengths import lasting


@dataclass(frozen=True)
class HeatKey:
    """An entry of the legend: a class and between which values it is."""

    look: str
    words: str


def script_words(what: str) -> dict[str, str]:
    """Return what the script says of a cell, in the reader's language."""
    return {
        "value": what,
        "none": _("no data"),
        "later": _("yet to come"),
        "absent": _("this hour does not exist"),
        "twice": _("The clocks went back: this hour occurs twice"),
        "summer": _("Summer time"),
        "winter": _("Winter time"),
        "period": _("Tariff period"),
        "untariffed": _("no tariff"),
        "contracted": _("Contracted power"),
        "estimated": _("Estimated, not measured"),
        "doubtful": _("Doubtful"),
        "partial": _("A part is missing"),
    }


def told_of(
    grid: HeatGrid, hours: Sequence[HourRow], figure: Callable[[float], str], what: str, unit: str
) -> str:
    """Describe a heat map: when it is highest and lowest in the day, and what is missing.

    :param figure: writes a value of the grid in `unit`.
    """
    told = [what] if not hours else []
    usual = [(row.mean, row.hour) for row in hours if row.mean is not None]
    if usual:
        (least, low), (most, high) = min(usual), max(usual)
        if figure(least) == figure(most):
            words = _("%(what)s is the same at every hour: %(most)s %(unit)s on average.")
        else:
            words = _(
                "%(what)s is highest from %(high)s (%(most)s %(unit)s on average) and lowest from "
                "%(low)s (%(least)s %(unit)s)."
            )
        figures = {"most": figure(most), "least": figure(least), "unit": unit, "what": what}
        told.append(words % (figures | {"high": _hour(high), "low": _hour(low)}))
    if grid.missing:
        told.append(_missing(grid))
    if usual:
        told.append(_("The table has the means of each hour."))
    return " ".join(told)


def _missing(grid: HeatGrid) -> str:
    return _("%(time)s without data, of %(days)s.") % {
        "time": lasting(grid.missing * grid.step),
        "days": ngettext("%(n)s day", "%(n)s days", len(grid.days)) % {"n": number(len(grid.days))},
    }


def _hour(hour: int) -> str:
    return _("%(from)s to %(until)s") % {
        "from": f"{hour:02d}:00",
        "until": f"{(hour + 1) % HOURS:02d}:00",
    }


def notes_of_heat(grid: HeatGrid) -> list[str]:
    """Return what is to be known of the drawing: what is missing, which days are longer."""
    notes = []
    if grid.missing:
        notes.append(_missing(grid))
    short = [grid.days[k] for k, hours in grid.unusual.items() if 0 < hours < HOURS]
    long = [grid.days[k] for k, hours in grid.unusual.items() if hours > HOURS]
    if short:
        told = {"days": joined(map(written, short))}
        notes.append(_("On %(days)s the clocks went forward: an hour is left out.") % told)
    if long:
        told = {"days": joined(map(written, long))}
        words = _("On %(days)s the clocks went back: the hour that occurs twice shows its mean.")
        notes.append(words % told)
    return notes


def heat_key(limits: Sequence[float], least: float, factor: float) -> list[HeatKey]:
    """Return the legend; where there is nothing but zeros, that.

    :param factor: base units a unit of the legend.
    """
    written_limits = [shortest(limit / factor) for limit in limits]
    if not written_limits:
        return [HeatKey(LOOKS[0], shortest(least / factor))]
    pairs = list(pairwise(written_limits))
    if limits[0] < 0:
        between = [_("%(low)s to %(high)s") % {"low": low, "high": high} for low, high in pairs]
    else:
        between = [f"{low}–{high}" for low, high in pairs]
    words = [
        _("under %(limit)s") % {"limit": written_limits[0]},
        *between,
        _("%(limit)s or more") % {"limit": written_limits[-1]},
    ]
    return [HeatKey(look, each) for look, each in zip(LOOKS, words, strict=False)]
