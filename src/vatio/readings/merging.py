"""Merges what arrives into the days of series: a few statements, whatever their number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from vatio.readings import day_merging, months
from vatio.readings.day_merging import Merged
from vatio.readings.days import ArrivingDay, ReadingCounts, StoredDay
from vatio.readings.last_values import remember_last
from vatio.readings.locking import SeriesState, begin
from vatio.readings.series import SeriesKey
from vatio.readings.storing import (
    DayChange,
    DayKey,
    floats,
    read_days,
    read_given,
    write_days,
    write_revisions,
)

TOUCH = """
INSERT INTO readings_touched AS own (account_id, series_id, begins_at, ends_at, arrived_at)
SELECT %(account)s, series_id, to_timestamp(begins), to_timestamp(ends), to_timestamp(%(at)s)
FROM unnest(%(series)s::bigint[], %(begins)s::float8[], %(ends)s::float8[])
    AS new (series_id, begins, ends)
ORDER BY series_id
ON CONFLICT (account_id, series_id) DO UPDATE SET
    begins_at = least(own.begins_at, excluded.begins_at),
    ends_at = greatest(own.ends_at, excluded.ends_at)
WHERE own.begins_at > excluded.begins_at OR own.ends_at < excluded.ends_at
"""

STAND = """
UPDATE readings_state own SET
    first_on = new.first_on, last_at = to_timestamp(new.last_at), last_value = new.last_value,
    last_arrival = to_timestamp(new.last_arrival), register_at = to_timestamp(new.register_at),
    register = new.register, is_clear = new.is_clear
FROM unnest(%(series)s::bigint[], %(first_on)s::date[], %(last_at)s::float8[],
    %(last_value)s::float8[], %(last_arrival)s::float8[], %(register_at)s::float8[],
    %(register)s::float8[], %(is_clear)s::boolean[])
    AS new (series_id, first_on, last_at, last_value, last_arrival, register_at, register,
        is_clear)
WHERE own.account_id = %(account)s AND own.series_id = new.series_id
"""


@dataclass
class Outcome:
    """What a merge did: the counts of each series, and the days that changed."""

    by_series: dict[int, ReadingCounts] = field(default_factory=dict)
    changed: dict[DayKey, StoredDay] = field(default_factory=dict)


def merge_locked(
    series: Mapping[int, SeriesKey],
    arriving: Mapping[DayKey, ArrivingDay],
    standing: Mapping[int, SeriesState],
    *,
    delivery: int,
    at: float,
) -> Outcome:
    """Merge into series that are locked; whoever locked them calls `stand` at the end."""
    outcome = Outcome()
    if not arriving:
        return outcome
    account_id = next(iter(series.values())).account_id
    begin(standing, series, _first_days(arriving))
    before = read_days(account_id, arriving.keys(), series)
    merged = _merge(account_id, standing, before, arriving, delivery, at)
    for (series_id, _day), each in merged.items():
        own = outcome.by_series.setdefault(series_id, ReadingCounts())
        own += each.counts
    outcome.changed = {key: each.day for key, each in merged.items() if each.changed}
    if outcome.changed:
        write_days(account_id, outcome.changed)
        write_revisions(account_id, _changes(merged, before, standing, delivery, at))
        touch(account_id, outcome.changed, at=at)  # Before the months: see `following`.
        months.write(account_id, months_of(outcome.changed, series))
    remember_last(outcome.changed, series, standing)
    return outcome


def foresee(
    series: Mapping[int, SeriesKey], arriving: Mapping[DayKey, ArrivingDay], *, at: float
) -> Outcome:
    """Return what a merge would do; nothing is locked, and nothing stored."""
    outcome = Outcome()
    if not arriving:
        return outcome
    account_id = next(iter(series.values())).account_id
    standing = {key[0]: SeriesState(key[0]) for key in arriving}
    before = read_days(account_id, arriving.keys(), series)
    for (series_id, _day), each in _merge(account_id, standing, before, arriving, 0, at).items():
        own = outcome.by_series.setdefault(series_id, ReadingCounts())
        own += each.counts
    return outcome


def _first_days(arriving: Mapping[DayKey, ArrivingDay]) -> dict[int, date]:
    first: dict[int, date] = {}
    for series_id, day in arriving:
        first[series_id] = min(day, first.get(series_id, day))
    return first


def _merge(
    account_id: int,
    held: Mapping[int, SeriesState],
    before: Mapping[DayKey, StoredDay],
    arriving: Mapping[DayKey, ArrivingDay],
    delivery: int,
    at: float,
) -> dict[DayKey, Merged]:
    contested = [
        key
        for key, day in arriving.items()
        if key in before and day_merging.is_contested(before[key], day)
    ]
    given = read_given(account_id, contested) if contested else {}
    return {
        key: day_merging.merge(
            before.get(key),
            day,
            at=arrival(held[key[0]], at),
            delivery=delivery,
            given=given.get(key),
        )
        for key, day in arriving.items()
    }


def arrival(standing: SeriesState, at: float) -> float:
    """Return when an arrival counts for a series: never before the one that came last."""
    return max(at, standing.last_arrival or at)


def _changes(
    merged: Mapping[DayKey, Merged],
    before: Mapping[DayKey, StoredDay],
    held: Mapping[int, SeriesState],
    delivery: int,
    at: float,
) -> Iterable[DayChange]:
    for key, each in merged.items():
        if each.replaced is not None:
            yield DayChange(key, each.replaced, before[key], delivery, arrival(held[key[0]], at))


def months_of(changed: Iterable[DayKey], series: Mapping[int, SeriesKey]) -> set[months.Month]:
    """Return the months that changed; registers have none, as they do not add up."""
    return {
        (series_id, months.month_of(day))
        for series_id, day in changed
        if not series[series_id].is_register
    }


def touch(account_id: int, changed: Mapping[DayKey, StoredDay], *, at: float) -> None:
    """Write down between which instants series changed, for whoever follows."""
    spans: dict[int, tuple[int, int]] = {}
    for (series_id, _day), day in changed.items():
        begins, ends = spans.get(series_id, (day.local.begins, day.local.ends))
        spans[series_id] = (min(begins, day.local.begins), max(ends, day.local.ends))
    asked: dict[str, Any] = {
        "account": account_id,
        "series": list(spans),
        "begins": floats([span[0] for span in spans.values()]),
        "ends": floats([span[1] for span in spans.values()]),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOUCH, asked)


def stand(account_id: int, standing: Mapping[int, SeriesState], *, at: float) -> None:
    """Write where the locked series stand."""
    rows = list(standing.values())
    asked: dict[str, Any] = {"account": account_id, "series": [each.series_id for each in rows]}
    for name in ("first_on", "is_clear"):
        asked[name] = [getattr(each, name) for each in rows]
    for name in ("last_at", "last_value", "register_at", "register"):
        asked[name] = floats([getattr(each, name) for each in rows])
    asked["last_arrival"] = floats([arrival(each, at) for each in rows])
    with connection.cursor() as cursor:
        cursor.execute(STAND, asked)
