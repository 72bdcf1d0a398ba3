"""A day of a series: its values as they stand, as they arrive, and what a change replaced."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from vatio.readings.ranks import Flag, flags_of, rank
from vatio.readings.slots import LocalDay

SETTLING = 48 * 3600
"""Seconds after the end of a slot within which its first value counts as known from that end."""

EMPTIED = 0
"""The quality of a gap that had a value once: what fills it again is not its first value."""

Value = float | None


@dataclass
class StoredDay:
    """The values of a day as they stand, one for each slot; None is a gap.

    `quality` is the commonest quality, `qualities` those of each slot, where they differ.
    `first_at` is when the first value of the day came, in seconds since 1970, UTC; `delivery` the
    last delivery that changed it, and `filled` the slots that it filled, None where it made the
    day. `version` is the newest version of a billing file in it, 0 for none.
    """

    local: LocalDay
    minutes: int
    values: list[Value]
    quality: int
    qualities: Sequence[int] | None
    first_at: float
    delivery: int
    filled: list[int] | None = None
    version: int = 0

    def quality_at(self, slot: int) -> int:
        """Return the quality of a slot."""
        return self.qualities[slot] if self.qualities is not None else self.quality


@dataclass
class ArrivingDay:
    """Values of a day on their way into a series, one for each slot; None where there is none.

    `window` are the slots for which registers were settled anew: a difference of registers that
    stood there goes, where there is none any more. It is empty for what was not derived.
    """

    local: LocalDay
    minutes: int
    values: list[Value]
    quality: int
    qualities: list[int] | None = None
    version: int = 0
    window: range = field(default=range(0))

    @classmethod
    def empty(cls, local: LocalDay, minutes: int, quality: int = 0) -> "ArrivingDay":
        """Return a day to which nothing has arrived yet."""
        return cls(local, minutes, [None] * local.count(minutes), quality)

    def put(self, slot: int, value: float, quality: int) -> bool | None:
        """Put a value into a slot: True; the same again: None; another than the first: False."""
        there = self.values[slot]
        if there is not None:
            return None if there == value else False
        self.values[slot] = value
        if self.qualities is not None:
            self.qualities[slot] = quality
        elif quality != self.quality:
            if any(each is not None for at, each in enumerate(self.values) if at != slot):
                self.qualities = [self.quality] * len(self.values)
                self.qualities[slot] = quality
            else:
                self.quality = quality
        return True

    def quality_at(self, slot: int) -> int:
        """Return the quality of a slot's value."""
        return self.qualities[slot] if self.qualities is not None else self.quality


@dataclass
class ReadingCounts:
    """What became of values: new, the same, corrected, or outranked by what stands.

    `same` counts what changes nothing: what stands already, and what stood before and was
    replaced since. `held` are registers below the last good one, and what waits for its device.
    """

    new: int = 0
    same: int = 0
    corrected: int = 0
    outranked: int = 0
    held: int = 0
    refused: int = 0

    def __iadd__(self, other: "ReadingCounts") -> "ReadingCounts":
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass(frozen=True)
class Replaced:
    """What a change of a day replaced: by slot, the value (None: a gap) and its quality."""

    slots: list[int]
    values: list[Value]
    qualities: list[int]


def settled(day: StoredDay) -> StoredDay:
    """Return the day with its commonest quality, and with those of each slot only if they differ.

    A gap has the commonest quality, as it has none of its own, unless it was `EMPTIED`.
    """
    if day.qualities is None:
        return day
    pairs = list(zip(day.values, day.qualities, strict=True))
    counted = Counter(quality for value, quality in pairs if value is not None)
    commonest = day.quality
    if counted:
        commonest = max(counted, key=lambda quality: (counted[quality], -rank(quality)))
    if len(counted) < 2 and (None, EMPTIED) not in pairs:
        return replace(day, quality=commonest, qualities=None)
    each = [
        commonest if value is None and quality != EMPTIED else quality for value, quality in pairs
    ]
    return replace(day, quality=commonest, qualities=array("h", each))


def counted_values(day: StoredDay) -> list[float]:
    """Return the values of a day that count: all but gaps and what is invalid."""
    if day.qualities is None:
        invalid = flags_of(day.quality) & Flag.INVALID
        return [] if invalid else [value for value in day.values if value is not None]
    return [value for value, quality in _known(day) if not flags_of(quality) & Flag.INVALID]


def _known(day: StoredDay) -> Iterator[tuple[float, int]]:
    for slot, value in enumerate(day.values):
        if value is not None:
            yield value, day.quality_at(slot)
