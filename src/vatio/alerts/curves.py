"""Reads the curves of what rules look at: of many things of an account together.

The days of all of them are read in one statement, however many there are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from vatio.accounts.models import Account
from vatio.alerts.models import AlertRule
from vatio.analysis.curve import Curve
from vatio.consumption import answering, loading
from vatio.consumption import components as parts_of
from vatio.consumption import days as by_days
from vatio.consumption.answering import Measured
from vatio.consumption.components import Component
from vatio.consumption.grid import Grid, grid
from vatio.consumption.loading import Store
from vatio.consumption.subjects import EnergySubject, SubjectKind
from vatio.readings import choosing, storing
from vatio.readings.days import StoredDay
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, WHOLE_DAY
from vatio.readings.storing import DayKey
from vatio.readings.stretches import Stretch

ThingKey = tuple[SubjectKind, int]


def thing_of(rule: AlertRule) -> ThingKey:
    """Return what a rule looks at: its kind, and the key of its row."""
    for kind, key in (
        (SubjectKind.DATA_POINT, rule.data_point_id),
        (SubjectKind.SUPPLY_POINT, rule.supply_point_id),
        (SubjectKind.SITE, rule.site_id),
    ):
        if key is not None:
            return kind, key
    return SubjectKind.CALCULATED, rule.calculated_id or 0


@dataclass(frozen=True)
class Watched:
    """A thing that rules look at, what it is made of from a day on, and in which resolution."""

    subject: EnergySubject
    components: list[Component]
    known: Measured
    minutes: int

    @property
    def step(self) -> int:
        """The seconds of an interval; at most those of the longest day."""
        return 25 * 3600 if self.minutes == WHOLE_DAY else self.minutes * 60

    def grid(self, since: date, until: date) -> Grid:
        """Return the intervals of its days from `since` up to, not including, `until`."""
        return grid(since, until, self.subject.time_zone, self.minutes)


def watch(
    account: Account, subjects: Iterable[EnergySubject], since: Mapping[ThingKey, date], until: date
) -> dict[ThingKey, Watched]:
    """Return what things are made of from a day on, each its own; a statement for what can answer.

    The resolution is the finest in which nothing since that day is hidden. A thing that never
    had a reading is left out.
    """
    made = {}
    for each in subjects:
        key = each.kind, each.pk
        first = since[key] - ONE_DAY
        if each.kind == SubjectKind.DATA_POINT:
            made[key] = each, [Component(Stretch(each.pk, first, until + ONE_DAY))]
        else:
            made[key] = each, parts_of.components(account, each, first, until + ONE_DAY)
    known = answering.measured(account.pk, [one for _each, own in made.values() for one in own])
    found = {}
    for key, (each, own) in made.items():
        able = known.of(own)
        if able.first_on:
            minutes = answering.full_resolution(account.pk, able, since[key], until)
            found[key] = Watched(each, own, able, minutes)
    return found


def read(
    account_id: int,
    watched: Mapping[ThingKey, Watched],
    since: Mapping[ThingKey, date],
    until: date,
) -> dict[ThingKey, Curve]:
    """Return the curves of things, each from its own day up to, not including, `until`.

    One statement for all that have one series a data point and intervals under a day; two more
    for each other one.
    """
    wanted: dict[DayKey, None] = {}
    series: dict[int, SeriesKey] = {}
    for key, each in watched.items():
        if each.minutes != WHOLE_DAY:
            series |= able(each)
            wanted |= dict.fromkeys(_days(able(each), since[key], until))
    days = storing.read_days(account_id, wanted, series) if wanted else {}
    return {
        key: _curve(account_id, each, each.grid(since[key], until), days)
        for key, each in watched.items()
    }


def able(watched: Watched) -> dict[int, SeriesKey]:
    """Return the series that can answer in the resolution of a thing."""
    minutes = watched.minutes
    return {
        key: each
        for key, each in watched.known.series.items()
        if each.minutes <= minutes and minutes % each.minutes == 0
    }


def _days(series: Iterable[int], since: date, until: date) -> Iterable[DayKey]:
    count = (until - since).days + 2
    return ((key, since + (n - 1) * ONE_DAY) for key in series for n in range(count))


def _curve(account_id: int, watched: Watched, own: Grid, days: Mapping[DayKey, StoredDay]) -> Curve:
    subject, known = watched.subject, watched.known
    if watched.minutes == WHOLE_DAY:
        within = parts_of.within(watched.components, own.days[0], own.days[-1] + ONE_DAY)
        daily = by_days.read(account_id, known, own)
        whole = subject.gap_is_gap
        return by_days.add_up(daily, within, adds=subject.adds, gap_is_gap=whole).curve
    answers = able(watched)
    since, until = own.days[0] - ONE_DAY, own.days[-1] + 2 * ONE_DAY
    store = Store(
        own,
        known,
        frozenset(each.data_point_id for each in answers.values()),
        choosing.chosen(account_id, answers, since, until, coarsest=True),
        days,
    )
    within = parts_of.within(watched.components, since, until)
    return loading.add_up(store, within, adds=subject.adds, gap_is_gap=subject.gap_is_gap)


def last_day(today: date) -> date:
    """Return the day up to which curves are read: readings are taken a day ahead at most."""
    return today + 2 * ONE_DAY
