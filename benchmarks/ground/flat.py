"""A flat keyed table, a row a reading: what the days of the store are measured beside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from benchmarks.ground import filling, measuring
from benchmarks.ground.gateways import STEP

MAKE = """
DROP TABLE IF EXISTS flat_reading;
CREATE TABLE flat_reading (
    account_id bigint, series_id bigint, at timestamptz, value float8 NOT NULL,
    PRIMARY KEY (account_id, series_id, at)
)
"""

INSERT = """
INSERT INTO flat_reading (account_id, series_id, at, value)
SELECT 1, series_id, %(at)s, value FROM unnest(%(series)s::bigint[], %(values)s::float8[])
    AS new (series_id, value)
ON CONFLICT (account_id, series_id, at) DO UPDATE SET value = excluded.value
WHERE flat_reading.value <> excluded.value
"""

A_DAY = 96


def days(series: Sequence[int], begin: datetime, slots: int) -> dict[str, Any]:
    """Store whole days, a COPY and a commit a day of all series."""

    def store() -> None:
        for first in range(0, slots, A_DAY):
            with (
                transaction.atomic(),
                connection.cursor() as cursor,
                cursor.copy("COPY flat_reading FROM STDIN") as copy,
            ):
                for key in series:
                    for slot in range(first, min(first + A_DAY, slots)):
                        copy.write_row((1, key, begin + slot * STEP, float(key + slot)))

    return _measured(store, len(series) * slots)


def slots(series: Sequence[int], begin: datetime, many: int) -> dict[str, Any]:
    """Store one slot after the other, an INSERT and a commit for each slot of all series."""

    def store() -> None:
        for slot in range(many):
            with connection.cursor() as cursor:
                asked: dict[str, Any] = {"series": list(series), "at": begin + slot * STEP}
                cursor.execute(INSERT, asked | {"values": [float(key + slot) for key in series]})

    return _measured(store, len(series) * many)


def _measured(store: Any, readings: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
    seconds = measuring.seconds(store)
    filling.settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('flat_reading')")
        (size,) = cursor.fetchone()
    return {
        "readings": readings,
        "seconds": seconds,
        "bytes_a_reading": round(size / readings, 1),
    }
