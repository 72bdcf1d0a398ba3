"""What becomes of the values of a day when others arrive: the rule of the store, without a table.

Which value of a slot stands is decided by `ranks`. A change of what stood is kept as a revision,
and so is a value that comes over `SETTLING` after the end of its slot into a day that was there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vatio.readings.days import (
    EMPTIED,
    SETTLING,
    ArrivingDay,
    ReadingCounts,
    Replaced,
    StoredDay,
    Value,
    settled,
)
from vatio.readings.ranks import Flag, Origin, flags_of, origin_of, rank
from vatio.readings.slots import end

Given = Mapping[int, set[tuple[float, Origin]]]
"""By slot, the values that were replaced since, each with the origin that gave it."""


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
    return Merged(settled(day), ReadingCounts(new=present), None, changed=present > 0)


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
        return settled(
            replace(
                self.stored,
                values=self.values,
                qualities=self.qualities,
                delivery=self.delivery,
                filled=filled,
                version=max(self.stored.version, self.arriving.version),
            )
        )
