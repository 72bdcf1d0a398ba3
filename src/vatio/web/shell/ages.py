"""How long ago something was, and how long it took, in words."""

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


def took(begun: datetime, ended: datetime) -> str:
    """Return how long something took, to the second: 48 s, 1 min 05 s, 2 h 03 min."""
    seconds = max(0, round((ended - begun).total_seconds()))
    if seconds < MINUTE:
        return gettext("%(num)s s") % {"num": seconds}
    minutes, rest = divmod(seconds, MINUTE)
    if seconds < HOUR:
        return gettext("%(minutes)s min %(seconds)02d s") % {"minutes": minutes, "seconds": rest}
    hours, rest = divmod(minutes, MINUTE)
    return gettext("%(hours)s h %(minutes)02d min") % {"hours": hours, "minutes": rest}
