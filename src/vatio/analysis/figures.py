"""The figures that describe a curve: how much, how much is missing, its mean, base and peak."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from vatio.analysis.curve import HOUR, Curve, Run, Value

NIGHT = (1, 5)
"""From which hour of the local clock up to, not including, which the night base is measured."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DayFigures:
    """A day of a curve: what was measured, and how much of it is missing.

    `total` is in base units: the sum of amounts, the mean of states; None without any. `present`
    and `expected` are numbers of intervals: those with a value, and those that have ended.
    `most` is the highest mean power of an interval in W (or the highest state), the first time
    at `most_at`, in seconds since 1970. `least` is the lowest. The rest are numbers of intervals.
    """

    day: date
    total: Value
    present: int
    expected: int
    most: Value
    most_at: int | None
    least: Value
    estimated: int
    doubtful: int
    partial: int

    @property
    def missing(self) -> int:
        """How many intervals have ended and have no value."""
        return max(self.expected - self.present, 0)


@dataclass(frozen=True)
class Figures:
    """A whole curve, as `DayFigures` say it of a day; `mean` and `base` in W, or as states.

    `base` is the mean from 01:00 to 05:00 of the local clock: what is on while nobody works.
    """

    total: Value
    present: int
    expected: int
    mean: Value
    base: Value
    most: Value
    most_at: int | None
    estimated: int
    doubtful: int
    partial: int

    @property
    def missing(self) -> int:
        """How many intervals have ended and have no value."""
        return max(self.expected - self.present, 0)


def by_day(curve: Curve, *, now: float) -> list[DayFigures]:
    """Return the figures of each day of a curve.

    :param now: the instant, in seconds since 1970, up to which intervals can be expected.
    """
    powers = curve.powers()
    counts = [_within(runs, curve.firsts) for runs in (curve.estimated, curve.doubtful)]
    counts.append(_within(curve.partial, curve.firsts))
    made = []
    for place, day in enumerate(curve.days):
        first, last = curve.firsts[place], curve.firsts[place + 1]
        known = [value for value in curve.values[first:last] if value is not None]
        strong = powers[first:last]
        own = [value for value in strong if value is not None]
        most = max(own, default=None)
        total = sum(known) if curve.adds else sum(known) / len(known) if known else None
        made.append(
            DayFigures(
                day=day,
                total=total if known else None,
                present=len(known),
                expected=_expected(curve, first, last, now),
                most=most,
                most_at=curve.starts[first + strong.index(most)] if own else None,
                least=min(own, default=None),
                estimated=counts[0][place],
                doubtful=counts[1][place],
                partial=counts[2][place],
            )
        )
    return made


def whole(curve: Curve, days: Sequence[DayFigures]) -> Figures:
    """Return the figures of a curve whose days have been worked out."""
    known = [each for each in days if each.present]
    present = sum(each.present for each in known)
    total = sum(each.total or 0 for each in known) if known else None
    mean = _mean_over_time(curve) if known else None
    highest = highest_of(known)
    return Figures(
        total=total if curve.adds else mean,
        present=present,
        expected=sum(each.expected for each in days),
        mean=mean,
        base=night_base(curve),
        most=highest.most if highest else None,
        most_at=highest.most_at if highest else None,
        estimated=sum(each.estimated for each in days),
        doubtful=sum(each.doubtful for each in days),
        partial=sum(each.partial for each in days),
    )


def highest_of(days: Sequence[DayFigures]) -> DayFigures | None:
    """Return the first of the days with the highest power; None where that of one is not known."""
    if any(each.most is None for each in days):
        return None
    return max(days, key=lambda each: each.most or 0, default=None)


def night_base(curve: Curve) -> Value:
    """Return the mean power, in W, of the hours of `NIGHT`; None if none of them is known.

    Of intervals that are longer than an hour it is not.
    """
    if curve.step > HOUR:
        return None
    powers = curve.powers()
    found: list[Value] = []
    for day, (first, last) in zip(curve.days, pairwise(curve.firsts), strict=True):
        if _is_plain(curve, first, last):
            each = HOUR // curve.step
            found += powers[first + NIGHT[0] * each : first + NIGHT[1] * each]
        else:
            zone = ZoneInfo(curve.time_zone)
            found += [
                powers[place]
                for place in range(first, last)
                if _is_night(curve.starts[place], zone, day)
            ]
    return _mean(found)


def _is_plain(curve: Curve, first: int, last: int) -> bool:
    """Return whether a day has 24 hours of whole intervals, so that clocks stood still on it."""
    return (last - first) * curve.step == 24 * HOUR


def _is_night(start: int, zone: ZoneInfo, day: date) -> bool:
    local = datetime.fromtimestamp(start, zone)
    return local.date() == day and NIGHT[0] <= local.hour < NIGHT[1]


def _mean(values: Iterable[Value]) -> Value:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _mean_over_time(curve: Curve) -> Value:
    """Return the mean of powers, each for as long as it lasted: a day of 23 hours counts less."""
    powers = curve.powers()
    if isinstance(curve.starts, range):
        return _mean(powers)
    lasting = [
        (power, length)
        for power, length in zip(powers, curve.lengths(), strict=True)
        if power is not None
    ]
    if not lasting:
        return None
    return sum(power * length for power, length in lasting) / sum(each for _power, each in lasting)


def _expected(curve: Curve, first: int, last: int, now: float) -> int:
    """Return how many intervals of a day have ended."""
    if first == last:
        return 0
    ends = curve.starts[last] if last < len(curve.starts) else curve.ends
    if ends <= now:
        return last - first
    return sum(start + curve.step <= now for start in curve.starts[first:last])


def _within(runs: Iterable[Run], firsts: Sequence[int]) -> list[int]:
    """Return how many of the intervals of runs, in order, lie in each day."""
    counts = [0] * (len(firsts) - 1)
    place = 0
    for begin, end in runs:
        while begin < end:
            while firsts[place + 1] <= begin:
                place += 1
            until = min(end, firsts[place + 1])
            counts[place] += until - begin
            begin = until
    return counts
