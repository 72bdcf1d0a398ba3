"""Judges one day of a series: what is there of what should be, and how good it is.

A day is judged slot by slot up to a moment: slots that end later are not expected yet. Times are
seconds, and a slot counts by its own length: the last of a day may be shorter.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from vatio.readings.ranks import Flag, How, flags_of, how_of
from vatio.readings.slots import WHOLE_DAY, LocalDay, end, start


class DayState(StrEnum):
    """What a day of a series is, the worst first; of `NOTHING` nothing is expected."""

    INVALID = "invalid"
    DOUBTFUL = "doubtful"
    MISSING = "missing"
    PARTLY = "partly"
    ESTIMATED = "estimated"
    COMPLETE = "complete"
    NOTHING = "nothing"


class QualityDay(NamedTuple):
    """What is stored of a day, without its values.

    `present` are the slots that count. `gaps` are the slots without a value, `qualities` those of
    each slot where they differ. `total` is the sum of what counts, in base units.
    """

    present: int
    quality: int
    rank: int
    total: float
    gaps: Sequence[int] = ()
    qualities: Sequence[int] | None = None


class JudgedDay(NamedTuple):
    """A day that was judged: seconds, and numbers of doubtful and of invalid values.

    `expected` = `present` + `missing` + what is invalid; `estimated` (by the distributor) and
    `spread` (by us) are parts of `present`.
    """

    state: DayState
    expected: int = 0
    present: int = 0
    missing: int = 0
    estimated: int = 0
    spread: int = 0
    doubtful: int = 0
    invalid: int = 0


NOTHING = JudgedDay(DayState.NOTHING)


class Mark(NamedTuple):
    """What a stored quality says that a judge asks for."""

    how: How
    is_doubtful: bool
    is_invalid: bool


@cache
def mark(quality: int) -> Mark:
    """Return the mark of a stored quality; what is invalid is not doubtful besides."""
    flags = flags_of(quality)
    is_invalid = bool(flags & Flag.INVALID)
    return Mark(how_of(quality), bool(flags & Flag.DOUBTFUL) and not is_invalid, is_invalid)


def ended(local: LocalDay, minutes: int, until: float) -> int:
    """Return how many slots of a day have ended by a moment, in seconds since 1970, UTC."""
    if until >= local.ends:
        return local.count(minutes)
    if until < local.begins or minutes == WHOLE_DAY:
        return 0
    return int((until - local.begins) // (minutes * 60))


def expected_slots(
    local: LocalDay, minutes: int, stored: QualityDay | None, until: float, *, is_first: bool
) -> range:
    """Return the slots of a day that should be there.

    :param until: what ends later is not expected.
    :param is_first: whether the readings begin on the day: what lies before them is not expected.
    """
    first = 0
    if is_first and stored is not None:
        gaps = set(stored.gaps)
        while first in gaps:
            first += 1
    return range(first, ended(local, minutes, until))


def judge(
    local: LocalDay,
    minutes: int,
    stored: QualityDay | None,
    until: float,
    *,
    is_first: bool = False,
) -> JudgedDay:
    """Judge a day of a series; None where nothing is stored of it."""
    is_alike = stored is not None and not stored.gaps and stored.qualities is None
    if stored is not None and is_alike and until >= local.ends:
        return _all_alike(stored.quality, local.ends - local.begins, local.count(minutes))
    slots = expected_slots(local, minutes, stored, until, is_first=is_first)
    if not slots:
        return NOTHING
    length = _length(local, minutes, slots)
    if stored is None:
        return JudgedDay(DayState.MISSING, expected=length, missing=length)
    if is_alike:
        return _all_alike(stored.quality, length, len(slots))
    return _mixed(local, minutes, stored, slots)


def _length(local: LocalDay, minutes: int, slots: range) -> int:
    return end(local, slots[-1], minutes) - start(local, slots[0], minutes)


@lru_cache(maxsize=4096)
def _all_alike(quality: int, length: int, count: int) -> JudgedDay:
    """Judge a day in which every slot has a value, all of one quality."""
    how, is_doubtful, is_invalid = mark(quality)
    if is_invalid:
        return JudgedDay(DayState.INVALID, expected=length, invalid=count)
    estimated = length if how == How.ESTIMATED else 0
    spread = length if how == How.SPREAD else 0
    state = DayState.ESTIMATED if estimated or spread else DayState.COMPLETE
    return JudgedDay(
        DayState.DOUBTFUL if is_doubtful else state,
        expected=length,
        present=length,
        estimated=estimated,
        spread=spread,
        doubtful=count if is_doubtful else 0,
    )


def _mixed(local: LocalDay, minutes: int, stored: QualityDay, slots: range) -> JudgedDay:
    """Judge a day whose slots differ: it has gaps, or values of several qualities."""
    missing = {slot for slot in stored.gaps if slot in slots}
    there = [slot for slot in slots if slot not in missing]
    lacks = _length(local, minutes, slots) - _time_of(local, minutes, there)
    present = estimated = spread = doubtful = invalid = 0
    for quality, own in _by_quality(stored, there).items():
        how, is_doubtful, is_invalid = mark(quality)
        if is_invalid:
            invalid += len(own)
            continue
        length = _time_of(local, minutes, own)
        present += length
        doubtful += len(own) if is_doubtful else 0
        estimated += length if how == How.ESTIMATED else 0
        spread += length if how == How.SPREAD else 0
    expected = _length(local, minutes, slots)
    state = _state(present, lacks, estimated + spread, doubtful, invalid)
    return JudgedDay(state, expected, present, lacks, estimated, spread, doubtful, invalid)


def _by_quality(stored: QualityDay, slots: list[int]) -> dict[int, list[int]]:
    """Return slots with a value by their quality."""
    if stored.qualities is None:
        return {stored.quality: slots} if slots else {}
    found: dict[int, list[int]] = defaultdict(list)
    for slot in slots:
        found[stored.qualities[slot]].append(slot)
    return found


def _time_of(local: LocalDay, minutes: int, slots: Sequence[int]) -> int:
    """Return how long slots in order of time are together: all alike, but for the day's last."""
    if not slots:
        return 0
    last = _length(local, minutes, range(slots[-1], slots[-1] + 1))
    return (len(slots) - 1) * minutes * 60 + last


def _state(present: int, missing: int, estimated: int, doubtful: int, invalid: int) -> DayState:
    """Return the worst of what is in a day."""
    if invalid:
        return DayState.INVALID
    if doubtful:
        return DayState.DOUBTFUL
    if missing:
        return DayState.PARTLY if present else DayState.MISSING
    return DayState.ESTIMATED if estimated else DayState.COMPLETE


def gaps_in(
    local: LocalDay,
    minutes: int,
    stored: QualityDay | None,
    until: float,
    *,
    is_first: bool = False,
) -> Iterator[tuple[int, int]]:
    """Yield the gaps of a day: from an instant up to, not including, another (UTC seconds)."""
    slots = expected_slots(local, minutes, stored, until, is_first=is_first)
    if not slots:
        return
    if stored is None:
        yield start(local, slots[0], minutes), end(local, slots[-1], minutes)
        return
    missing = [slot for slot in stored.gaps if slot in slots]
    for first, last in runs(missing, lambda one, other: other == one + 1):
        yield start(local, first, minutes), end(local, last, minutes)


def runs(slots: Iterable[int], are_one: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of slots of which every two neighbours are one."""
    first = last = None
    for slot in slots:
        if first is None or last is None or not are_one(last, slot):
            if first is not None and last is not None:
                yield first, last
            first = slot
        last = slot
    if first is not None and last is not None:
        yield first, last


def joined(gaps: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return gaps in order of time, those that follow one another without a break as one."""
    made: list[tuple[int, int]] = []
    for since, until in gaps:
        if made and since <= made[-1][1]:
            made[-1] = (made[-1][0], max(until, made[-1][1]))
        else:
            made.append((since, until))
    return made
