"""What is written under a bar, by the length of time that it stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vatio.dates import written, written_month


class BarSpan(StrEnum):
    """How long a time a bar stands for."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class BarWords:
    """The words of a bar: under it, in the line below that, and in full.

    `under` is written where it differs from that of the bar before: the year of a month, the month
    of a day, the day of an hour. `name` stands alone: dic 2026; mar 3 nov 2026; 3 nov 2026, 14:00.
    """

    label: str
    under: str
    name: str


def bar_words(span: BarSpan, starts: datetime) -> BarWords:
    """Return the words of a bar from the wall-clock time at which it starts, aware or naive."""
    day = starts.date()
    if span is BarSpan.MONTH:
        return BarWords(_format(starts, "LLL"), str(day.year), written_month(day))
    if span is BarSpan.DAY:
        return BarWords(str(day.day), _format(starts, "LLL y"), _format(starts, "EEE d MMM y"))
    ends = (starts.replace(tzinfo=None) + timedelta(hours=1)).time()
    name = _("%(day)s, %(from)s–%(until)s") % {
        "day": written(day),
        "from": f"{starts:%H:%M}",
        "until": f"{ends:%H:%M}",
    }
    return BarWords(f"{starts:%H}", _format(starts, "EEE d MMM"), name)


def _format(starts: datetime, pattern: str) -> str:
    return format_date(starts.date(), pattern, locale=get_language() or "es")
