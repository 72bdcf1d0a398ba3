"""Labels of billings and quantities."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from vatio.formats import number
from vatio.units import Unit

BILLINGS = {"MTR": _("by Mtr"), "DP": _("by DP")}


def counted(unit: str, count: int) -> str:
    """Return a quantity with its unit, or SMS credits: 12 medidores."""
    return _words_of(unit, count) % {"n": number(count)}


def rise(unit: str, before: int, after: int) -> str:
    """Return the change of a unit's quantity: de 20 a 35 medidores."""
    return _rise % {"before": number(before), "after": counted(unit, after)}


_rise = _("from %(before)s to %(after)s")


def _words_of(unit: str, count: int) -> str:
    if unit == "sms_credits":
        return ngettext("%(n)s SMS credit", "%(n)s SMS credits", count)
    return Unit(unit).plural(count)
