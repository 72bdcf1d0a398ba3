"""The current time: no other package reads the system clock.

In the demo the clock can be moved forward, by a number of days that is one row in
the database, read at most once a second. `now` and `today`, by which rules work,
follow the moved clock; sessions and one-time links go by `real`.
"""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

FRESH = 1.0
"""Seconds for which a process uses the shift that it has read."""


class _Shift:
    """How far the demo's clock is ahead, as this process read it last."""

    follows = False
    by = timedelta()
    to_go = 0
    moved_at: datetime | None = None
    read_at = float("-inf")


def now() -> datetime:
    """Return the current instant, in UTC; in the demo, by its moved clock."""
    if _Shift.follows:
        _read()
        return timezone.now() + _Shift.by
    return timezone.now()


def real() -> datetime:
    """Return the current instant, in UTC, however far the demo's clock was moved."""
    return timezone.now()


def even_since() -> datetime:
    """Return since when `now` goes on at the pace of real time; outside the demo, always."""
    if _Shift.follows:
        _read()
        if _Shift.moved_at is not None:
            return _Shift.moved_at + _Shift.by
    return datetime.min.replace(tzinfo=UTC)


def days_to_go() -> int:
    """Return how many days the demo's clock has yet to go, while it is on its way."""
    if not _Shift.follows:
        return 0
    _read()
    return _Shift.to_go


def today(time_zone: str) -> date:
    """Return the current calendar day in an IANA time zone, such as Europe/Madrid."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def follow(is_demo: bool) -> None:
    """Make this process follow the demo's clock, if the platform is the demo."""
    _Shift.follows = is_demo
    forget()


def follows() -> bool:
    """Return whether this process follows the demo's clock, which may be moved."""
    return _Shift.follows


def _read() -> None:
    if time.monotonic() - _Shift.read_at <= FRESH:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT days, days_to_go, moved_at FROM clock_shift")
        days, _Shift.to_go, _Shift.moved_at = cursor.fetchone() or (0, 0, None)
    _Shift.by, _Shift.read_at = timedelta(days=days), time.monotonic()


def forget() -> None:
    """Discard the shift that was read, so that the next call reads it again."""
    _Shift.read_at = float("-inf")
