"""What kind of day it is where the demo's accounts are: worked, Saturday, Sunday or at school."""

from datetime import date
from enum import IntEnum

from vatio.tariffs.holidays import holidays


class DayKind(IntEnum):
    """The three kinds of day that a load curve tells apart; a holiday is a Sunday."""

    WORKING = 0
    SATURDAY = 1
    SUNDAY = 2


def kind_of(day: date) -> DayKind:
    """Return which kind of day it is."""
    if day in holidays(day.year) or day.weekday() == 6:
        return DayKind.SUNDAY
    return DayKind.SATURDAY if day.weekday() == 5 else DayKind.WORKING


def is_school_holiday(day: date) -> bool:
    """Return whether schools are closed for weeks: in August, and from 23 December to 7 January."""
    return (
        day.month == 8 or (day.month == 12 and day.day >= 23) or (day.month == 1 and day.day <= 7)
    )
