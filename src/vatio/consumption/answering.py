"""Which series can answer for the components of a thing, and in which resolution together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from vatio.consumption.components import Component
from vatio.metering.models import Series
from vatio.readings import choosing
from vatio.readings import series as all_series
from vatio.readings.series import SeriesKey
from vatio.readings.slots import WHOLE_DAY


@dataclass(frozen=True)
class Measured:
    """The series that can answer for some data points, and the days of each one's life.

    `first_on` is the day of its first reading; from `over_on` on, which those in service lack,
    nothing is expected of it.
    """

    series: Mapping[int, SeriesKey]
    first_on: Mapping[int, date]
    over_on: Mapping[int, date]

    @cached_property
    def zones(self) -> dict[int, str]:
        """The time zone of each data point's days."""
        return {each.data_point_id: each.time_zone for each in self.series.values()}

    @cached_property
    def _by_point(self) -> dict[int, list[SeriesKey]]:
        found: dict[int, list[SeriesKey]] = defaultdict(list)
        for each in self.series.values():
            found[each.data_point_id].append(each)
        return dict(found)

    def of(self, components: Iterable[Component]) -> "Measured":
        """Return what can answer for some of the components."""
        points = dict.fromkeys(each.data_point_id for each in components)
        return Measured(
            {each.id: each for point in points for each in self._by_point.get(point, ())},
            {point: self.first_on[point] for point in points if point in self.first_on},
            {point: self.over_on[point] for point in points if point in self.over_on},
        )

    def is_apart(self, time_zone: str) -> bool:
        """Return whether the days of some series are not those of a time zone."""
        return any(each.time_zone != time_zone for each in self.series.values())

    def living(self, component: Component) -> Component | None:
        """Return a component from its first reading on: before, nothing can be missing.

        Nor can it once the data point is retired.
        """
        if component.is_uncovered:
            return component
        first, stretch = self.first_on.get(component.data_point_id), component.stretch
        since = max(stretch.since, first) if first else stretch.until
        until = min(stretch.until, self.over_on.get(component.data_point_id, stretch.until))
        if since >= until:
            return None
        return replace(component, stretch=replace(stretch, since=since, until=until))


def measured(account_id: int, components: Iterable[Component]) -> Measured:
    """Return what can answer for components of one account; one statement.

    Series that never had a reading are left out, unless there is no other.
    """
    found = all_series.of_points(account_id, {each.data_point_id for each in components})
    read = [each for each in found if each.first_on is not None]
    first: dict[int, date] = {}
    over: dict[int, date] = {}
    for series, first_on, over_on in read:
        point = series.data_point_id
        if first_on is not None:
            first[point] = min(first_on, first.get(point, first_on))
        if over_on is not None:
            over[point] = max(over_on, over.get(point, over_on))
    return Measured({each.series.id: each.series for each in read or found}, first, over)


def resolution(known: Measured, *, at_least: int = 0) -> int:
    """Return the finest resolution, in minutes, in which every data point has an answer.

    Ten minutes and a quarter of an hour meet in half an hour.
    """
    own: dict[int, list[int]] = defaultdict(list)
    for each in known.series.values():
        own[each.data_point_id].append(each.minutes)
    for minutes in Series.MINUTES:
        if minutes >= at_least and all(_can(each, minutes) for each in own.values()):
            return minutes if own else WHOLE_DAY
    return WHOLE_DAY


def full_resolution(account_id: int, known: Measured, since: date, until: date) -> int:
    """Return the finest resolution in which nothing of a span is hidden; one statement at most.

    Where a data point has hours on some days and quarters on others, that is the hour.
    """
    own: dict[int, list[SeriesKey]] = defaultdict(list)
    for each in known.series.values():
        own[each.data_point_id].append(each)
    several = {point: series for point, series in own.items() if len(series) > 1}
    if not several:
        return resolution(known)
    ids = [each.id for series in several.values() for each in series]
    days = choosing.days_of(account_id, ids, since, until)
    at_least = max(_full(series, days) for series in several.values())
    return resolution(known, at_least=at_least)


def _full(series: Collection[SeriesKey], days: Mapping[int, set[date]]) -> int:
    """Return the finest resolution in which all days of a data point's series can be told."""
    every = set().union(*(days.get(each.id, set()) for each in series))
    for minutes in Series.MINUTES:
        able = [each for each in series if _can([each.minutes], minutes)]
        if able and every <= set().union(*(days.get(each.id, set()) for each in able)):
            return minutes
    return WHOLE_DAY


def _can(own: Iterable[int], minutes: int) -> bool:
    return any(each <= minutes and minutes % each == 0 for each in own)
