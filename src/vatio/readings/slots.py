"""The slots of a local day: which instant begins each, and which slot an instant falls into.

Slot k of a day is the k-th step of elapsed time from the first instant of the day in the time
zone of its series. So a day on which clocks change has more or fewer slots than another, no slot
is lost or stands twice, and where a day is no whole number of steps its last slot is shorter.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from vatio.dates import start_of

STEP = 900
"""Seconds between the instants at which a day can begin: every offset from UTC since 1972 is a
multiple of a quarter of an hour, but Liberia's until that year."""

ONE_DAY = timedelta(days=1)

WHOLE_DAY = 1440
"""The resolution of a series of days: its one slot is the local day, however long that is."""


class LocalDay(NamedTuple):
    """A day of a time zone, from `begins` up to, not including, `ends`: seconds since 1970, UTC."""

    day: date
    begins: int
    ends: int

    def count(self, minutes: int) -> int:
        """Return how many slots of a resolution the day has; the last may be shorter."""
        return 1 if minutes == WHOLE_DAY else -((self.begins - self.ends) // (minutes * 60))


class Place(NamedTuple):
    """Where an instant falls: the day, the slot, and the seconds since the slot began."""

    local: LocalDay
    slot: int
    seconds: float


@lru_cache(maxsize=50_000)
def local_day(day: date, time_zone: str) -> LocalDay:
    """Return a day of an IANA time zone; one that the zone leapt over has no length."""
    begins = int(start_of(day, time_zone).timestamp())
    return LocalDay(day, begins, int(start_of(day + ONE_DAY, time_zone).timestamp()))


def day_of(instant: float, time_zone: str) -> LocalDay:
    """Return the local day that holds an instant, in seconds since 1970, UTC."""
    return _day_of(int(instant // STEP), time_zone)


@lru_cache(maxsize=200_000)
def _day_of(step: int, time_zone: str) -> LocalDay:
    """Look a day up once for each quarter of an hour: converting is what costs."""
    instant = step * STEP
    around = datetime.fromtimestamp(instant, UTC).date()
    for day in (around, around + ONE_DAY, around - ONE_DAY):
        local = local_day(day, time_zone)
        if local.begins <= instant < local.ends:
            return local
    raise ValueError(f"{instant} is on no day of {time_zone}")


def place(instant: float, time_zone: str, minutes: int) -> Place:
    """Return the slot that holds an instant, in seconds since 1970, UTC."""
    local = _day_of(int(instant // STEP), time_zone)
    if minutes == WHOLE_DAY:
        return Place(local, 0, instant - local.begins)
    slot, seconds = divmod(instant - local.begins, minutes * 60)
    return Place(local, int(slot), seconds)


def start(local: LocalDay, slot: int, minutes: int) -> int:
    """Return the instant at which a slot begins, in seconds since 1970, UTC."""
    return local.begins + slot * minutes * 60


def end(local: LocalDay, slot: int, minutes: int) -> int:
    """Return the instant up to, and not including, which a slot runs: at most the day's end."""
    if minutes == WHOLE_DAY:
        return local.ends
    return min(local.begins + (slot + 1) * minutes * 60, local.ends)
