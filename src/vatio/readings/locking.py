"""Locks series for whoever merges into them, always in the order of their keys.

Without the lock two writers of one new day would each write a day of their own values alone.
Rows that are missing are inserted before any is locked, so that two writers never wait for each
other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from vatio.readings.series import SeriesKey

INSERT = """
INSERT INTO readings_state (account_id, series_id, is_clear)
SELECT %(account)s, asked, false FROM unnest(%(series)s::bigint[]) AS asked
WHERE NOT EXISTS (SELECT FROM readings_state own
                  WHERE own.account_id = %(account)s AND own.series_id = asked)
ORDER BY asked ON CONFLICT DO NOTHING
"""

LOCK = """
SELECT series_id, first_on, extract(epoch FROM last_at)::float8, last_value,
    extract(epoch FROM last_arrival)::float8, extract(epoch FROM register_at)::float8, register,
    is_clear, digits
FROM readings_state WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
ORDER BY series_id FOR UPDATE
"""

FIRST = """
UPDATE metering_series SET first_reading_on = first.day
FROM unnest(%(series)s::bigint[], %(days)s::date[], %(time_zones)s::text[])
    AS first (series_id, day, time_zone)
WHERE metering_series.account_id = %(account)s AND metering_series.id = first.series_id
  AND metering_series.time_zone = first.time_zone
"""


class ZoneMoved(Exception):
    """The time zone of a series changed before its first reading was written: begin again."""


@dataclass
class SeriesState:
    """Where a series stands, locked. Instants are seconds since 1970, UTC."""

    series_id: int
    first_on: date | None = None
    last_at: float | None = None
    last_value: float | None = None
    last_arrival: float | None = None
    register_at: float | None = None
    register: float | None = None
    is_clear: bool = False
    digits: int | None = None


def lock(account_id: int, ids: Iterable[int]) -> dict[int, SeriesState]:
    """Lock series until the transaction ends, and return where each stands."""
    asked: dict[str, Any] = {"account": account_id, "series": sorted(set(ids))}
    with connection.cursor() as cursor:
        cursor.execute(INSERT, asked)
        cursor.execute(LOCK, asked)
        return {row[0]: SeriesState(*row) for row in cursor.fetchall()}


def begin(
    standing: Mapping[int, SeriesState],
    series: Mapping[int, SeriesKey],
    first: Mapping[int, date],
) -> None:
    """Write the first day that has a reading where it is earlier than was known.

    From then on the time zone of a series never changes.

    :raises ZoneMoved: if a time zone changed meanwhile.
    """
    earlier = [
        key
        for key, day in first.items()
        if standing[key].first_on is None or day < (standing[key].first_on or day)
    ]
    if not earlier:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            FIRST,
            {
                "account": series[earlier[0]].account_id,
                "series": earlier,
                "days": [first[key] for key in earlier],
                "time_zones": [series[key].time_zone for key in earlier],
            },
        )
        if cursor.rowcount != len(earlier):
            raise ZoneMoved
    for key in earlier:
        standing[key].first_on = first[key]
