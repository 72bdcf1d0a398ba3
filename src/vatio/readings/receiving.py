"""Takes readings in: whatever their door, they come through here, all of them or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from vatio.metering.installing import add_series
from vatio.metering.models import DataPoint, Series
from vatio.readings import series as all_series
from vatio.readings.arrivals import Arrivals
from vatio.readings.days import ArrivingDay, ReadingCounts
from vatio.readings.deriving import Derivation, derive
from vatio.readings.locking import lock
from vatio.readings.merging import Outcome, merge_locked, stand
from vatio.readings.ranks import Origin
from vatio.readings.register_runs import Span
from vatio.readings.series import SeriesKey
from vatio.readings.slots import day_of, start
from vatio.readings.storing import DayKey, floats, moment

THERE = """
SELECT own.series_id, extract(epoch FROM own.at)::float8, own.value
FROM unnest(%(series)s::bigint[], %(at)s::float8[]) AS asked (series_id, at)
JOIN readings_registerreading own ON own.account_id = %(account)s
    AND own.series_id = asked.series_id AND own.at = to_timestamp(asked.at)
ORDER BY own.id
"""

ADD = """
INSERT INTO readings_registerreading
    (account_id, series_id, at, value, quality, arrived_at, delivery_id)
SELECT %(account)s, series_id, to_timestamp(at), value, quality, to_timestamp(%(now)s),
    %(delivery)s
FROM unnest(%(series)s::bigint[], %(at)s::float8[], %(value)s::float8[], %(quality)s::smallint[])
    AS new (series_id, at, value, quality)
"""

PARTNERS = """
SELECT register.id, own.id FROM metering_series register
JOIN metering_series own ON own.account_id = %(account)s
    AND own.data_point_id = register.data_point_id
    AND own.minutes = register.minutes AND own.kind = 'interval'
WHERE register.account_id = %(account)s AND register.id = ANY(%(series)s)
"""


@dataclass
class Received:
    """What became of readings, by the series they were for."""

    by_series: dict[int, ReadingCounts] = field(default_factory=dict)
    changed: set[DayKey] = field(default_factory=set)

    @property
    def counts(self) -> ReadingCounts:
        """The counts of all series together."""
        total = ReadingCounts()
        for counts in self.by_series.values():
            total += counts
        return total

    def add(self, other: "Received") -> None:
        """Add what became of another part of the same delivery."""
        for key, counts in other.by_series.items():
            own = self.by_series.setdefault(key, ReadingCounts())
            own += counts
        self.changed |= other.changed


@transaction.atomic
def receive(
    account_id: int,
    series: Mapping[int, SeriesKey],
    arrivals: Arrivals,
    *,
    origin: Origin,
    delivery: int,
    at: float,
) -> Received:
    """Store readings, and derive intervals from the registers among them.

    :param series: the series that the readings are for, by their keys.
    :param origin: where they came from.
    :param at: when they arrived, in seconds since 1970, UTC.
    :raises ZoneMoved: if the time zone of a series changed before its first reading: read the
        series and sort the readings anew.
    """
    registers = {
        key: series[key]
        for key in {each[0] for each in arrivals.days} | set(arrivals.others)
        if series[key].is_register
    }
    into = partners(account_id, registers, at=at)
    named = {**series, **{each.id: each for each in into.values()}}
    asked = {key[0] for key in arrivals.days} | set(arrivals.others)
    standing = lock(account_id, asked | {each.id for each in into.values()})
    outcome = merge_locked(named, arrivals.days, standing, delivery=delivery, at=at)
    received = Received(outcome.by_series, set(outcome.changed))
    beside = _add_others(account_id, arrivals, received, delivery=delivery, at=at)
    spans = _spans(registers, arrivals.days, outcome, beside)
    if spans:
        derived, runs = derive(
            registers, into, spans, origin=origin, delivery=delivery, at=at, standing=standing
        )
        _count_held(received, arrivals, runs)
        received.changed |= set(derived.changed) | _days_beside(series, beside)
    stand(account_id, standing, at=at)
    return received


def partners(
    account_id: int, registers: Mapping[int, SeriesKey], *, at: float
) -> dict[int, SeriesKey]:
    """Return the interval series into which each register series is derived; make what lacks."""
    if not registers:
        return {}
    found = _partners(account_id, registers)
    lacking = [each for key, each in registers.items() if key not in found]
    if lacking:
        points = DataPoint.objects.select_related("meter__site", "meter__account").in_bulk(
            [each.data_point_id for each in lacking]
        )
        for each in lacking:
            add_series(
                points[each.data_point_id],
                minutes=each.minutes,
                kind=Series.Kind.INTERVAL,
                at=moment(at),
            )
        found = _partners(account_id, registers)
    known = all_series.find(account_id, found.values())
    return {key: known[own] for key, own in found.items()}


def _partners(account_id: int, registers: Iterable[int]) -> dict[int, int]:
    asked: dict[str, Any] = {"account": account_id, "series": list(registers)}
    with connection.cursor() as cursor:
        cursor.execute(PARTNERS, asked)
        return dict(cursor.fetchall())


def _add_others(
    account_id: int, arrivals: Arrivals, received: Received, *, delivery: int, at: float
) -> dict[int, list[float]]:
    """Store the registers that are off the grid; return the instants of those that are new."""
    asked = [
        (key, instant, value, quality)
        for key, others in arrivals.others.items()
        for instant, (value, quality) in others.items()
    ]
    if not asked:
        return {}
    columns: dict[str, Any] = {"account": account_id, "now": at, "delivery": delivery}
    columns |= {"series": [each[0] for each in asked], "at": floats([each[1] for each in asked])}
    there: dict[tuple[int, float], list[float | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(THERE, columns)
        for key, instant, value in cursor.fetchall():
            there.setdefault((key, instant), []).append(value)
        new = [each for each in asked if each[2] not in there.get(each[:2], ())]
        columns |= {"series": [each[0] for each in new], "quality": [each[3] for each in new]}
        columns |= {
            name: floats([each[n] for each in new]) for n, name in ((1, "at"), (2, "value"))
        }
        if new:
            cursor.execute(ADD, columns)
    beside: dict[int, list[float]] = {}
    for key, instant, _value, _quality in new:
        beside.setdefault(key, []).append(instant)
    for each in asked:
        counts = received.by_series.setdefault(each[0], ReadingCounts())
        counts.same += each not in new
        counts.corrected += each in new and each[:2] in there
        counts.new += each in new and each[:2] not in there
    return beside


def _spans(
    registers: Mapping[int, SeriesKey],
    arriving: Mapping[DayKey, ArrivingDay],
    outcome: Outcome,
    beside: Mapping[int, list[float]],
) -> dict[int, Span]:
    """Return between which instants the registers of each series changed."""
    instants: dict[int, list[float]] = {key: list(each) for key, each in beside.items()}
    for key in outcome.changed:
        if key[0] in registers:
            day = arriving[key]
            slots = [slot for slot, value in enumerate(day.values) if value is not None]
            instants.setdefault(key[0], []).extend(
                start(day.local, slot, day.minutes) for slot in (slots[0], slots[-1])
            )
    return {key: (min(each), max(each)) for key, each in instants.items()}


def _days_beside(series: Mapping[int, SeriesKey], beside: Mapping[int, list[float]]) -> set[DayKey]:
    return {
        (key, day_of(instant, series[key].time_zone).day)
        for key, instants in beside.items()
        for instant in instants
    }


def _count_held(received: Received, arrivals: Arrivals, derived: Mapping[int, Derivation]) -> None:
    """Count as held, not as new, the registers of this arrival below the last good one."""
    for key, each in derived.items():
        if not each.settled.held:
            continue
        came = set(arrivals.others.get(key, ()))
        for (series_id, _on), day in arrivals.days.items():
            if series_id == key:
                came |= {
                    start(day.local, slot, day.minutes)
                    for slot, value in enumerate(day.values)
                    if value is not None
                }
        counts = received.by_series[key]
        held = min(sum(one.at in came for one in each.settled.held), counts.new)
        counts.held += held
        counts.new -= held
