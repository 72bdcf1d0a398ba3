"""Loads the registers around those that arrived, far enough to settle them as if with all."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings.models import RegisterFinding
from vatio.readings.registers import DeviceChange, Register
from vatio.readings.series import SeriesKey
from vatio.readings.slots import day_of, local_day
from vatio.readings.storing import COLUMNS, binary_cursor, floats, stored

Span = tuple[float, float]
"""The first and the last instant of what arrived: seconds since 1970, UTC, both included."""

ON_GRID = f"""
SELECT asked.earlier, asked.later, {COLUMNS}
FROM (
    SELECT series_id,
        (SELECT array_agg(before.day ORDER BY before.day) FROM (
            SELECT own.day FROM readings_day own WHERE own.account_id = %(account)s
            AND own.series_id = asked.series_id AND own.day < since
            ORDER BY own.day DESC LIMIT %(reach)s) AS before) AS earlier,
        (SELECT array_agg(behind.day ORDER BY behind.day) FROM (
            SELECT own.day FROM readings_day own WHERE own.account_id = %(account)s
            AND own.series_id = asked.series_id AND own.day > until
            ORDER BY own.day LIMIT %(reach)s) AS behind) AS later,
        since, until
    FROM unnest(%(series)s::bigint[], %(since)s::date[], %(until)s::date[])
        AS asked (series_id, since, until)
) AS asked
LEFT JOIN readings_day day ON day.account_id = %(account)s AND day.series_id = asked.series_id
    AND day.day >= coalesce(asked.earlier[1], asked.since)
    AND day.day <= coalesce(asked.later[array_upper(asked.later, 1)], asked.until)
ORDER BY day.series_id, day.day
"""  # noqa: S608
"""The stored days of what arrived, and as many before and behind as the reach says."""

OFF_GRID = """
SELECT asked.series_id, found.part, extract(epoch FROM found.at)::float8, found.value
FROM unnest(%(series)s::bigint[], %(first)s::float8[], %(last)s::float8[])
    AS asked (series_id, first, last)
CROSS JOIN LATERAL (
    (SELECT 0 AS part, own.at, own.id, own.value FROM readings_registerreading own
     WHERE own.account_id = %(account)s AND own.series_id = asked.series_id
       AND own.at < to_timestamp(asked.first) ORDER BY own.at DESC, own.id DESC LIMIT %(reach)s)
    UNION ALL
    (SELECT 1, own.at, own.id, own.value FROM readings_registerreading own
     WHERE own.account_id = %(account)s AND own.series_id = asked.series_id
       AND own.at >= to_timestamp(asked.first) AND own.at <= to_timestamp(asked.last))
    UNION ALL
    (SELECT 2, own.at, own.id, own.value FROM readings_registerreading own
     WHERE own.account_id = %(account)s AND own.series_id = asked.series_id
       AND own.at > to_timestamp(asked.last) ORDER BY own.at, own.id LIMIT %(reach)s)
) AS found
ORDER BY asked.series_id, found.at, found.id
"""

FINDINGS = """
SELECT series_id, extract(epoch FROM at)::float8, kind, undone_at IS NOT NULL
FROM readings_registerfinding
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
"""

CHANGES = """
SELECT series.id, change.day, change.last_register, change.first_register,
    point.quantity = (
        SELECT min(other.quantity) FROM metering_datapoint other
        WHERE other.account_id = %(account)s AND other.meter_id = point.meter_id
          AND other.quantity = ANY(%(summed)s))
FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
JOIN metering_meterchange change ON change.account_id = %(account)s
    AND change.meter_id = point.meter_id
WHERE series.account_id = %(account)s AND series.id = ANY(%(series)s)
ORDER BY series.id, change.day
"""
"""Changes of devices; what somebody read on the dials is of the meter's first counted quantity."""


@dataclass
class Run:
    """The registers of a series around what arrived, in the order of their instants.

    `begins_all` and `ends_all` say whether there are none before and behind them. `findings` are
    the instants of registers that were held or began another meter; `refused` those of which a
    person said that they begin none.
    """

    registers: list[Register] = field(default_factory=list)
    begins_all: bool = True
    ends_all: bool = True
    findings: set[float] = field(default_factory=set)
    refused: set[float] = field(default_factory=set)
    changes: list[DeviceChange] = field(default_factory=list)

    def trim(self, since: float, until: float) -> None:
        """Keep the registers from one instant to another, both included."""
        low = bisect_left(self.registers, since, key=lambda one: one.at)
        high = bisect_right(self.registers, until, key=lambda one: one.at)
        self.registers = self.registers[low:high]


def load(
    series: Mapping[int, SeriesKey], spans: Mapping[int, Span], *, reach: int
) -> dict[int, Run]:
    """Load the registers of each span, and those around it.

    :param reach: how many stored days, and how many readings off the grid, before and behind.
    """
    runs = {key: Run() for key in spans}
    account_id = next(iter(series.values())).account_id
    valid = _read_days(account_id, series, spans, runs, reach)
    _read_others(account_id, spans, runs, valid, reach)
    for key, (since, until) in valid.items():
        runs[key].trim(since, until)
    _read_findings(account_id, series, runs)
    return runs


def _read_days(
    account_id: int,
    series: Mapping[int, SeriesKey],
    spans: Mapping[int, Span],
    runs: Mapping[int, Run],
    reach: int,
) -> dict[int, Span]:
    """Read the registers on the grid; return between which instants the runs are whole."""
    valid = {key: (float("-inf"), float("inf")) for key in spans}
    asked: dict[str, Any] = {"account": account_id, "series": list(spans), "reach": reach}
    days = {key: (_day(series[key], a), _day(series[key], b)) for key, (a, b) in spans.items()}
    asked["since"] = [days[key][0] for key in spans]
    asked["until"] = [days[key][1] for key in spans]
    with binary_cursor() as cursor:
        cursor.execute(ON_GRID, asked)
        for earlier, later, *row in cursor.fetchall():
            if row[0] is None:
                continue
            key, day = row[0], stored(tuple(row), series[row[0]])
            begins, seconds = day.local.begins, day.minutes * 60
            runs[key].registers += [
                Register(begins + slot * seconds, value)
                for slot, value in enumerate(day.values)
                if value is not None
            ]
            since, until = valid[key]
            if earlier and len(earlier) == reach:
                runs[key].begins_all = False
                since = max(since, float(_begins(series[key], earlier[0])))
            if later and len(later) == reach:
                runs[key].ends_all = False
                until = min(until, float(_ends(series[key], later[-1])))
            valid[key] = (since, until)
    return valid


def _read_others(
    account_id: int,
    spans: Mapping[int, Span],
    runs: Mapping[int, Run],
    valid: dict[int, Span],
    reach: int,
) -> None:
    """Read the registers off the grid, and put them among the others."""
    asked: dict[str, Any] = {"account": account_id, "series": list(spans), "reach": 100 * reach}
    asked["first"] = floats([spans[key][0] for key in spans])
    asked["last"] = floats([spans[key][1] for key in spans])
    found: dict[int, dict[float, float | None]] = defaultdict(dict)
    parts: dict[tuple[int, int], list[float]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OFF_GRID, asked)
        for key, part, at, value in cursor.fetchall():
            found[key][at] = value
            parts[key, part].append(at)
    for key, others in found.items():
        known = [Register(at, value) for at, value in others.items() if value is not None]
        runs[key].registers = sorted([*runs[key].registers, *known])
        since, until = valid[key]
        if len(parts[key, 0]) == 100 * reach:
            runs[key].begins_all, since = False, max(since, parts[key, 0][0])
        if len(parts[key, 2]) == 100 * reach:
            runs[key].ends_all, until = False, min(until, parts[key, 2][-1])
        valid[key] = (since, until)


def _read_findings(
    account_id: int, series: Mapping[int, SeriesKey], runs: Mapping[int, Run]
) -> None:
    summed = sorted(code for code, quantity in QUANTITIES.items() if quantity.adding == Adding.SUM)
    asked: dict[str, Any] = {"account": account_id, "series": list(runs), "summed": summed}
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS, asked)
        for key, at, kind, undone in cursor.fetchall():
            runs[key].findings.add(at)
            if undone and kind == RegisterFinding.Kind.CHANGE:
                runs[key].refused.add(at)
        cursor.execute(CHANGES, asked)
        for key, day, last, first, is_read in cursor.fetchall():
            factor = series[key].measures.factor
            old, new = (
                float(each) * factor if is_read and each is not None else None
                for each in (last, first)
            )
            begins, ends = _begins(series[key], day), _ends(series[key], day)
            runs[key].changes.append(DeviceChange(begins, old, new, ends))


def _day(series: SeriesKey, instant: float) -> date:
    return day_of(instant, series.time_zone).day


def _begins(series: SeriesKey, day: date) -> int:
    return local_day(day, series.time_zone).begins


def _ends(series: SeriesKey, day: date) -> int:
    return local_day(day, series.time_zone).ends
