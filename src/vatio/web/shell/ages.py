"""How long ago something was, in words: minutes, hours, days."""

from datetime import datetime

from django.utils.translation import gettext, ngettext

from vatio import formats

MINUTE, HOUR, DAY = 60, 3_600, 86_400
FEW_HOURS = 48
"""Up to so many hours an age is told in hours, then in days."""


def age(since: datetime, at: datetime) -> str:
    """Return how long before `at` an instant was; what is yet to come was a moment ago."""
    seconds = int((at - since).total_seconds())
    if seconds < MINUTE:
        return gettext("just now")
    if seconds < HOUR:
        return gettext("%(num)s min ago") % {"num": seconds // MINUTE}
    if seconds < FEW_HOURS * HOUR:
        return gettext("%(num)s h ago") % {"num": seconds // HOUR}
    days = seconds // DAY
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": formats.number(days)}
