"""Says what each interval means for a rule: a breach, calm, unknown, or out of its schedule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import inf
from statistics import median

from vatio.alerts.episodes import Meaning
from vatio.analysis.curve import HOUR, Curve, Run, Value
from vatio.analysis.figures import NIGHT
from vatio.readings.sums import hours_of

HYSTERESIS = 0.05
"""How far beyond its threshold a value has to be back, as a share of it, to be calm."""

WEEKS = 8
"""How many weeks before are looked at for what is usual."""

FEWEST_WEEKS = 4
"""Of how many of them the value has to be known."""

KNOWN_SHARE = 0.75
"""How much of a night has to be known for it to have a base."""

ALWAYS = ""
"""The schedule of a rule that looks at all hours."""


@dataclass(frozen=True)
class Threshold:
    """A level that is broken above it or below it, and a second one that is worse.

    Values are in base units. With `inclusive` the level itself is a breach.
    """

    level: float
    above: bool = True
    worse: float | None = None
    inclusive: bool = False

    def mark(self, value: float) -> Meaning:
        """Return what a value means."""
        sign = 1 if self.above else -1
        beyond = (value - self.level) * sign
        if beyond > 0 or (self.inclusive and beyond == 0):
            is_worse = self.worse is not None and (value - self.worse) * sign > 0
            return Meaning.WORSE if is_worse else Meaning.BREACH
        return Meaning.CALM if -beyond >= HYSTERESIS * abs(self.level) else Meaning.WITHIN


def is_broken(values: Iterable[Value], threshold: Threshold) -> bool:
    """Return whether any value breaks a threshold."""
    known = (value for value in values if value is not None)
    extreme = max(known, default=None) if threshold.above else min(known, default=None)
    return extreme is not None and threshold.mark(extreme) >= Meaning.BREACH


def by_threshold(
    values: Sequence[Value], threshold: Threshold, *, partial: Iterable[Run] = ()
) -> list[Meaning]:
    """Return what each value means; of a sum that lacks a part only what is sure.

    :param partial: the intervals of which a part is missing, and that are never less than told.
    """
    marks = [Meaning.GAP if value is None else threshold.mark(value) for value in values]
    sure = (Meaning.BREACH, Meaning.WORSE) if threshold.above else (Meaning.CALM,)
    for begin, end in partial:
        marks[begin:end] = [mark if mark in sure else Meaning.GAP for mark in marks[begin:end]]
    return marks


def scheduled(
    marks: Sequence[Meaning], schedule: str, days: Sequence[date], time_zone: str, minutes: int
) -> list[Meaning]:
    """Return marks in which the intervals outside of a weekly schedule are `OUT`.

    :param schedule: a letter for each hour of the local clock from Monday 00:00 on, 168 of them,
        `1` where the rule looks; `ALWAYS` for all.
    :param days: the local days that the intervals are of, from the first one on.
    """
    if schedule == ALWAYS:
        return list(marks)
    looks = looked_at(schedule, days, time_zone, minutes)
    return [mark if looked else Meaning.OUT for mark, looked in zip(marks, looks, strict=True)]


def looked_at(schedule: str, days: Iterable[date], time_zone: str, minutes: int) -> list[bool]:
    """Return whether a schedule looks at each interval of days, by the clock at its start."""
    looks: list[bool] = []
    for day in days:
        own = schedule[day.weekday() * 24 : day.weekday() * 24 + 24]
        looks += [own[hour] == "1" for hour in hours_of(day, time_zone, minutes)]
    return looks


@dataclass(frozen=True)
class Nights:
    """The nights of a curve: the day of each, when it begins and ends, and its mean power in W."""

    days: list[date]
    starts: list[int]
    stops: list[int]
    bases: list[Value]


def nights(curve: Curve) -> Nights:
    """Return the base of each night of a curve, from 01:00 to 05:00 of the local clock.

    A night of which less than `KNOWN_SHARE` is known has none.
    """
    made = Nights([], [], [], [])
    if curve.step > HOUR:
        return made
    powers = curve.powers()
    ends = [*curve.starts[1:], curve.ends]
    for day, (first, last) in zip(curve.days, pairwise(curve.firsts), strict=True):
        own = _of_night(hours_of(day, curve.time_zone, curve.step // 60))
        if not own:
            continue
        values = powers[first:last]
        known = [value for value in map(values.__getitem__, own) if value is not None]
        made.days.append(day)
        made.starts.append(curve.starts[first + own[0]])
        made.stops.append(ends[first + own[-1]])
        is_known = len(known) >= KNOWN_SHARE * len(own)
        made.bases.append(sum(known) / len(known) if is_known else None)
    return made


@lru_cache(maxsize=1_000)
def _of_night(clock: bytes) -> Sequence[int]:
    """Return which intervals of a day begin at night, by the hours of the clock at their starts."""
    return [place for place, hour in enumerate(clock) if NIGHT[0] <= hour < NIGHT[1]]


def by_usual(found: Nights, *, share: float, least: float, begin: float = -inf) -> list[Meaning]:
    """Return what each night means: a breach is above the usual by a share, and above `least`.

    The usual is the median of the same weekday in the `WEEKS` weeks before; where fewer than
    `FEWEST_WEEKS` of them are known, there is no telling.

    :param share: 0.2 for 20 per cent.
    :param least: a power in W that a breach exceeds as well.
    :param begin: nights that start before it are not judged: there is no telling.
    """
    by_day = dict(zip(found.days, found.bases, strict=True))
    marks = []
    for (day, base), start in zip(by_day.items(), found.starts, strict=True):
        if start < begin:
            marks.append(Meaning.GAP)
            continue
        before = (by_day.get(date.fromordinal(day.toordinal() - 7 * n)) for n in _WEEKS_BEFORE)
        known = [value for value in before if value is not None]
        if base is None or len(known) < FEWEST_WEEKS:
            marks.append(Meaning.GAP)
        else:
            is_breach = base > median(known) * (1 + share) and base > least
            marks.append(Meaning.BREACH if is_breach else Meaning.CALM)
    return marks


_WEEKS_BEFORE = range(1, WEEKS + 1)
