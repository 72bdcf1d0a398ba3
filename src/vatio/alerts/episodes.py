"""Finds the episodes of a rule in what was measured: functions of arrays alone.

What is found depends on the values and on nothing that happened before: whatever the order in
which readings came, the same readings make the same episodes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

from vatio.analysis.curve import Value

CALM_INTERVALS = 2
"""How many intervals after one another have to be calm for an episode to end."""


class Meaning(IntEnum):
    """What an interval means for a rule.

    `OUT` is outside of the rule's weekly schedule, `GAP` unknown, `WITHIN` neither a breach nor
    far enough from one to be `CALM`; `WORSE` is a breach of the second threshold too.
    """

    OUT = -2
    CALM = -1
    GAP = 0
    WITHIN = 1
    BREACH = 2
    WORSE = 3


@dataclass(frozen=True)
class FoundEpisode:
    """A stretch of time in which a rule was broken: instants in seconds since 1970, UTC.

    It begins with the first interval that broke the rule and ends where the first calm one
    begins; None while it is open. `worst` is the most extreme value, first reached in the
    interval that begins at `worst_at`; `worsened_at` is when the second threshold was first
    broken, in an interval that ends at `worsened_by`. `last` is the end of the last interval that
    broke the rule.
    """

    begins: int
    ends: int | None
    worst: float
    worst_at: int
    last: int
    worsened_at: int | None = None
    worsened_by: int | None = field(default=None, compare=False)


def episodes(
    values: Sequence[Value],
    starts: Sequence[int],
    stops: Sequence[int],
    marks: Sequence[Meaning],
    *,
    least_seconds: int = 0,
    above: bool = True,
    calm_intervals: int = CALM_INTERVALS,
) -> list[FoundEpisode]:
    """Return the episodes of intervals in order, by what each means for the rule.

    An episode opens once intervals that follow one another have broken the rule for so many
    seconds, and closes once so many in a row are calm, or where the schedule ends. A gap breaks
    a row of either, so it neither opens nor closes.

    :param stops: when each interval ends: the next one need not begin there.
    :param above: whether the highest value is the worst; else the lowest.
    """
    found: list[FoundEpisode] = []
    run: _Broken | None = None
    calm = 0
    for place, mark in enumerate(marks):
        if mark >= Meaning.BREACH:
            run = run or _Broken(place, above=above)
            run.add(place, values, mark)
            calm = 0
        elif run is None:
            continue
        elif mark == Meaning.OUT or not run.is_open:
            found += _closed(run, starts, stops, place)
            run, calm = None, 0
        elif mark == Meaning.CALM:
            calm += 1
            if calm == calm_intervals:
                found += _closed(run, starts, stops, place - calm + 1)
                run, calm = None, 0
        else:
            calm = 0
        if run and not run.is_open:
            run.is_open = stops[place] - starts[run.first] >= least_seconds
    if run and run.is_open:
        found.append(run.episode(starts, stops, None))
    return found


@dataclass
class _Broken:
    """Intervals that broke the rule, from the first one on."""

    first: int
    above: bool
    is_open: bool = False
    last: int = 0
    worst: float = 0.0
    worst_at: int = -1
    worsened: int | None = None

    def add(self, place: int, values: Sequence[Value], mark: Meaning) -> None:
        value = values[place] or 0.0
        self.last = place
        more = value > self.worst if self.above else value < self.worst
        if self.worst_at < 0 or more:
            self.worst, self.worst_at = value, place
        if mark == Meaning.WORSE and self.worsened is None:
            self.worsened = place

    def episode(
        self, starts: Sequence[int], stops: Sequence[int], ends: int | None
    ) -> FoundEpisode:
        return FoundEpisode(
            begins=starts[self.first],
            ends=ends,
            worst=self.worst,
            worst_at=starts[self.worst_at],
            last=stops[self.last],
            worsened_at=None if self.worsened is None else starts[self.worsened],
            worsened_by=None if self.worsened is None else stops[self.worsened],
        )


def _closed(
    run: _Broken, starts: Sequence[int], stops: Sequence[int], place: int
) -> list[FoundEpisode]:
    """Return the episode of a run that is over where an interval begins, if it was one."""
    return [run.episode(starts, stops, starts[place])] if run.is_open else []


def sums_above(
    values: Sequence[Value],
    stops: Sequence[int],
    periods: Sequence[tuple[int, int]],
    edges: Sequence[int],
    *,
    limit: float,
    now: float,
    worse: float | None = None,
) -> list[FoundEpisode]:
    """Return the periods whose values add up to more than a limit: an episode each.

    It begins with the period and ends with it, once that has passed; what is missing adds
    nothing. The worst is the sum, reached with the last value that added to it.

    :param periods: the first interval of each, and the one after its last.
    :param edges: when each period begins, and when the last one ends.
    :param now: the instant in seconds since 1970: a period that ends later is open.
    """
    found = []
    for (first, last), (begins, ends) in zip(periods, pairwise(edges), strict=True):
        own = [place for place in range(first, last) if values[place] is not None]
        total = sum(values[place] or 0.0 for place in own)
        if not own or total <= limit:
            continue
        passed = next(_passed(values, own, limit))
        worsened = None if worse is None else next(_passed(values, own, worse), None)
        found.append(
            FoundEpisode(
                begins=begins,
                ends=ends if ends <= now else None,
                worst=total,
                worst_at=stops[own[-1]],
                last=stops[passed],
                worsened_at=None if worsened is None else stops[worsened],
                worsened_by=None if worsened is None else stops[worsened],
            )
        )
    return found


def _passed(values: Sequence[Value], places: Iterable[int], limit: float) -> Iterator[int]:
    """Yield the interval with which the sum passed a limit."""
    total = 0.0
    for place in places:
        total += values[place] or 0.0
        if total > limit:
            yield place
            return
