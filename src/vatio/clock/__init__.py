"""What time it is: the only place that asks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """Tell the moment, in UTC."""
    return timezone.now()


def today(zone: str) -> date:
    """Tell the day that it is in a time zone, such as Europe/Madrid."""
    return now().astimezone(ZoneInfo(zone)).date()
