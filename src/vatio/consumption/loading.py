"""Reads the curve of a thing from the store: its components laid side by side and added up.

Under a day what is added is laid by instant, whatever the time zones of the series: of one whose
days begin later, the day before the first is read as well. In days each series gives its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from vatio.analysis.curve import Curve, Run, Value
from vatio.consumption.answering import Measured
from vatio.consumption.components import Component
from vatio.consumption.grid import MINUTE, Grid, joined
from vatio.readings import choosing, storing
from vatio.readings.choosing import Chosen
from vatio.readings.days import StoredDay
from vatio.readings.ranks import Flag, How, how_of
from vatio.readings.slots import ONE_DAY, local_day


@dataclass(frozen=True)
class Store:
    """The days of series that can answer in one resolution, as they were read once.

    Each component is laid on the grid once, however often it is added up.
    """

    own: Grid
    known: Measured
    answering: frozenset[int]
    choose: Chosen
    days: Mapping[tuple[int, date], StoredDay]
    _laid: dict[tuple[Component, bool], "_Flat"] = field(default_factory=dict)

    def laid(self, component: Component, *, adds: bool) -> "_Flat":
        """Return a component over the whole grid."""
        key = component, adds
        if key not in self._laid:
            self._laid[key] = _flat(self, component, adds=adds)
        return self._laid[key]

    def find(self, component: Component, day: date) -> StoredDay | None:
        """Return the day of a component's best series; None where nothing came."""
        if component.data_point_id not in self.answering:
            return None
        return self.days.get((self.choose(component.data_point_id, day), day))


def read(account_id: int, known: Measured, own: Grid) -> Store:
    """Read what series say of a grid of less than a day; two statements at most.

    Series that are too coarse for it are left out.
    """
    minutes = own.step // MINUTE
    since, until = own.days[0], own.days[-1] + ONE_DAY
    if known.is_apart(own.time_zone):
        since, until = since - ONE_DAY, until + ONE_DAY
    able = {
        key: each
        for key, each in known.series.items()
        if each.minutes <= minutes and minutes % each.minutes == 0
    }
    if not able:
        return Store(own, known, frozenset(), lambda point, day: 0, {})
    return Store(
        own,
        known,
        frozenset(each.data_point_id for each in able.values()),
        choosing.chosen(account_id, able, since, until, coarsest=True),
        storing.read_range(account_id, able, since, until),
    )


def add_up(
    store: Store, components: Collection[Component], *, adds: bool, gap_is_gap: bool = False
) -> Curve:
    """Return the curve of components, added up.

    An interval has a value where one component has; where another that was already measured
    lacks it, it is `partial`.

    :param gap_is_gap: whether an interval that one component lacks, even before its first
        reading, has no value at all.
    """
    own = store.own
    living = list(components)
    if not gap_is_gap:
        living = [each for each in map(store.known.living, components) if each]
    flats = [store.laid(each, adds=adds) for each in living]
    values: list[Value] = list(flats[0].values) if flats else [None] * own.count
    partial = [run for each in flats for run in each.cut]
    if len(flats) > 1:
        partial += _lacking(flats)
        values = [_sum(each) for each in zip(*(flat.values for flat in flats), strict=True)]
    if gap_is_gap:
        for begin, end in partial:
            values[begin:end] = [None] * (end - begin)
        partial = []
    return Curve(
        own.time_zone,
        own.step,
        own.days,
        own.firsts,
        own.starts,
        own.ends,
        values,
        adds=adds,
        estimated=joined((run for each in flats for run in each.estimated), own.count),
        doubtful=joined((run for each in flats for run in each.doubtful), own.count),
        partial=joined(partial, own.count),
    )


def _sum(values: tuple[Value, ...]) -> Value:
    """Return the sum of what is known; None if nothing is."""
    if None not in values:
        return sum(values)  # type: ignore[arg-type]
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _lacking(flats: Sequence["_Flat"]) -> list[Run]:
    """Return the intervals that some components know and others, measured by then, lack."""
    some = list(map(_any, zip(*(each.values for each in flats), strict=True)))
    found: list[Run] = []
    for flat in flats:
        since, until = flat.life
        values = flat.values
        if None in values[since:until]:
            places = range(since, until)
            found += [(p, p + 1) for p in places if values[p] is None and some[p]]
    return found


def _any(values: tuple[Value, ...]) -> bool:
    return any(value is not None for value in values)


@dataclass
class _Flat:
    """A component over a whole grid, before it is added to others.

    `life` are the intervals in which it counts.
    """

    values: list[Value]
    life: Run
    estimated: list[Run] = field(default_factory=list)
    doubtful: list[Run] = field(default_factory=list)
    cut: list[Run] = field(default_factory=list)


def _flat(store: Store, component: Component, *, adds: bool) -> _Flat:
    """Lay the days of a component on the grid, by instant."""
    own, stretch, weight = store.own, component.stretch, component.weight
    made = _Flat([None] * own.count, _life(store, component))
    for number in range((stretch.until - stretch.since).days):
        day = store.find(component, stretch.since + number * ONE_DAY)
        if day is None:
            continue
        values = counted(day)
        each = own.step // (day.minutes * MINUTE)
        first = own.place(day.local.begins)
        _mark(made, day, values, first, each)
        if each > 1:
            values, cut = grouped(values, each, adds=adds)
            made.cut += [(first + begin, first + end) for begin, end in cut]
        if weight != 1.0:
            values = [None if value is None else value * weight for value in values]
        _lay(made.values, values, first)
    return made


def _life(store: Store, component: Component) -> Run:
    """Return the intervals of a component, which begins and ends with days of its own series."""
    own, zones, stretch = store.own, store.known.zones, component.stretch
    zone = component.uncovered_in or zones.get(stretch.data_point_id, own.time_zone)
    begin = own.place(local_day(stretch.since, zone).begins)
    end = own.place(local_day(stretch.until, zone).begins)
    return min(max(begin, 0), own.count), min(max(end, 0), own.count)


def _lay(onto: list[Value], values: Sequence[Value], first: int) -> None:
    """Lay values on a grid from a place on; what would lie outside of it falls away."""
    begin, end = max(first, 0), min(first + len(values), len(onto))
    if begin < end:
        onto[begin:end] = values[begin - first : end - first]


def _mark(made: _Flat, day: StoredDay, known: Sequence[Value], first: int, each: int) -> None:
    """Mark the intervals of a day of which something that counts is estimated, or doubtful."""
    if day.qualities is None and None not in known:
        runs = [(first, first - (-len(known) // each), day.quality)]
    elif day.qualities is None and not any(marks(day.quality)):
        return
    else:
        runs = [
            (first + slot // each, first + slot // each + 1, day.quality_at(slot))
            for slot, value in enumerate(known)
            if value is not None
        ]
    for begin, end, quality in runs:
        is_estimated, is_doubtful = marks(quality)
        made.estimated += [(begin, end)] if is_estimated else []
        made.doubtful += [(begin, end)] if is_doubtful else []


def counted(day: StoredDay) -> list[Value]:
    """Return the values of a day without those that are invalid."""
    if day.qualities is None:
        return [None] * len(day.values) if day.quality & Flag.INVALID else day.values
    if not any(quality & Flag.INVALID for quality in set(day.qualities)):
        return day.values
    return [
        None if quality & Flag.INVALID else value
        for value, quality in zip(day.values, day.qualities, strict=True)
    ]


@lru_cache(maxsize=1024)
def marks(quality: int) -> tuple[bool, bool]:
    """Return whether a stored quality says that a value was not measured, and is doubtful."""
    return how_of(quality) in (How.ESTIMATED, How.SPREAD), bool(quality & Flag.DOUBTFUL)


def grouped(values: Sequence[Value], each: int, *, adds: bool) -> tuple[list[Value], list[Run]]:
    """Bring so many values after another together: their sum, or the mean of states.

    A group of which some are missing is what is known of it; those groups are returned as well.
    """
    if None not in values and len(values) % each == 0:
        together = zip(*[iter(values)] * each, strict=True)
        share = 1 if adds else each
        return [sum(group) / share for group in together], []
    made: list[Value] = []
    cut: list[Run] = []
    for place, first in enumerate(range(0, len(values), each)):
        group = values[first : first + each]
        known = [value for value in group if value is not None]
        total = sum(known)
        made.append((total if adds else total / len(known)) if known else None)
        if 0 < len(known) < len(group):
            cut.append((place, place + 1))
    return made, cut
