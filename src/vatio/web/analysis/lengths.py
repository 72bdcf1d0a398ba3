"""How the pages of energy write lengths of time and shares."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from babel.numbers import format_percent
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vatio.formats import number

MINUTE = 60
LONG = 100 * 1440
"""Minutes from which on a length of time is written in days alone."""


def lasting(seconds: float) -> str:
    """Write a length of time by its two largest parts: 3 days 4 h, 2 h 15 min; 108 days."""
    minutes = round(seconds / MINUTE)
    if minutes >= LONG:
        days = round(minutes / 1440)
        return ngettext("%(num)s day", "%(num)s days", days) % {"num": number(days)}
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(num)s day", "%(num)s days", days) % {"num": number(days)})
    if hours:
        parts.append(_("%(num)s h") % {"num": hours})
    if minutes and not days:
        parts.append(_("%(num)s min") % {"num": minutes})
    return " ".join(parts) or _("%(num)s min") % {"num": 0}


def cut(compared: int, left_out: int, *, parts: int) -> str:
    """Say in words what was left out of both sides of a comparison, in seconds; nothing for none.

    :param parts: how many things were compared one by one: of several a share is told.
    """
    if not left_out or not compared:
        return ""
    if parts > 1:
        told = {"share": share(compared / (compared + left_out))}
        return _("compared on %(share)s of both sides") % told
    return _("compared without %(time)s") % {"time": lasting(left_out)}


def share(part: float, *, up: bool = False) -> str:
    """Write a part of a whole in per cent, to a tenth.

    It is rounded down, so that 100 % is said of nothing that lacks anything; `up` for what should
    not be there, so that 0 % is said of nothing that has any.
    """
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    tenths = Decimal(str(part)).quantize(Decimal("0.001"), rounding=rounding)
    pattern = "#,##0.#%" if (get_language() or "es").startswith("en") else "#,##0.#\u00a0%"
    return format_percent(tenths, format=pattern, locale=get_language() or "es")
