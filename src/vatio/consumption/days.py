"""Reads the curve of a thing day by day, from the totals of days: for years, and many series."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from vatio.analysis.curve import HOUR, Curve, Run, Value
from vatio.consumption.answering import Measured
from vatio.consumption.components import Component
from vatio.consumption.grid import Grid, joined
from vatio.consumption.loading import marks
from vatio.readings import choosing
from vatio.readings.choosing import Chosen
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, WHOLE_DAY, local_day

TOTALS = """
SELECT series_id, day, total, present, least, most, quality FROM readings_day
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
  AND day >= %(since)s AND day < %(until)s AND present > 0
"""


@dataclass
class DailyCurve:
    """A curve of days, and the lowest and highest mean power of an interval on each, in W.

    Of a sum of several components these are not known: None.
    """

    curve: Curve
    least: list[Value] = field(default_factory=list)
    most: list[Value] = field(default_factory=list)


@dataclass(frozen=True)
class DayStore:
    """The totals of days of series, as they were read once."""

    own: Grid
    known: Measured
    choose: Chosen
    answering: frozenset[int]
    rows: Mapping[tuple[int, date], tuple[Any, ...]]


def read(account_id: int, known: Measured, own: Grid) -> DayStore:
    """Read the days of series; two statements at most.

    :param own: a grid of whole days.
    """
    series = known.series
    since, until = own.days[0], own.days[-1] + ONE_DAY
    return DayStore(
        own,
        known,
        choosing.chosen(account_id, series, since, until),
        frozenset(each.data_point_id for each in series.values()),
        _rows(account_id, series, since, until),
    )


def add_up(
    store: DayStore,
    components: Collection[Component],
    *,
    adds: bool,
    gap_is_gap: bool = False,
) -> DailyCurve:
    """Return the days of components, added up.

    Each component gives its own local days. A day counts as `partial` where an interval of a
    component is missing, or all of it. The mark of a day is that of its commonest quality.

    :param gap_is_gap: whether such a day has no value at all.
    """
    own = store.own
    adding = _AddingDays(len(own.days))
    living = list(components)
    if not gap_is_gap:
        living = [each for each in map(store.known.living, components) if each]
    for component in living:
        stretch = component.stretch
        for place in range((stretch.since - own.days[0]).days, (stretch.until - own.days[0]).days):
            adding.active[place] += 1
            if component.data_point_id not in store.answering:
                continue
            key = store.choose(component.data_point_id, own.days[place])
            row = store.rows.get((key, own.days[place]))
            if row is not None:
                adding.add(place, own.days[place], row, store.known.series[key], component, adds)
    made = adding.curve(own, adds)
    if gap_is_gap:
        for place in (place for run in made.curve.partial for place in range(*run)):
            made.curve.values[place] = made.least[place] = made.most[place] = None
        made.curve.partial.clear()
    return made


class _AddingDays:
    """Days of components that are added up."""

    def __init__(self, count: int) -> None:
        self.values: list[Value] = [None] * count
        self.least: list[Value] = [None] * count
        self.most: list[Value] = [None] * count
        self.known, self.active, self.whole = [0] * count, [0] * count, [0] * count
        self.estimated: list[Run] = []
        self.doubtful: list[Run] = []

    def add(
        self,
        place: int,
        day: date,
        row: tuple[Any, ...],
        series: SeriesKey,
        component: Component,
        adds: bool,
    ) -> None:
        """Add a day of a component."""
        total, present, lowest, highest, quality = row
        self.known[place] += 1
        amount = component.weight * (total if adds else total / present)
        before = self.values[place]
        self.values[place] = amount if before is None else before + amount
        slots = local_day(day, series.time_zone).count(series.minutes)
        self.whole[place] += present == slots
        if component.weight == 1 and series.minutes < WHOLE_DAY:
            rate = HOUR / (series.minutes * 60) if adds else 1.0
            self.least[place], self.most[place] = lowest * rate, highest * rate
        is_estimated, is_doubtful = marks(quality)
        self.estimated += [(place, place + 1)] if is_estimated else []
        self.doubtful += [(place, place + 1)] if is_doubtful else []

    def curve(self, own: Grid, adds: bool) -> DailyCurve:
        """Return what was added."""
        count = len(own.days)
        for place, number in enumerate(self.active):
            if number > 1:
                self.least[place] = self.most[place] = None
        partial = [
            (place, place + 1)
            for place in range(count)
            if self.known[place]
            and not self.known[place] == self.whole[place] == self.active[place]
        ]
        curve = Curve(
            own.time_zone,
            own.step,
            own.days,
            own.firsts,
            own.starts,
            own.ends,
            self.values,
            adds=adds,
            estimated=joined(self.estimated, count),
            doubtful=joined(self.doubtful, count),
            partial=joined(partial, count),
        )
        return DailyCurve(curve, self.least, self.most)


def _rows(
    account_id: int, series: Mapping[int, SeriesKey], since: date, until: date
) -> dict[tuple[int, date], tuple[Any, ...]]:
    if not series:
        return {}
    asked: dict[str, Any] = {"account": account_id, "series": list(series)}
    asked |= {"since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, asked)
        return {(row[0], row[1]): row[2:] for row in cursor.fetchall()}
