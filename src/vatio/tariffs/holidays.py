"""The days of Spain on which every hour is off peak: weekends and national holidays."""

from datetime import date
from functools import lru_cache

FIXED = (
    (1, 1),
    (1, 6),
    (5, 1),
    (8, 15),
    (10, 12),
    (11, 1),
    (12, 6),
    (12, 8),
    (12, 25),
)
"""Month and day of the holidays that count (Circular CNMC 3/2020, art. 7).

They are the national holidays of a fixed date that no region may replace, and 6 January. So Good
Friday and Maundy Thursday, whose dates move, are working days here, and so are the holidays of
regions and towns.
"""

SATURDAY = 5


@lru_cache(maxsize=200)
def holidays(year: int) -> frozenset[date]:
    """Return the nine holidays of a year on which every hour is off peak, weekends apart."""
    return frozenset(date(year, month, day) for month, day in FIXED)


def is_off_peak(day: date) -> bool:
    """Return whether every hour of a day is off peak: a Saturday, a Sunday or a holiday."""
    return day.weekday() >= SATURDAY or day in holidays(day.year)
