"""What the simulated meter measured: a function of the instant, so that anybody can check it."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zlib import crc32

QUARTER = timedelta(minutes=15)
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
"""When all registers of the simulated meter stood at zero."""

DAY_SHAPE = (
    *(9, 8, 8, 7, 7, 8, 10, 14, 18, 21, 23, 24),
    *(24, 23, 22, 21, 21, 22, 24, 25, 23, 19, 14, 11),
)
"""Whole kWh of a quarter-hour around which active energy lies, for each hour in UTC."""

OBJECTS = 8


def increments(start: datetime, minutes: int) -> tuple[int, ...]:
    """Return what objects 1 to 8 measured from `start` on, in kWh or kvarh."""
    quarters = [_quarter(start.astimezone(UTC) + index * QUARTER) for index in range(minutes // 15)]
    return tuple(sum(values) for values in zip(*quarters, strict=True))


def readings(end: datetime) -> tuple[int, ...]:
    """Return what the registers of objects 1 to 8 show at an instant on a quarter-hour."""
    end = end.astimezone(UTC)
    days = (end - BEGINNING).days
    midnight = BEGINNING + timedelta(days=days)
    rest = int((end - midnight) / timedelta(minutes=1))
    so_far = _until_day(days)
    if rest == 0:
        return so_far
    return tuple(a + b for a, b in zip(so_far, increments(midnight, rest), strict=True))


def _quarter(start: datetime) -> tuple[int, ...]:
    chance = crc32(int(start.timestamp()).to_bytes(8, "big"))
    active = DAY_SHAPE[start.hour] + chance % 5
    if start.weekday() >= 5:
        active //= 2
    capacitive = (chance >> 8) % 3 if start.hour < 6 else 0
    return active, 0, active // 3, 0, 0, capacitive, 0, 0


@lru_cache(maxsize=2_000)
def _day(day: int) -> tuple[int, ...]:
    return increments(BEGINNING + timedelta(days=day), 24 * 60)


@lru_cache(maxsize=2_000)
def _until_day(days: int) -> tuple[int, ...]:
    sums = [0] * OBJECTS
    for day in range(days):
        sums = [a + b for a, b in zip(sums, _day(day), strict=True)]
    return tuple(sums)
