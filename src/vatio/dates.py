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
    """Return the IANA names of all time zones, sorted; they are read from disk once."""
    return tuple(sorted(available_timezones()))


def add_months(start: date, months: int, *, anchor_day: int) -> date:
    """Return the anchor day some months later, or the last day of a month too short to have one.

    Counting from the anchor day keeps 31 January + 2 months at 31 March, though
    31 January + 1 month is 28 February. `months` may be negative.
    """
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, min(anchor_day, monthrange(years, month + 1)[1]))


def is_anchored(day: date, anchor_day: int) -> bool:
    """Return whether a day is the anchor day, or the last day of a month too short to have one."""
    return day.day == min(anchor_day, monthrange(day.year, day.month)[1])


def day_at(at: datetime, time_zone: str) -> date:
    """Return the calendar day at instant `at` in the IANA time zone."""
    return _day_at(at.astimezone(UTC), time_zone)


@lru_cache(maxsize=5_000)
def _day_at(at: datetime, time_zone: str) -> date:
    """Compute a day once: a list asks for that of one instant with every row.

    Instants are in UTC, as two of an hour that occurs twice are equal in their own zone.
    """
    return at.astimezone(ZoneInfo(time_zone)).date()


def days_at(at: datetime) -> list[date]:
    """Return the calendar day at instant `at` in each of `known_time_zones`, in their order."""
    return [at.astimezone(zone_info).date() for zone_info in _zone_infos()]


@cache
def _zone_infos() -> tuple[ZoneInfo, ...]:
    """Read the rules of every time zone once: zoneinfo's own cache holds on to only a few."""
    return tuple(ZoneInfo(time_zone) for time_zone in known_time_zones())


def written(day: date) -> str:
    """Write a day in the current language: 3 may 2027."""
    return _written(day, get_language() or "es")


def written_short(day: date) -> str:
    """Write a day without its year, in the active language: 3 may."""
    return _written(day, get_language() or "es", "d MMM")


def written_with_weekday(day: date) -> str:
    """Write a day with its weekday in the current language: lunes, 3 may 2027."""
    return _written(day, get_language() or "es", "EEEE, d MMM y")


def written_month(day: date) -> str:
    """Write a day's month as people here read it: dic 2026."""
    return _written(day, get_language() or "es", "LLL y")


@lru_cache(maxsize=5_000)
def _written(day: date, language: str, pattern: str = "d MMM y") -> str:
    return format_date(day, pattern, locale=language)


def start_of(day: date, time_zone: str) -> datetime:
    """Return the first instant of a day in the IANA time zone, in UTC.

    A midnight that occurs twice, because clocks go back over it, counts the first time.
    Where clocks go forward over midnight the day begins at the first instant that exists.
    """
    local = ZoneInfo(time_zone)
    midnight = datetime.combine(day, time(0), tzinfo=local)
    first = midnight.astimezone(UTC)
    if first.astimezone(local).date() == day:
        return first
    return _first_after_gap(day, local, first)


def _first_after_gap(day: date, local: ZoneInfo, around: datetime) -> datetime:
    """Return the first instant of a day without a midnight, to the second, by bisection."""
    low, high = around - timedelta(hours=26), around + timedelta(hours=26)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(local).date() < day:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
