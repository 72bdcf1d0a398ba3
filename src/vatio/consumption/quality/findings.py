"""What «Calidad de datos» lists: gaps, conflicts, doubtful values, estimates, corrections."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from vatio.accounts.models import Account
from vatio.consumption.quality.account_quality import (
    AccountQuality,
    PointQuality,
    QualitySpan,
    SeriesQuality,
)
from vatio.consumption.quality.days import JudgedDay, mark, runs
from vatio.metering.models import DataPoint
from vatio.metering.quantities import Adding
from vatio.readings import delivery_list
from vatio.readings.days import StoredDay
from vatio.readings.models import Delivery
from vatio.readings.ranks import How
from vatio.readings.series import SeriesKey
from vatio.readings.slots import end, local_day, start
from vatio.readings.storing import read_days

TOLERATED = 0.01
"""The difference of two day totals, as a part of the one that counts, that is no conflict yet."""


@dataclass(frozen=True)
class Gap:
    """A gap of a data point, from `since` up to, not including, `until`; open if it goes on."""

    point: DataPoint
    since: datetime
    until: datetime
    is_open: bool

    @property
    def seconds(self) -> float:
        """How long the gap is."""
        return (self.until - self.since).total_seconds()


@dataclass(frozen=True)
class DayTotal:
    """What a series says of a day, in the unit of the page, and the seconds that it lacks."""

    minutes: int
    total: float
    missing: int


@dataclass(frozen=True)
class Conflict:
    """A day on which two series of a data point differ by more than 1 % of the one that counts."""

    point: DataPoint
    day: date
    unit: str
    counts: DayTotal
    other: DayTotal


@dataclass(frozen=True)
class DoubtfulRun:
    """Doubtful or invalid values of a day that follow one another, up to, not including, `until`.

    `highest` is the highest of them, in the unit of the page.
    """

    point: DataPoint
    minutes: int
    since: datetime
    until: datetime
    count: int
    highest: float
    unit: str
    is_invalid: bool


@dataclass(frozen=True)
class Estimates:
    """What was estimated, or spread evenly by us, of a data point: how much, on which days."""

    point: DataPoint
    is_spread: bool
    seconds: int
    days: int
    first: date
    last: date


def gaps(quality: AccountQuality) -> list[Gap]:
    """Return the gaps, the longest first."""
    found = []
    for each in quality.points:
        open_since = each.missing_since
        for since, until in each.gaps:
            begins = datetime.fromtimestamp(since, UTC)
            is_open = open_since is not None and begins >= open_since
            found.append(Gap(each.point, begins, datetime.fromtimestamp(until, UTC), is_open))
    found.sort(key=lambda gap: (-gap.seconds, gap.point.name_sorted, gap.since))
    return found


def conflicts(quality: AccountQuality) -> list[Conflict]:
    """Return the conflicts of days that are over, the newest first.

    Each series is compared with the one that counts: energy by its total, states by their mean.
    """
    found: list[Conflict] = []
    for each in quality.points:
        if len(each.series) < 2:
            continue
        by_key = {one.key.id: one for one in each.series}
        for number, day in enumerate(quality.span.days):
            counts = by_key[quality.chosen(each.point.pk, day)]
            for other in each.series:
                if other is not counts and _differ(counts, other, day):
                    measures = counts.key.measures
                    totals = (_day_total(one, day, number) for one in (counts, other))
                    found.append(Conflict(each.point, day, measures.shown, *totals))
    found.sort(key=lambda one: (-one.day.toordinal(), one.point.name_sorted, one.other.minutes))
    return found


def _differ(counts: SeriesQuality, other: SeriesQuality, day: date) -> bool:
    amounts = [_amount(each, day) for each in (counts, other)]
    if amounts[0] is None or amounts[1] is None:
        return False
    return abs(amounts[0] - amounts[1]) > TOLERATED * abs(amounts[0])


def _amount(series: SeriesQuality, day: date) -> float | None:
    """Return what a series says of a day that is over, in base units; None if it cannot be said."""
    there = series.stored.get(day)
    over = local_day(day, series.key.time_zone).ends <= series.expected_until
    adding = series.key.measures.adding
    if there is None or not there.present or not over or adding == Adding.LAST:
        return None
    return there.total if adding == Adding.SUM else there.total / there.present


def _day_total(series: SeriesQuality, day: date, number: int) -> DayTotal:
    amount = (_amount(series, day) or 0.0) / series.key.measures.factor
    return DayTotal(series.key.minutes, amount, series.judged[number].missing)


def doubtful_count(quality: AccountQuality) -> int:
    """Return how many values are doubtful or invalid."""
    return sum(each.doubtful + each.invalid for each in quality.points)


def doubtful(quality: AccountQuality, *, days: int) -> list[DoubtfulRun]:
    """Return the doubtful and invalid values of so many days at most, the newest first.

    One statement, whose values are those of these days alone.
    """
    marked = sorted(_marked_days(quality), key=lambda one: (-one[1].toordinal(), one[0].key.id))
    marked = marked[:days]
    if not marked:
        return []
    series = {each.key.id: each.key for each, _day, _point in marked}
    keys = [(each.key.id, day) for each, day, _point in marked]
    read = read_days(quality.account.pk, keys, series)
    return [
        run
        for each, day, point in marked
        if (each.key.id, day) in read
        for run in _runs_of(point, each.key, read[each.key.id, day])
    ]


def _marked_days(quality: AccountQuality) -> Iterator[tuple[SeriesQuality, date, DataPoint]]:
    days = quality.span.days
    for point in quality.points:
        for each in point.series:
            for day, judged in zip(days, each.judged, strict=True):
                if judged.doubtful or judged.invalid:
                    yield each, day, point.point


def _runs_of(point: DataPoint, key: SeriesKey, day: StoredDay) -> Iterator[DoubtfulRun]:
    """Yield the doubtful and the invalid values of a day, those that follow one another as one."""
    marks = {
        slot: mark(day.quality_at(slot)).is_invalid
        for slot, value in enumerate(day.values)
        if value is not None and _is_marked(day.quality_at(slot))
    }
    measures = key.measures
    for first, last in runs(
        marks, lambda one, other: other == one + 1 and marks[one] == marks[other]
    ):
        values = [value for value in day.values[first : last + 1] if value is not None]
        yield DoubtfulRun(
            point,
            key.minutes,
            datetime.fromtimestamp(start(day.local, first, key.minutes), UTC),
            datetime.fromtimestamp(end(day.local, last, key.minutes), UTC),
            last - first + 1,
            max(values, key=abs) / measures.factor,
            measures.shown,
            marks[first],
        )


def _is_marked(quality: int) -> bool:
    return mark(quality).is_doubtful or mark(quality).is_invalid


def estimates(quality: AccountQuality) -> list[Estimates]:
    """Return what was estimated or spread, by data point, the most first."""
    found: list[Estimates] = []
    for each in quality.points:
        found += _estimates_of(each, quality.span)
    found.sort(key=lambda one: (-one.seconds, one.point.name_sorted, one.is_spread))
    return found


def _estimates_of(point: PointQuality, span: QualitySpan) -> Iterator[Estimates]:
    gathered: dict[How, list[tuple[date, int]]] = defaultdict(list)
    for day, judged in zip(span.days, point.days, strict=True):
        for how, seconds in _estimated_times(judged):
            gathered[how].append((day, seconds))
    for how, days in gathered.items():
        seconds = sum(each for _day, each in days)
        is_spread = how == How.SPREAD
        yield Estimates(point.point, is_spread, seconds, len(days), days[0][0], days[-1][0])


def _estimated_times(judged: JudgedDay) -> Iterator[tuple[How, int]]:
    if judged.estimated:
        yield How.ESTIMATED, judged.estimated
    if judged.spread:
        yield How.SPREAD, judged.spread


def corrections(
    quality: AccountQuality, *, narrowed: bool, limit: int
) -> tuple[list[Delivery], int]:
    """Return the deliveries received in the span that corrected values, the newest first.

    :param narrowed: whether only those that may be of the data points are asked for.
    :returns: the first `limit` of them, and how many there are in all.
    """
    account, span = quality.account, quality.span
    begins = _instant(span.since, account)
    ends = _instant(span.until, account)
    found = delivery_list.of_account(account)
    if narrowed:
        found = delivery_list.of_data_points(account, [each.point for each in quality.points])
    found = found.filter(corrected__gt=0, begun_at__gte=begins, begun_at__lt=ends)
    return list(found.order_by(*delivery_list.ORDER)[:limit]), found.count()


def _instant(day: date, account: Account) -> datetime:
    return datetime.fromtimestamp(local_day(day, account.time_zone).begins, UTC)
