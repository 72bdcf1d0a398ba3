"""Takes back what a delivery brought to a day, without a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vatio.readings.days import EMPTIED, Replaced, StoredDay, settled
from vatio.readings.ranks import Origin, origin_of


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
    return Undone(settled(day), replaced, kept)
