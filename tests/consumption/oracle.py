"""What a dictionary of readings says: looked up slot by slot, with nothing but the zone's clock.

Readings are told as the value, in base units, of the interval that begins at an instant in seconds
since 1970, UTC. What is not in the dictionary is not known. It knows nothing of the packages that
it is held against.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Told = Mapping[int, float]
Pairs = list[tuple[date, date]]

ONE_DAY = timedelta(days=1)
QUARTER, HOUR = 900, 3600


def at(instant: float, time_zone: str) -> datetime:
    """Tell what the clock shows at an instant."""
    return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(time_zone))


def begins(day: date, time_zone: str) -> int:
    """Find the first instant of a local day by trying quarter after quarter."""
    instant = int(datetime.combine(day, time(0), tzinfo=UTC).timestamp()) - 15 * HOUR
    while at(instant, time_zone).date() != day:
        instant += QUARTER
    return instant


def days(since: date, until: date) -> list[date]:
    """List the days from one up to, not including, another."""
    return [since + number * ONE_DAY for number in range((until - since).days)]


def slots(day: date, time_zone: str, minutes: int) -> list[int]:
    """List the instants at which the intervals of a local day begin."""
    return list(range(begins(day, time_zone), begins(day + ONE_DAY, time_zone), minutes * 60))


def instants(since: date, until: date, time_zone: str, minutes: int) -> list[int]:
    """List the instants at which the intervals of local days begin."""
    return [each for day in days(since, until) for each in slots(day, time_zone, minutes)]


def sums(told: Told, places: Iterable[int], key: Callable[[int], Hashable]) -> dict[object, float]:
    """Add up what is known at some instants, by whatever a function says of each."""
    made: dict[object, float] = defaultdict(float)
    for instant in places:
        if instant in told:
            made[key(instant)] += told[instant]
    return dict(made)


def total(told: Told, places: Iterable[int]) -> float:
    """Add up what is known at some instants."""
    return sum(told[instant] for instant in places if instant in told)


def together(parts: Iterable[Told]) -> dict[int, float]:
    """Add up several dictionaries, instant by instant: what one of them knows counts."""
    made: dict[int, float] = defaultdict(float)
    for part in parts:
        for instant, value in part.items():
            made[instant] += value
    return dict(made)


def coarser(told: Told, since: date, until: date, time_zone: str, minutes: int) -> dict[int, float]:
    """Bring finer readings together in longer intervals, of which one part at least is known."""
    made: dict[int, float] = {}
    for day in days(since, until):
        edges = [*slots(day, time_zone, minutes), begins(day + ONE_DAY, time_zone)]
        for first, last in pairwise(edges):
            known = [told[each] for each in range(first, last, 300) if each in told]
            if known:
                made[first] = sum(known)
    return made


def night(told: Told, places: Iterable[int], time_zone: str) -> list[float]:
    """List what is known of the hours from 01:00 up to, not including, 05:00 of the clock."""
    return [told[each] for each in places if each in told and 1 <= at(each, time_zone).hour < 5]


def highest(told: Told, places: Iterable[int]) -> tuple[float, int]:
    """Find the highest value of an interval, and the first instant at which it was."""
    best = None
    for each in places:
        if each in told and (best is None or told[each] > best[0]):
            best = told[each], each
    assert best is not None
    return best


def weekdays_before(since: date, until: date) -> Pairs:
    """Pair each day with that of 52 weeks before."""
    return [(day, day - 364 * ONE_DAY) for day in days(since, until)]


def span_before(since: date, until: date) -> Pairs:
    """Pair each day with that of the span of the same length before."""
    return [(day, day - (until - since)) for day in days(since, until)]


def dates_before(since: date, until: date, *, years: int = 0, months: int = 0) -> Pairs:
    """Pair each day with the same date before, where that month has it."""
    made = []
    for day in days(since, until):
        year, month = divmod(day.year * 12 + day.month - 1 - years * 12 - months, 12)
        try:
            made.append((day, date(year, month + 1, day.day)))
        except ValueError:
            continue
    return made


def compared(
    own: Told, other: Told, pairs: Pairs, time_zone: str, minutes: int
) -> tuple[float, float, int, int]:
    """Add up both sides of days, and count this side's intervals that counted and did not.

    Days that are known whole on both sides count whole. Of others those intervals count that the
    clock shows at the same time, if all of them are known on both sides; an hour that both days
    repeat faces its like.
    """
    sides, counted, left_out = [0.0, 0.0], 0, 0
    for day, before in pairs:
        ours, theirs = slots(day, time_zone, minutes), slots(before, time_zone, minutes)
        groups = [(ours, theirs)]
        if not (all(x in own for x in ours) and all(x in other for x in theirs)):
            groups = _by_clock(ours, theirs, time_zone)
        kept = 0
        for one, two in groups:
            if all(x in own for x in one) and all(x in other for x in two):
                sides[0] += sum(own[x] for x in one)
                sides[1] += sum(other[x] for x in two)
                kept += len(one)
        counted += kept
        left_out += len(ours) - kept
    return sides[0], sides[1], counted, left_out


def _by_clock(
    ours: list[int], theirs: list[int], time_zone: str
) -> list[tuple[list[int], list[int]]]:
    if len(ours) == len(theirs):
        return [([one], [two]) for one, two in zip(ours, theirs, strict=True)]
    clock: dict[str, tuple[list[int], list[int]]] = {}
    for side, listed in enumerate((ours, theirs)):
        for each in listed:
            clock.setdefault(f"{at(each, time_zone):%H:%M}", ([], []))[side].append(each)
    return list(clock.values())
