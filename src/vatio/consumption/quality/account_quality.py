"""«Calidad de datos»: what is there of what an account should have measured, by data point.

Of every data point each day counts by one series: the best-ranked that has readings, then the
finest (`readings.choosing`). Registers are not judged: the intervals between them are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from vatio.accounts.models import Account
from vatio.consumption.account_freshness import FROM_A_GATEWAY, OTHERWISE
from vatio.consumption.quality.days import NOTHING, JudgedDay, QualityDay, gaps_in, joined, judge
from vatio.consumption.quality.rows import SeriesStanding, read_days, read_standings
from vatio.metering.models import DataPoint
from vatio.readings.choosing import Chosen, choose, series_of
from vatio.readings.ranks import Origin, origin_of
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY, day_of, end, local_day, place


@dataclass(frozen=True)
class QualitySpan:
    """Local days from `since` up to, not including, `until`."""

    since: date
    until: date

    @cached_property
    def days(self) -> list[date]:
        """The days of the span."""
        return [self.since + number * ONE_DAY for number in range((self.until - self.since).days)]


@dataclass
class SeriesQuality:
    """A series of a data point: what is stored of its days, and each day judged.

    `expected_until` is the moment, in seconds since 1970, UTC, up to which readings are expected.
    """

    key: SeriesKey
    stored: Mapping[date, QualityDay]
    judged: list[JudgedDay]
    expected_until: float


@dataclass
class PointQuality:
    """A data point: how much of what it should have is there, in seconds, as its days count.

    `present`, `missing` and `invalid_time` add up to `expected`. `doubtful` and `invalid` are
    numbers of values of all its series. `gaps` run from an instant up to, not including, another,
    in seconds since 1970, UTC. `missing_since` is the end of its last interval with a value,
    where later ones are missing, whatever the span; `last_at` the end of that interval.
    `begins_on` is the day of its first reading; without any, nothing is expected of it.
    """

    point: DataPoint
    series: list[SeriesQuality]
    days: list[JudgedDay]
    gaps: list[tuple[int, int]]
    begins_on: date | None = None
    last_at: datetime | None = None
    missing_since: datetime | None = None
    expected: int = 0
    present: int = 0
    missing: int = 0
    estimated: int = 0
    doubtful: int = 0
    invalid: int = 0

    @property
    def share(self) -> float | None:
        """The present part of what is expected, from 0 to 1; None where nothing is."""
        return self.present / self.expected if self.expected else None

    @property
    def estimated_share(self) -> float | None:
        """The estimated part of what is present, from 0 to 1; None where nothing is."""
        return self.estimated / self.present if self.present else None


@dataclass
class AccountQuality:
    """The data points of an account, or some of them, over a span of days."""

    account: Account
    span: QualitySpan
    points: list[PointQuality]
    chosen: Chosen = field(repr=False)

    @property
    def begins_on(self) -> date | None:
        """The day of the first reading, whatever the span."""
        return min((each.begins_on for each in self.points if each.begins_on), default=None)


def read(
    account: Account, points: Sequence[DataPoint], span: QualitySpan, *, at: datetime
) -> AccountQuality:
    """Read how much is there of data points; the number of statements is always the same.

    :param points: with their meters.
    :param at: now; what is expected ended `FROM_A_GATEWAY` before, or `OTHERWISE` before.
    """
    series = series_of(account.pk, [each.pk for each in points])
    standings = read_standings(account.pk, series)
    stored = read_days(account.pk, series, span.since, span.until)
    choice = choose(
        series,
        (
            (key, day, each.rank)
            for key, days in stored.items()
            for day, each in days.items()
            if each.present
        ),
    )
    of_point: dict[int, list[SeriesKey]] = defaultdict(list)
    for each in sorted(series.values(), key=lambda one: (one.minutes, one.id)):
        of_point[each.data_point_id].append(each)
    found = [
        _point(point, of_point[point.pk], stored, standings, choice, span, at) for point in points
    ]
    return AccountQuality(account, span, found, choice)


def _point(
    point: DataPoint,
    series: Sequence[SeriesKey],
    stored: Mapping[int, Mapping[date, QualityDay]],
    standings: Mapping[int, SeriesStanding],
    choice: Chosen,
    span: QualitySpan,
    at: datetime,
) -> PointQuality:
    own = [standings[each.id] for each in series if each.id in standings]
    begins_on = min((each.first_on for each in own if each.first_on), default=None)
    judged = [
        _judged(
            each,
            stored.get(each.id, {}),
            point,
            begins_on,
            choice,
            span,
            _expected_until(point, each, standings.get(each.id), at),
        )
        for each in series
    ]
    made = PointQuality(point, judged, [NOTHING] * len(span.days), [], begins_on)
    if begins_on is None:
        return made
    by_key = {each.key.id: each for each in judged}
    gaps: list[tuple[int, int]] = []
    for number, day in enumerate(span.days):
        chosen = judged[0] if len(judged) == 1 else by_key[choice(point.pk, day)]
        made.days[number] = chosen.judged[number]
        if made.days[number].missing:
            gaps += _gaps_on(chosen, day, begins_on)
    made.gaps = joined(gaps)
    _add_up(made)
    _look_at_the_end(made, standings)
    return made


def _judged(
    key: SeriesKey,
    stored: Mapping[date, QualityDay],
    point: DataPoint,
    begins_on: date | None,
    choice: Chosen,
    span: QualitySpan,
    until: float,
) -> SeriesQuality:
    """Judge the days of a series; of one that is silent while another speaks nothing is expected.

    Before the first reading of the data point nothing is, nor after it went out of service.
    """
    days = []
    for day in span.days:
        there = stored.get(day)
        is_expected = begins_on is not None and day >= begins_on
        if not is_expected or (there is None and choice(point.pk, day) != key.id):
            days.append(NOTHING)
            continue
        local = local_day(day, key.time_zone)
        days.append(judge(local, key.minutes, there, until, is_first=day == begins_on))
    return SeriesQuality(key, stored, days, until)


def _expected_until(
    point: DataPoint, key: SeriesKey, standing: SeriesStanding | None, at: datetime
) -> float:
    """Return up to when readings of a series are expected, in seconds since 1970, UTC.

    How long they take is told by where the last ones came from.
    """
    last = standing.last_quality if standing else None
    is_sent = last is not None and origin_of(last) == Origin.INSERTION
    moments = [(at - (FROM_A_GATEWAY if is_sent else OTHERWISE)).timestamp()]
    moments += [
        each.service_since.timestamp() for each in (point, point.meter) if not each.is_in_service
    ]
    if point.meter.measured_until is not None:
        moments.append(local_day(point.meter.measured_until, key.time_zone).begins)
    return min(moments)


def _gaps_on(series: SeriesQuality, day: date, begins_on: date) -> list[tuple[int, int]]:
    local = local_day(day, series.key.time_zone)
    until, there = series.expected_until, series.stored.get(day)
    is_first = day == begins_on
    return list(gaps_in(local, series.key.minutes, there, until, is_first=is_first))


def _add_up(made: PointQuality) -> None:
    for day in made.days:
        made.expected += day.expected
        made.present += day.present
        made.missing += day.missing
        made.estimated += day.estimated + day.spread
    for each in made.series:
        made.doubtful += sum(day.doubtful for day in each.judged)
        made.invalid += sum(day.invalid for day in each.judged)


def _look_at_the_end(made: PointQuality, standings: Mapping[int, SeriesStanding]) -> None:
    """Find the last interval with a value, and whether a later one is missing."""
    ends: list[tuple[float, float, SeriesQuality]] = []
    for each in made.series:
        last_at = standings[each.key.id].last_at if each.key.id in standings else None
        if last_at is not None:
            where = place(last_at, each.key.time_zone, each.key.minutes)
            ends.append((end(where.local, where.slot, each.key.minutes), last_at, each))
    if not ends:
        return
    ends_at, last_at, series = max(ends, key=lambda one: one[:2])
    made.last_at = datetime.fromtimestamp(ends_at, UTC)
    local = day_of(ends_at, series.key.time_zone)
    where = place(ends_at, series.key.time_zone, series.key.minutes)
    if end(local, where.slot, series.key.minutes) <= series.expected_until:
        made.missing_since = made.last_at
