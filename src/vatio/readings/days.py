"""What becomes of the values of a day when others arrive: the rule of the store, without a table.

Which value of a slot stands is decided by `ranks`. A change of what stood is kept as a revision,
and so is a value that comes over `SETTLING` after the end of its slot into a day that was there.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vatio.readings.ranks import Flag, Origin, flags_of, origin_of, rank
from vatio.readings.slots import LocalDay, end

SETTLING = 48 * 3600
"""Seconds after the end of a slot within which its first value counts as known from that end."""

EMPTIED = 0
"""The quality of a gap that had a value once: what fills it again is not its first value."""

Value = float | None
Given = Mapping[int, set[tuple[float, Origin]]]
"""By slot, the values that were replaced since, each with the origin that gave it."""


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


@dataclass
class Merged:
    """A day after a merge; `replaced` is what a revision keeps, None where nothing is due."""

    day: StoredDay
    counts: ReadingCounts
    replaced: Replaced | None
    changed: bool


def merge(
    stored: StoredDay | None,
    arriving: ArrivingDay,
    *,
    at: float,
    delivery: int,
    given: Given | None = None,
) -> Merged:
    """Merge arriving values into a day; neither argument is changed.

    :param at: when they arrived, in seconds since 1970, UTC.
    :param delivery: the delivery they are of.
    :param given: what was replaced before, where `is_contested` asks for it.
    """
    if stored is None:
        return _first(arriving, at=at, delivery=delivery)
    if _is_the_same(stored, arriving):
        count = sum(each is not None for each in arriving.values)
        return Merged(stored, ReadingCounts(same=count), None, changed=False)
    return _Merge(stored, arriving, at, delivery, given or {}).run()


def is_contested(stored: StoredDay, arriving: ArrivingDay) -> bool:
    """Return whether what was replaced before matters: another value of equal rank arrives."""
    if arriving.window or _is_the_same(stored, arriving):
        return False
    return any(
        new is not None
        and old is not None
        and new != old
        and rank(arriving.quality_at(slot)) == rank(stored.quality_at(slot))
        for slot, (new, old) in enumerate(zip(arriving.values, stored.values, strict=True))
    )


def _first(arriving: ArrivingDay, *, at: float, delivery: int) -> Merged:
    present = len(arriving.values) - arriving.values.count(None)
    day = StoredDay(
        arriving.local,
        arriving.minutes,
        arriving.values,
        arriving.quality,
        arriving.qualities,
        at,
        delivery,
        None,
        arriving.version,
    )
    return Merged(_settled(day), ReadingCounts(new=present), None, changed=present > 0)


def _is_the_same(stored: StoredDay, arriving: ArrivingDay) -> bool:
    """Return whether a whole day arrives that stands already: what a gateway repeats most."""
    return (
        stored.values == arriving.values
        and stored.qualities is None
        and arriving.qualities is None
        and stored.quality == arriving.quality
        and stored.version >= arriving.version
    )


class _Merge:
    """One merge of a day that was there: slot by slot."""

    def __init__(
        self, stored: StoredDay, arriving: ArrivingDay, at: float, delivery: int, given: Given
    ) -> None:
        self.stored, self.arriving, self.at, self.given = stored, arriving, at, given
        self.delivery = delivery
        self.counts = ReadingCounts()
        self.values = list(stored.values)
        self.qualities = [stored.quality_at(slot) for slot in range(len(self.values))]
        self.replaced: list[tuple[int, Value, int]] = []
        self.filled: list[int] = []

    def run(self) -> Merged:
        for slot, new in enumerate(self.arriving.values):
            if new is not None:
                self._take(slot, new)
            elif slot in self.arriving.window and self._is_derived(slot):
                self._replace(slot, None, EMPTIED)
        changed = bool(self.replaced or self.filled)
        if not changed and self.stored.version >= self.arriving.version:
            return Merged(self.stored, self.counts, None, changed=False)
        return Merged(self._day(), self.counts, self._revision(), changed=True)

    def _take(self, slot: int, new: float) -> None:
        old, quality = self.values[slot], self.arriving.quality_at(slot)
        if old is None:
            self._fill(slot, new, quality)
        elif new == old:
            self.counts.same += 1
            better = rank(quality) < rank(self.qualities[slot])
            if better or (self._is_own(slot) and quality != self.qualities[slot]):
                self._replace(slot, new, quality)
        elif self._is_own(slot) or self._stands(slot, new, quality):
            self.counts.corrected += 1
            self._replace(slot, new, quality)

    def _stands(self, slot: int, new: float, quality: int) -> bool:
        """Return whether another value replaces the one that stands; count it if it does not."""
        standing = self.qualities[slot]
        billed = origin_of(quality) == origin_of(standing) == Origin.INVOICE
        if billed and self.arriving.version < self.stored.version:
            self.counts.outranked += 1
            return False
        if rank(quality) != rank(standing):
            self.counts.outranked += rank(quality) > rank(standing)
            return rank(quality) < rank(standing)
        if billed and self.arriving.version > self.stored.version:
            return True
        if (new, origin_of(quality)) in self.given.get(slot, ()):
            self.counts.same += 1
            return False
        return True

    def _is_derived(self, slot: int) -> bool:
        return self.values[slot] is not None and bool(flags_of(self.qualities[slot]) & Flag.DERIVED)

    def _is_own(self, slot: int) -> bool:
        """Return whether a difference of registers meets one: the newer settling decides."""
        return bool(self.arriving.window) and self._is_derived(slot)

    def _fill(self, slot: int, new: float, quality: int) -> None:
        self.counts.new += 1
        self.filled.append(slot)
        is_late = self.at > end(self.stored.local, slot, self.stored.minutes) + SETTLING
        if is_late or self.qualities[slot] == EMPTIED:
            self.replaced.append((slot, None, self.qualities[slot]))
        self.values[slot], self.qualities[slot] = new, quality

    def _replace(self, slot: int, new: Value, quality: int) -> None:
        self.replaced.append((slot, self.values[slot], self.qualities[slot]))
        self.values[slot], self.qualities[slot] = new, quality

    def _revision(self) -> Replaced | None:
        """Return what is to be kept: also which delivery came before, when another goes on.

        What a gateway adds to its own day, hour by hour, keeps no row for each hour.
        """
        own = origin_of(self.stored.quality) == origin_of(self.arriving.quality)
        is_next_hour = own and origin_of(self.stored.quality) == Origin.INSERTION
        if not self.replaced and (self.delivery == self.stored.delivery or is_next_hour):
            return None
        slots, values, qualities = zip(*self.replaced, strict=True) if self.replaced else ((),) * 3
        return Replaced(list(slots), list(values), list(qualities))

    def _day(self) -> StoredDay:
        filled: list[int] | None = self.filled
        if self.delivery == self.stored.delivery:
            before = self.stored.filled
            filled = None if before is None else [*before, *self.filled]
        return _settled(
            replace(
                self.stored,
                values=self.values,
                qualities=self.qualities,
                delivery=self.delivery,
                filled=filled,
                version=max(self.stored.version, self.arriving.version),
            )
        )


def _settled(day: StoredDay) -> StoredDay:
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


@dataclass(frozen=True)
class Undone:
    """A day without what its last delivery brought; `kept` are the slots mended since."""

    day: StoredDay
    replaced: Replaced
    kept: list[int]


@dataclass(frozen=True)
class Before:
    """What a revision keeps of a day before a change, besides what was replaced."""

    replaced: Replaced
    delivery: int
    filled: list[int] | None
    version: int


def undo(stored: StoredDay, revisions: Sequence[Before], *, mended: Before | None = None) -> Undone:
    """Take back what the last delivery of a day brought.

    What a person mended since stays.

    :param revisions: those that the delivery wrote, the last one first.
    :param mended: what the first mending since kept of the day before it.
    """
    own_filled = stored.filled if mended is None else mended.filled
    size = len(stored.values)
    values, qualities = list(stored.values), [stored.quality_at(slot) for slot in range(size)]
    for each in revisions:
        old = each.replaced
        for slot, value, quality in zip(old.slots, old.values, old.qualities, strict=True):
            values[slot], qualities[slot] = value, quality
    for slot in range(size) if own_filled is None else own_filled:
        values[slot] = None
    slots, kept = [], []
    for slot, now in enumerate(stored.values):
        if now is not None and values[slot] is None:
            qualities[slot] = EMPTIED
        if (now, stored.quality_at(slot)) == (values[slot], qualities[slot]):
            continue
        if now is not None and origin_of(stored.quality_at(slot)) == Origin.MENDED:
            kept.append(slot)
            values[slot], qualities[slot] = now, stored.quality_at(slot)
        else:
            slots.append(slot)
    replaced = Replaced(
        slots,
        [stored.values[slot] for slot in slots],
        [stored.quality_at(slot) for slot in slots],
    )
    first = revisions[-1] if revisions else None
    day = replace(stored, values=values, qualities=qualities, version=first.version if first else 0)
    if mended is None:
        day.delivery = first.delivery if first else 0
        day.filled = first.filled if first else []
    return Undone(_settled(day), replaced, kept)
