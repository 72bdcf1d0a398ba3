"""What a simulated meter measured: a function of the instant, so that anybody can check it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zlib import crc32

QUARTER = timedelta(minutes=15)
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
"""When all registers of a simulated meter stood at zero."""

DAY_SHAPE = (
    *(9, 8, 8, 7, 7, 8, 10, 14, 18, 21, 23, 24),
    *(24, 23, 22, 21, 21, 22, 24, 25, 23, 19, 14, 11),
)
"""Whole kWh of a quarter-hour around which active energy lies, for each hour in UTC."""

OBJECTS = 8

QuarterHour = Callable[[datetime], tuple[int, ...]]
"""Returns what objects 1 to 8 measured in the quarter-hour from an instant on, in UTC, in whole kWh
or kvarh."""


def usual_quarter(start: datetime) -> tuple[int, ...]:
    """Return what the simulated meter measures in a quarter-hour unless it is told otherwise."""
    chance = crc32(int(start.timestamp()).to_bytes(8, "big"))
    active = DAY_SHAPE[start.hour] + chance % 5
    if start.weekday() >= 5:
        active //= 2
    capacitive = (chance >> 8) % 3 if start.hour < 6 else 0
    return active, 0, active // 3, 0, 0, capacitive, 0, 0


class MeterLoad:
    """What a meter measured, quarter-hour by quarter-hour, and where its registers stand."""

    def __init__(self, quarter: QuarterHour = usual_quarter) -> None:
        self._quarter = quarter
        self._day = lru_cache(maxsize=2_000)(self._of_day)
        self._until_day = lru_cache(maxsize=2_000)(self._sum_until_day)

    def increments(self, start: datetime, minutes: int) -> tuple[int, ...]:
        """Return what objects 1 to 8 measured from `start` on, in kWh or kvarh."""
        start = start.astimezone(UTC)
        quarters = [self._quarter(start + index * QUARTER) for index in range(minutes // 15)]
        return tuple(sum(values) for values in zip(*quarters, strict=True))

    def readings(self, end: datetime) -> tuple[int, ...]:
        """Return what the registers of objects 1 to 8 show at an instant on a quarter-hour."""
        end = end.astimezone(UTC)
        days = (end - BEGINNING).days
        midnight = BEGINNING + timedelta(days=days)
        rest = int((end - midnight) / timedelta(minutes=1))
        so_far = self._until_day(days)
        if rest == 0:
            return so_far
        return tuple(a + b for a, b in zip(so_far, self.increments(midnight, rest), strict=True))

    def _of_day(self, day: int) -> tuple[int, ...]:
        return self.increments(BEGINNING + timedelta(days=day), 24 * 60)

    def _sum_until_day(self, days: int) -> tuple[int, ...]:
        sums = [0] * OBJECTS
        for day in range(days):
            sums = [a + b for a, b in zip(sums, self._day(day), strict=True)]
        return tuple(sums)


USUAL = MeterLoad()
"""What simulated meters measure unless they are told otherwise."""
