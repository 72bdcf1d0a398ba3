"""Finds the episodes of one rule in the curve of what it looks at."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil

from vatio.alerts.contracted import ContractedPowers
from vatio.alerts.curves import Watched
from vatio.alerts.episodes import FoundEpisode, Meaning, episodes, sums_above
from vatio.alerts.kinds import NIGHT_SHARE, SUMS, AlertKind
from vatio.alerts.marking import (
    WEEKS,
    Threshold,
    by_threshold,
    by_usual,
    is_broken,
    looked_at,
    nights,
    scheduled,
)
from vatio.alerts.models import AlertRule
from vatio.analysis.curve import Curve, Value
from vatio.dates import add_months
from vatio.readings.slots import ONE_DAY, day_of, local_day

DAY = 86_400


def period_start(kind: str, day: date) -> date:
    """Return the first day of the day, week or month that a sum of this kind is of."""
    if kind == AlertKind.WEEK_SUM:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == AlertKind.MONTH_SUM else day


def floor_of(rule: AlertRule, time_zone: str) -> int:
    """Return the instant from which on intervals count for a rule: a sum is one of whole periods.

    In seconds since 1970, UTC.
    """
    looks = rule.looks_from.timestamp()
    if rule.kind not in SUMS:
        return ceil(looks)
    return local_day(period_start(rule.kind, day_of(looks, time_zone).day), time_zone).begins


def begin_of(rule: AlertRule, watched: Watched, touched: float) -> int:
    """Return from where on a rule's episodes are found anew, if none covers that instant.

    It lies so far before what changed that no row of intervals that were breaches or calm can
    reach from before it into what changed.
    """
    if rule.kind in SUMS:
        zone = watched.subject.time_zone
        day = day_of(touched - DAY, zone).day
        return local_day(period_start(rule.kind, day), zone).begins
    if rule.kind == AlertKind.NIGHT:
        return int(touched) - 2 * DAY
    return int(touched) - rule.minutes * 60 - 2 * watched.step


def first_day(rule: AlertRule, begin: int, time_zone: str) -> date:
    """Return the first day that has to be read to find episodes from an instant on."""
    day = day_of(begin, time_zone).day
    return day - (WEEKS * 7 + 1) * ONE_DAY if rule.kind == AlertKind.NIGHT else day


@dataclass(frozen=True)
class _Intervals:
    """Intervals with what each means."""

    values: Sequence[Value]
    starts: Sequence[int]
    stops: Sequence[int]
    marks: Sequence[Meaning]


def find(
    rule: AlertRule,
    watched: Watched,
    curve: Curve,
    powers: ContractedPowers,
    *,
    begin: int,
    now: float,
) -> list[FoundEpisode]:
    """Return the episodes of a rule from an instant on, to the end of what is known.

    :param powers: what is contracted for the thing, where the rule compares with it.
    :param begin: intervals that begin before it are not looked at.
    :param now: the instant, in seconds since 1970, by which a day, week or month may be over.
    """
    if rule.threshold is None:
        return []
    if rule.kind in SUMS:
        return _sums(rule, watched, curve, begin=begin, now=now)
    if rule.kind == AlertKind.NIGHT:
        row, calm = _nights(rule, curve, begin), 1
    else:
        found = _intervals(rule, watched, curve, powers)
        if found is None:
            return []
        row, calm = found, 2
    seen = slice(bisect_left(row.starts, begin), _end_of_known(row, now))
    return episodes(
        row.values[seen],
        row.starts[seen],
        row.stops[seen],
        row.marks[seen],
        least_seconds=rule.minutes * 60,
        above=rule.kind != AlertKind.BELOW,
        calm_intervals=calm,
    )


def _end_of_known(row: _Intervals, now: float) -> int:
    """Return the place after the last interval that has begun, or has a value.

    The end of a schedule that is yet to come closes nothing.
    """
    place = len(row.values)
    while place and row.starts[place - 1] >= now and row.values[place - 1] is None:
        place -= 1
    return place


def _nights(rule: AlertRule, curve: Curve, begin: int) -> _Intervals:
    found = nights(curve)
    share = NIGHT_SHARE if rule.share is None else rule.share
    marks = by_usual(found, share=share, least=rule.threshold or 0.0, begin=begin)
    return _Intervals(found.bases, found.starts, found.stops, marks)


def _intervals(
    rule: AlertRule, watched: Watched, curve: Curve, powers: ContractedPowers
) -> _Intervals | None:
    """Return what each interval means; None where none is a breach, as it mostly is."""
    values = curve.powers()
    threshold = Threshold(rule.threshold or 0.0, rule.kind != AlertKind.BELOW, rule.worse)
    if rule.kind == AlertKind.POWER:
        values = [
            value / power if value is not None and power else None
            for value, power in zip(values, powers.of(watched, curve), strict=True)
        ]
        threshold = Threshold(rule.threshold or 0.0, worse=rule.worse, inclusive=True)
    if not is_broken(values, threshold):
        return None
    quantity = watched.subject.quantity
    marks = by_threshold(values, threshold, partial=() if quantity.signed else curve.partial)
    zone, minutes = curve.time_zone, curve.step // 60
    marks = scheduled(marks, rule.schedule, curve.days, zone, minutes)
    return _Intervals(values, curve.starts, [*curve.starts[1:], curve.ends], marks)


def _sums(
    rule: AlertRule, watched: Watched, curve: Curve, *, begin: int, now: float
) -> list[FoundEpisode]:
    if not watched.subject.adds:
        return []
    values = curve.values
    if rule.schedule:
        looks = looked_at(rule.schedule, curve.days, curve.time_zone, curve.step // 60)
        values = [v if looked else None for v, looked in zip(values, looks, strict=True)]
    firsts = [
        number
        for number, day in enumerate(curve.days)
        if period_start(rule.kind, day) == day and local_day(day, curve.time_zone).begins >= begin
    ]
    if not firsts:
        return []
    places = [*(curve.firsts[number] for number in firsts), len(values)]
    edges = [local_day(curve.days[number], curve.time_zone).begins for number in firsts]
    after = local_day(_next(rule.kind, curve.days[firsts[-1]]), curve.time_zone).begins
    return sums_above(
        values,
        [*curve.starts[1:], curve.ends],
        list(pairwise(places)),
        [*edges, after],
        limit=rule.threshold or 0.0,
        worse=rule.worse,
        now=now,
    )


def _next(kind: str, day: date) -> date:
    if kind == AlertKind.MONTH_SUM:
        return add_months(day, 1, anchor_day=1)
    return day + (7 if kind == AlertKind.WEEK_SUM else 1) * ONE_DAY


def is_over(kind: str, begins: datetime, time_zone: str, *, at: datetime) -> bool:
    """Return whether the day, week or month that begins at an instant is over."""
    day = day_of(begins.timestamp() + DAY / 2, time_zone).day
    return local_day(_next(kind, period_start(kind, day)), time_zone).begins <= at.timestamp()
