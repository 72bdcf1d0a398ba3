"""The grid of intervals that curves are laid on, and runs of its intervals."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from vatio.analysis.curve import Run
from vatio.readings.slots import ONE_DAY, WHOLE_DAY, local_day, start

MINUTE = 60


@dataclass(frozen=True)
class Grid:
    """The intervals of local days, one after another: see `Curve`."""

    time_zone: str
    step: int
    days: list[date]
    firsts: list[int]
    starts: Sequence[int]
    ends: int

    @property
    def count(self) -> int:
        """How many intervals there are."""
        return len(self.starts)

    def place(self, instant: int) -> int:
        """Return which interval holds an instant; it may lie outside of the grid."""
        if isinstance(self.starts, range) or instant < self.starts[0]:
            return (instant - self.starts[0]) // self.step
        if instant >= self.ends:
            return self.count + (instant - self.ends) // self.step
        return bisect_right(self.starts, instant) - 1


@lru_cache(maxsize=200)
def grid(since: date, until: date, time_zone: str, minutes: int) -> Grid:
    """Return the intervals of the days from `since` up to, not including, `until`."""
    days = [since + number * ONE_DAY for number in range((until - since).days)]
    locals_ = [local_day(day, time_zone) for day in days]
    counts = [each.count(minutes) for each in locals_]
    firsts = [0]
    for count in counts:
        firsts.append(firsts[-1] + count)
    step = minutes * MINUTE
    begins, ends = locals_[0].begins, locals_[-1].ends
    starts: Sequence[int] = range(begins, ends, step)
    is_even = all((each.ends - each.begins) % step == 0 for each in locals_)
    if not is_even or minutes == WHOLE_DAY:
        starts = [
            start(each, slot, minutes)
            for each, count in zip(locals_, counts, strict=True)
            for slot in range(count)
        ]
    return Grid(time_zone, step, days, firsts, starts, ends)


def joined(runs: Iterable[Run], count: int) -> list[Run]:
    """Return runs in order, those that touch as one, within so many intervals."""
    made: list[Run] = []
    for begin, end in sorted((max(a, 0), min(b, count)) for a, b in runs):
        if begin >= end:
            continue
        if made and begin <= made[-1][1]:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((begin, end))
    return made
