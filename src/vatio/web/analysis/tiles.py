"""The figures of a thing in words: how much, against before, mean, base, peak, what is there."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vatio.consumption.looking import Against, Look
from vatio.readings.slots import WHOLE_DAY
from vatio.web.analysis.amounts import (
    ShownUnit,
    change,
    figure,
    power_unit,
    rate_words,
    total_unit,
)
from vatio.web.analysis.lengths import lasting
from vatio.web.analysis.lengths import share as written_share


@dataclass(frozen=True)
class Tile:
    """A figure: what it is of, the number and its unit, and what is to be said of it.

    `about` says how the figure is meant, whatever its number.
    """

    label: str
    figure: str
    unit: str
    says: list[str]
    about: str = ""


def tiles(look: Look, before: str = "", *, has_peak: bool = False) -> list[Tile]:
    """Return the figures of a thing over its span.

    :param before: what it is compared with, as the form says it.
    :param has_peak: whether there is a place for the highest power even where it has none, as
        beside other things.
    """
    figures, power = look.figures, power_unit(look.subject)
    words = rate_words(look.subject)
    made = [_total(look, before[:1].lower() + before[1:])]
    if look.subject.adds:
        made.append(Tile(str(words.mean), figure(figures.mean, power), power.name, []))
    if look.subject.adds and look.minutes < WHOLE_DAY:
        says = []
        if figures.base is not None and figures.mean:
            says.append(
                _("%(share)s of the mean") % {"share": written_share(figures.base / figures.mean)}
            )
        made.append(
            Tile(
                _("Night base"),
                figure(figures.base, power),
                power.name,
                says,
                about=_("mean from 01:00 to 05:00"),
            )
        )
    if figures.most is not None or has_peak:
        unit = "" if figures.most is None else power.name
        most = figure(figures.most, power)
        made.append(Tile(str(words.highest), most, unit, [peak_words(look)]))
    made.append(_received(look))
    return made


def _total(look: Look, before: str) -> Tile:
    unit = total_unit(look.subject, look.figures.total or 0)
    label = _("Consumption") if look.subject.adds else _("Mean")
    about = "" if look.subject.adds else _("of what is there")
    says = against_words(look.against, before, unit=None if look.subject.adds else unit)
    return Tile(label, figure(look.figures.total, unit), unit.name, says, about)


def _received(look: Look) -> Tile:
    figures, step = look.figures, look.curve.step
    if not figures.expected:
        return Tile(_("Data received"), "–", "", [_("nothing could be there yet")])
    share = min(figures.present / figures.expected, 1.0)
    says = []
    if figures.missing:
        says.append(_("%(time)s missing") % {"time": lasting(figures.missing * step)})
    if figures.partial:
        says.append(_("%(time)s incomplete") % {"time": lasting(figures.partial * step)})
    if figures.estimated:
        says.append(_("%(time)s estimated") % {"time": lasting(figures.estimated * step)})
    if figures.doubtful:
        says.append(_("%(time)s doubtful") % {"time": lasting(figures.doubtful * step)})
    number = written_share(share).rstrip("%").strip()
    return Tile(_("Data received"), number, "%", says or [_("nothing is missing")])


def against_words(
    against: Against | None, before: str = "", *, unit: ShownUnit | None = None
) -> list[str]:
    """Return in words how a thing compares: the change, and what was left out on both sides.

    :param before: what it is compared with.
    :param unit: that of a state, whose change is told in it; of amounts a share is told.
    """
    if against is None:
        return []
    compared = against.comparison
    if not compared.compared:
        return [_("nothing to compare with")]
    if unit is None and compared.change is None:
        return [_("there was nothing before")]
    more = compared.own - compared.other
    words = _("%(change)s more than %(before)s")
    if more < 0:
        words = _("%(change)s less than %(before)s")
    if abs(more) < abs(compared.other) / 2000:
        words = _("the same as %(before)s")
    told = change(abs(compared.change or 0)).lstrip("+")
    if unit is not None:
        told = f"{figure(abs(more), unit)} {unit.name}"
    says = [words % {"change": told, "before": before or _("before")}]
    if compared.left_out and compared.parts > 1:
        words = _("on %(share)s of both: what one side lacks counts on neither")
        says.append(words % {"share": written_share(compared.share)})
    elif compared.left_out:
        says.append(
            _("without %(time)s that one side lacks") % {"time": lasting(compared.left_out)}
        )
    return says


def peak_words(look: Look) -> str:
    """Return when the highest power was."""
    if look.figures.most_at is None or look.minutes == WHOLE_DAY:
        return ""
    at = datetime.fromtimestamp(look.figures.most_at, ZoneInfo(look.subject.time_zone))
    return format_datetime(at, "EEE d MMM y, HH:mm", locale=get_language() or "es")
