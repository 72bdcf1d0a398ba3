"""What time it is: the only place that asks.

In the demo the clock can be moved forward. How far is one row in the database,
read at most once a second. It moves the days of business; what guards a door
(sessions, links that work once) goes by `real`.
"""

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

FRESH = 1.0


class _Shift:
    """How far the demo's clock was moved, as this process last read it."""

    follows = False
    by = timedelta()
    read_at = float("-inf")


def now() -> datetime:
    """Tell the moment, in UTC; in the demo, moved as far as its clock was."""
    if not _Shift.follows:
        return timezone.now()
    if time.monotonic() - _Shift.read_at > FRESH:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(days), 0)::int FROM clock_shift")
            (days,) = cursor.fetchone()
        _Shift.by, _Shift.read_at = timedelta(days=days), time.monotonic()
    return timezone.now() + _Shift.by


def real() -> datetime:
    """Tell the moment as it is outside, in UTC, however far the demo's clock was moved."""
    return timezone.now()


def today(time_zone: str) -> date:
    """Tell the day that it is in a time zone, such as Europe/Madrid."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def follow(is_demo: bool) -> None:
    """Let this process's clock follow the demo's, if the platform is the demo."""
    _Shift.follows = is_demo
    forget()


def follows() -> bool:
    """Tell whether the clock may be moved."""
    return _Shift.follows


def forget() -> None:
    """Read the shift afresh the next time."""
    _Shift.read_at = float("-inf")
