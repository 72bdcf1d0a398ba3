"""Time labels a and b of a meter: local time with a summer bit, and the instant they mean."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LENGTH_A, LENGTH_B = 5, 7
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class TimeLabel:
    """A moment as a meter writes it: local time, and whether that is summer time.

    Of an interval it is the end: midnight is 00:00 of the next day. `invalid` is the IV bit
    of the label, by which a meter says that its clock is not to be trusted.
    """

    local: datetime
    """Naive, to the minute in a label a, to the millisecond in a label b."""
    summer: bool
    invalid: bool = False

    @classmethod
    def of(cls, at: datetime, zone: ZoneInfo, *, invalid: bool = False) -> "TimeLabel":
        """Return the label of an instant in a time zone."""
        local = at.astimezone(zone)
        winter, summer = _offsets(zone, local.year)
        is_summer = winter < summer == local.utcoffset()
        return cls(local.replace(tzinfo=None, fold=0), is_summer, invalid)

    def instant(self, zone: ZoneInfo) -> datetime:
        """Return the instant in UTC: by the zone's winter time, or by its summer time.

        So the hour that occurs twice in autumn is told apart, both ways of labelling the hour
        in which clocks change mean the same, and a meter that stays in winter time is right.
        """
        winter, summer = _offsets(zone, self.local.year)
        if winter == summer:
            summer = winter + HOUR
        naive = self.local - (summer if self.summer else winter)
        return naive.replace(tzinfo=UTC)


@lru_cache(maxsize=1_000)
def _offsets(zone: ZoneInfo, year: int) -> tuple[timedelta, timedelta]:
    """Return the least and the greatest offset from UTC that a zone has in a year.

    They are winter and summer time, whichever of them the zone calls its standard: Ireland and
    Morocco say that of summer time.
    """
    first = datetime(year, 1, 1, 12, tzinfo=zone)
    found = {(first + timedelta(days=day)).utcoffset() or timedelta() for day in range(365)}
    return min(found), max(found)


def encode_a(label: TimeLabel, *, weekday: bool) -> bytes:
    """Write a label of type a, 5 bytes; a request leaves the day of the week out as 0."""
    local = label.local
    if not 2000 <= local.year <= 2127:
        raise ValueError("a label holds the years 2000 to 2127")
    day_of_week = local.isoweekday() if weekday else 0
    return bytes(
        [
            local.minute | (0x80 if label.invalid else 0),
            local.hour | (0x80 if label.summer else 0),
            local.day | day_of_week << 5,
            local.month,
            local.year - 2000,
        ]
    )


def decode_a(data: bytes) -> TimeLabel:
    """Read a label of type a.

    :raises ValueError: if there is no such moment.
    """
    if len(data) != LENGTH_A:
        raise ValueError("a label of type a has 5 bytes")
    minute, hour, day, month, year = data
    local = datetime(  # noqa: DTZ001 - the summer bit stands beside it
        2000 + (year & 0x7F), month & 0x0F, day & 0x1F, hour & 0x1F, minute & 0x3F
    )
    return TimeLabel(local, bool(hour & 0x80), bool(minute & 0x80))


def encode_b(label: TimeLabel) -> bytes:
    """Write a label of type b, 7 bytes: milliseconds and seconds before a label a."""
    fraction = label.local.microsecond // 1000 | label.local.second << 10
    return fraction.to_bytes(2, "little") + encode_a(label, weekday=True)


def decode_b(data: bytes) -> TimeLabel:
    """Read a label of type b.

    :raises ValueError: if there is no such moment.
    """
    if len(data) != LENGTH_B:
        raise ValueError("a label of type b has 7 bytes")
    fraction = int.from_bytes(data[:2], "little")
    label = decode_a(data[2:])
    local = label.local.replace(second=fraction >> 10, microsecond=(fraction & 0x3FF) * 1000)
    return TimeLabel(local, label.summer, label.invalid)
