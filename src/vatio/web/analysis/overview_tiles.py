"""The figures of «Resumen» in words, true on the first of a month and where data come days late."""

from babel.dates import format_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vatio.analysis.figures import DayFigures
from vatio.consumption.overview import LATELY, Overview
from vatio.dates import written, written_month, written_with_weekday
from vatio.readings.slots import ONE_DAY
from vatio.web.analysis.amounts import change, figure, total_unit
from vatio.web.analysis.lengths import cut
from vatio.web.analysis.tiles import Tile, against_words

FEW = 10_000
"""Up to so many Wh a day is written with decimals."""


def overview_tiles(found: Overview) -> list[Tile]:
    """Return the figures: the last day, its month against a year and a month before, 30 days."""
    return [_last_day(found), _month(found), _against_month(found), _total(found)]


def _last_day(found: Overview) -> Tile:
    own, before = found.last_day, found.week_before
    unit = total_unit(found.subject, own.total or 0)
    says = [written_with_weekday(own.day)]
    if own.partial:
        says.append(_("a part is missing"))
    against = found.against_week
    if before is not None and against is not None and against.change is not None:
        says.append(_beside(against.change, before))
        says.append(cut(against.compared, against.left_out, parts=against.parts))
    label = _("Yesterday") if found.is_up_to_yesterday else _("The last day with data")
    return Tile(label, figure(own.total, unit), unit.name, list(filter(None, says)))


def _beside(share: float, before: DayFigures) -> str:
    """Return how a day compares with the same weekday before."""
    weekday = format_date(before.day, "EEEE", locale=get_language() or "es")
    if round(share, 3) == 0:
        return _("the same as on the %(weekday)s before") % {"weekday": weekday}
    told = {"change": change(share), "weekday": weekday}
    return _("%(change)s beside the %(weekday)s before") % told


def _month(found: Overview) -> Tile:
    unit = total_unit(found.subject, found.month.figures.total or 0)
    return Tile(
        _month_label(found),
        figure(found.month.figures.total, unit),
        unit.name,
        against_words(found.month.against, _("a year before, by weekday")),
    )


def _month_label(found: Overview) -> str:
    """Return which days of which month are added up: up to the last day with data."""
    last, today = found.last_day.day, found.today
    if found.is_up_to_yesterday and last.month == today.month:
        return _("This month, up to yesterday")
    if last.month != today.month and (last + ONE_DAY).day == 1:
        return _("Last month")
    return _("The month, up to %(day)s") % {"day": written(last)}


def _against_month(found: Overview) -> Tile:
    against = found.against_month.against
    share = against.comparison.change if against else None
    says = against_words(against)
    if against is not None and share is not None:
        month = written_month(against.facing.since)
        says = [_("the same days of %(month)s") % {"month": month}, *says[1:]]
    words = change(share)
    sign = "%" if words.endswith("%") else ""
    return Tile(_("Beside the month before"), words.removesuffix("%").strip(), sign, says)


def _total(found: Overview) -> Tile:
    lately = found.lately
    unit = total_unit(lately.subject, lately.figures.total or 0)
    totals = [each.total for each in lately.days if each.total is not None]
    of_day = total_unit(lately.subject, max(totals))
    decimals = 0 if max(totals) >= FEW and of_day.name == "kWh" else None
    least, most = (figure(each(totals), of_day, decimals=decimals) for each in (min, max))
    told = {"least": least, "most": most, "unit": of_day.name}
    says = [] if least == most else [_("from %(least)s to %(most)s %(unit)s a day") % told]
    if len(totals) < LATELY:
        says.append(
            ngettext("%(num)s day with data", "%(num)s days with data", len(totals))
            % {"num": len(totals)}
        )
    words = _("Last %(days)s days") % {"days": LATELY}
    return Tile(words, figure(lately.figures.total, unit), unit.name, says)
