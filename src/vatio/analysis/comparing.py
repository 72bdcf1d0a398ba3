"""Compares a curve with another time: the days that face each other, both sides cut alike.

By weekday is the usual comparison: 364 days are 52 weeks, so that a Monday faces a Monday. What is
missing on either side is left out of both, and how much that was is told.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vatio.analysis.curve import Curve, Value
from vatio.dates import add_months

ONE_DAY = timedelta(days=1)
WEEKS_OF_A_YEAR = timedelta(days=364)


class Versus(StrEnum):
    """What a span of days is compared with."""

    NOTHING = ""
    PREVIOUS = "previous"
    WEEKDAY = "weekday"
    DATE = "date"
    MONTH = "month"


@dataclass(frozen=True)
class Facing:
    """The days from `since` up to, not including, `until` that a span is compared with.

    `days` are pairs of a day of the span and the day that it faces; a day that faces none, as
    29 February does in most years, is left out.
    """

    since: date
    until: date
    days: list[tuple[date, date]]


@dataclass(frozen=True)
class Comparison:
    """What two curves measured in the intervals that both know, in base units.

    `compared` and `left_out` are seconds: those of this side's intervals on which the sums rest,
    and those that have ended and are missing on one side at least, with the days of either side
    that face none. Of several things that were compared one by one, `parts` of them, they are the
    seconds of all.
    """

    own: float
    other: float
    compared: int
    left_out: int
    parts: int = 1

    @property
    def share(self) -> float:
        """How much of what has ended is compared: 1 where neither side lacks anything."""
        whole = self.compared + self.left_out
        return self.compared / whole if whole else 0.0

    @property
    def change(self) -> float | None:
        """How much more this side is than the other: 0.05 is 5 % more; None against nothing."""
        return self.own / self.other - 1 if self.other else None


def facing(since: date, until: date, versus: Versus) -> Facing:
    """Return the days that those from `since` up to, not including, `until` are compared with.

    The previous period of whole months is as many months before, else as many days before.

    :raises ValueError: if they are compared with nothing.
    """
    if versus == Versus.WEEKDAY:
        return _shifted(since, until, WEEKS_OF_A_YEAR)
    if versus in (Versus.DATE, Versus.MONTH):
        months = 12 if versus == Versus.DATE else 1
        pairs = [(day, each) for day in _days(since, until) if (each := _before(day, months))]
        first = add_months(since, -months, anchor_day=since.day)
        last = add_months(until - ONE_DAY, -months, anchor_day=(until - ONE_DAY).day)
        return Facing(first, last + ONE_DAY, pairs)
    if versus != Versus.PREVIOUS:
        raise ValueError("a span is compared with something")
    if since.day == until.day == 1:
        months = (until.year - since.year) * 12 + until.month - since.month
        first = add_months(since, -months, anchor_day=1)
        pairs = list(zip(_days(since, until), _days(first, since), strict=False))
        return Facing(first, since, pairs)
    return _shifted(since, until, until - since)


@dataclass
class Sides:
    """Both sides of a comparison as they are added up, and how many intervals of each.

    `left_out` counts those of this side that have ended and are missing on one side at least.
    """

    own: float = 0.0
    other: float = 0.0
    own_count: int = 0
    other_count: int = 0
    left_out: int = 0

    def __iadd__(self, more: "Sides") -> "Sides":
        for name, value in vars(more).items():
            setattr(self, name, getattr(self, name) + value)
        return self

    def add(self, ours: Sequence[Value], theirs: Sequence[Value]) -> None:
        """Add intervals of which none is missing."""
        self.own += sum(filter(None, ours))
        self.other += sum(filter(None, theirs))
        self.own_count += len(ours)
        self.other_count += len(theirs)

    def add_pairs(self, ours: Sequence[Value], theirs: Sequence[Value]) -> None:
        """Add those intervals that are known on both sides."""
        both = [
            (one, two)
            for one, two in zip(ours, theirs, strict=True)
            if one is not None and two is not None
        ]
        self.add([one for one, _two in both], [two for _one, two in both])


def compare(
    curve: Curve, other: Curve, days: Iterable[tuple[date, date]], *, now: float
) -> Comparison:
    """Add up both sides of the days that face each other, without what either side lacks.

    Intervals of which a part is missing count as missing. Where both days are whole they count
    whole, a day of 25 hours beside one of 24 too.

    :param now: the instant, in seconds since 1970, up to which intervals can be expected.
    """
    return comparison(sides(curve, other, days, now=now).values(), curve)


def sides(
    curve: Curve, other: Curve, days: Iterable[tuple[date, date]], *, now: float
) -> dict[date, Sides]:
    """Return both sides of each day of a curve, as `compare` adds them up.

    A day that faces none is left out.
    """
    own_values, other_values = _whole_values(curve), _whole_values(other)
    found: dict[date, Sides] = {}
    for day, mine, yours in _facing_places(curve, other, days):
        made = found[day] = Sides()
        ours = own_values[mine.start : mine.stop]
        theirs = other_values[yours.start : yours.stop]
        if None not in ours and None not in theirs:
            made.add(ours, theirs)
        elif len(ours) == len(theirs):
            made.add_pairs(ours, theirs)
        else:
            for one, two in _groups(curve, other, mine, yours):
                known = [own_values[place] for place in one], [other_values[place] for place in two]
                if None not in known[0] and None not in known[1]:
                    made.add(*known)
        made.left_out = max(_ended(curve, mine, now) - made.own_count, 0)
    for day, places in _places(curve).items():
        if day not in found:
            found[day] = Sides(left_out=_ended(curve, places, now))
    return found


def unfaced(curve: Curve, other: Curve, days: Iterable[tuple[date, date]], *, now: float) -> Sides:
    """Return what is left out of the other side: its days that no day of this one faces.

    Nothing while this side is not over: what has not happened yet is left out of both.
    """
    if curve.ends > now:
        return Sides()
    faced = {before for _day, before in days}
    places = [each for day, each in _places(other).items() if day not in faced]
    return Sides(left_out=sum(_ended(other, each, now) for each in places))


def by_interval(
    pairs: Iterable[tuple[Curve, Curve]], days: Iterable[tuple[date, date]], *, now: float
) -> list[Sides]:
    """Return both sides of each interval of curves that lie on one grid, added up.

    As in `sides` of two intervals that face each other both count, or neither; to an hour of a
    day whose clocks change that one is faced which the clock shows alike, as in `laid_over`.

    :param pairs: at least one: the curve of a thing and that of the other time.
    """
    made: list[Sides] = []
    faced = list(days)
    for curve, other in pairs:
        made = made or [Sides() for _place in curve.values]
        theirs = _laid(curve, other, faced, _whole_values(other))
        ended = bisect_right(curve.starts, now - curve.step)
        for place, (one, two) in enumerate(zip(_whole_values(curve), theirs, strict=True)):
            if one is not None and two is not None:
                made[place].add([one], [two])
            elif place < ended:
                made[place].left_out += 1
    return made


def comparison(parts: Iterable[Sides], curve: Curve, *, things: int = 1) -> Comparison:
    """Return the sums of amounts of some days and things, or the means of states.

    :param curve: one that was compared: it says how long intervals are, and whether they add up.
    :param things: how many things were compared one by one.
    """
    whole = Sides()
    for each in parts:
        whole += each
    own, other = whole.own, whole.other
    if not curve.adds and whole.own_count and whole.other_count:
        own, other = own / whole.own_count, other / whole.other_count
    compared, left_out = whole.own_count * curve.step, whole.left_out * curve.step
    return Comparison(own, other, compared, left_out, things)


def laid_over(curve: Curve, other: Curve, days: Iterable[tuple[date, date]]) -> list[Value]:
    """Return the mean powers of another curve, each at the interval of this one that it faces.

    To an hour that the other day lacks no hour is faced; of one that it has twice the mean.
    """
    return _laid(curve, other, days, other.powers())


def _laid(
    curve: Curve, other: Curve, days: Iterable[tuple[date, date]], values: Sequence[Value]
) -> list[Value]:
    """Return values of the intervals of another curve, each at the one of this that it faces."""
    made: list[Value] = [None] * len(curve.values)
    for _day, mine, yours in _facing_places(curve, other, days):
        if len(mine) == len(yours):
            made[mine.start : mine.stop] = values[yours.start : yours.stop]
            continue
        clock = _by_clock(other, yours)
        for place in mine:
            known = [values[each] for each in clock.get(_clock(curve, place), ())]
            if known and None not in known:
                made[place] = sum(each or 0 for each in known) / len(known)
    return made


def _facing_places(
    curve: Curve, other: Curve, days: Iterable[tuple[date, date]]
) -> Iterator[tuple[date, range, range]]:
    """Yield the intervals of two days that face each other, and the day on this side."""
    own, theirs = _places(curve), _places(other)
    for day, before in days:
        mine, yours = own.get(day), theirs.get(before)
        if mine and yours:
            yield day, mine, yours


def _groups(
    curve: Curve, other: Curve, mine: range, yours: range
) -> Iterable[tuple[Sequence[int], Sequence[int]]]:
    """Return what faces what where clocks change on one of two days.

    Those face each other that begin at the same time of the clock; an hour that only one of the
    days has counts on its side alone.
    """
    ours, theirs = _by_clock(curve, mine), _by_clock(other, yours)
    return [(ours.get(at, ()), theirs.get(at, ())) for at in ours | theirs]


def _by_clock(curve: Curve, places: range) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place in places:
        found.setdefault(_clock(curve, place), []).append(place)
    return found


def _places(curve: Curve) -> dict[date, range]:
    return {
        day: range(curve.firsts[place], curve.firsts[place + 1])
        for place, day in enumerate(curve.days)
    }


def _clock(curve: Curve, place: int) -> int:
    """Return the minute of the day that the local clock shows at the start of an interval."""
    local = datetime.fromtimestamp(curve.starts[place], ZoneInfo(curve.time_zone))
    return local.hour * 60 + local.minute


def _whole_values(curve: Curve) -> list[Value]:
    if not curve.partial:
        return curve.values
    values = list(curve.values)
    for begin, end in curve.partial:
        values[begin:end] = [None] * (end - begin)
    return values


def _ended(curve: Curve, places: range, now: float) -> int:
    ends = curve.starts[places.stop] if places.stop < len(curve.starts) else curve.ends
    if ends <= now:
        return len(places)
    return sum(curve.starts[place] + curve.step <= now for place in places)


def _shifted(since: date, until: date, by: timedelta) -> Facing:
    return Facing(since - by, until - by, [(day, day - by) for day in _days(since, until)])


def _days(since: date, until: date) -> Iterator[date]:
    return (since + number * ONE_DAY for number in range((until - since).days))


def _before(day: date, months: int) -> date | None:
    """Return the same date some months before; None where that month has no such day."""
    found = add_months(day, -months, anchor_day=day.day)
    return found if found.day == day.day else None
