"""Calendar months counted from an anchor day, and the instants at which days begin."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date
from django.utils.translation import get_language

DEPARTMENT_TIME_ZONE = "Europe/Madrid"
"""The time zone of the commercial department; organisations and accounts have their own."""


@cache
def known_time_zones() -> tuple[str, ...]:
    """List the names of the time zones; they are read from the disk once."""
    return tuple(sorted(available_timezones()))


def add_months(start: date, months: int, *, anchor_day: int) -> date:
    """Go months on from a day, landing on the anchor day or, in a shorter month, on its last.

    Counting from the anchor keeps 31 January + 2 months at 31 March, though
    one month on is 28 February.
    """
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, min(anchor_day, monthrange(years, month + 1)[1]))


def is_anchored(day: date, anchor_day: int) -> bool:
    """Tell whether a day is the anchor day, clamped to the day's own month."""
    return day.day == min(anchor_day, monthrange(day.year, day.month)[1])


def day_at(at: datetime, time_zone: str) -> date:
    """Tell which day it is in a zone at a moment."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def days_at(at: datetime) -> list[date]:
    """Tell which day it is at a moment in each of the known zones, in their order."""
    return [at.astimezone(clock).date() for clock in _clocks()]


@cache
def _clocks() -> tuple[ZoneInfo, ...]:
    """Read every zone's clock once, and keep it: Python itself forgets all but a few."""
    return tuple(ZoneInfo(time_zone) for time_zone in known_time_zones())


def written(day: date) -> str:
    """Write a day as people here read it: 3 may 2027."""
    return _written(day, get_language() or "es")


def written_with_weekday(day: date) -> str:
    """Write a day with its name: lunes, 3 may 2027."""
    return _written(day, get_language() or "es", "EEEE, d MMM y")


@lru_cache(maxsize=5_000)
def _written(day: date, language: str, pattern: str = "d MMM y") -> str:
    return format_date(day, pattern, locale=language)


def start_of(day: date, time_zone: str) -> datetime:
    """Tell the first instant of a day in a zone, in UTC.

    Where clocks go back at midnight the hour happens twice and the first counts;
    where they go forward at midnight the day begins at the first hour that exists.
    """
    local = ZoneInfo(time_zone)
    midnight = datetime.combine(day, time(0), tzinfo=local)
    first = midnight.astimezone(UTC)
    if first.astimezone(local).date() == day:
        return first
    return _first_after_gap(day, local, first)


def _first_after_gap(day: date, local: ZoneInfo, around: datetime) -> datetime:
    """Find the first whole minute of a day whose midnight does not exist."""
    low, high = around - timedelta(hours=26), around + timedelta(hours=26)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(local).date() < day:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
