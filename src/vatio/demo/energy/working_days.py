"""What kind of day it is where the demo's accounts are: worked, Saturday, Sunday or at school."""

from datetime import date
from enum import IntEnum

HOLIDAYS = frozenset(
    ((1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25))
)
"""Month and day of Spain's nine national holidays of a fixed date (Circular CNMC 3/2020)."""


class DayKind(IntEnum):
    """The three kinds of day that a load curve tells apart; a holiday is a Sunday."""

    WORKING = 0
    SATURDAY = 1
    SUNDAY = 2


def kind_of(day: date) -> DayKind:
    """Return which kind of day it is."""
    if (day.month, day.day) in HOLIDAYS or day.weekday() == 6:
        return DayKind.SUNDAY
    return DayKind.SATURDAY if day.weekday() == 5 else DayKind.WORKING


def is_school_holiday(day: date) -> bool:
    """Return whether schools are closed for weeks: in August, and from 23 December to 7 January."""
    return (
        day.month == 8 or (day.month == 12 and day.day >= 23) or (day.month == 1 and day.day <= 7)
    )
