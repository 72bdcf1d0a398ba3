"""How fresh the readings of accounts are: when the last one ended, and whether that is late.

What a gateway sends is late after twice the step of the series, and after two hours at the
least; a meter that is called, after 26 hours. What comes by files or by hand is never late.
A data point that never had a reading is late that long after it was accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from vatio.readings.storing import planned_each_time

LEAST_HOURS = 2
CALLED_HOURS = 26

_POINTS = f"""
SELECT point.account_id, point.source_id, own.last_at,
    CASE WHEN point.service = 'accepted' THEN point.service_since END AS accepted_at,
    CASE WHEN point.service <> 'accepted' THEN NULL
        WHEN source.kind = 'insertion'
        THEN greatest(interval '{LEAST_HOURS} hours', own.minutes * interval '2 minutes')
        WHEN line.id IS NOT NULL THEN interval '{CALLED_HOURS} hours' END AS tolerated
FROM metering_datapoint point
JOIN (
    SELECT series.data_point_id, min(series.minutes) AS minutes,
        max(state.last_at + series.minutes * interval '1 minute') AS last_at
    FROM metering_series series
    LEFT JOIN readings_state state ON state.account_id = series.account_id
        AND state.series_id = series.id
    WHERE series.account_id = ANY(%(accounts)s)
    GROUP BY series.data_point_id
) AS own ON own.data_point_id = point.id
LEFT JOIN metering_datasource source ON source.id = point.source_id
LEFT JOIN metering_rtcline line ON line.account_id = point.account_id
    AND line.meter_id = point.meter_id AND line.service = 'accepted'
WHERE point.account_id = ANY(%(accounts)s)
"""  # noqa: S608
"""The data points of accounts: the end of the last value of each, and how long it may be silent."""


def _fresh(key: str) -> str:
    """Return the SQL of what is fresh, by a column of the data points.

    It tells the end of the last value, how many points are expected to speak, how many are late.
    """
    return f"""
SELECT {key}, max(last_at) AS last_at, count(tolerated) AS expected,
    count(*) FILTER (WHERE coalesce(last_at, accepted_at) < %(at)s - tolerated) AS late
FROM ({_POINTS}) AS each
GROUP BY {key}
"""  # noqa: S608


FRESH, FRESH_SOURCES = _fresh("account_id"), _fresh("source_id")


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the last value of an account ended, and how many of its data points are late.

    `last_at` is None where there was never any. `expected` counts the data points in service
    that a gateway or calls feed, `late` those of them that are silent for longer than usual.
    """

    last_at: datetime | None = None
    expected: int = 0
    late: int = 0

    @property
    def is_late(self) -> bool:
        """Whether any data point is silent for longer than usual."""
        return self.late > 0


NEVER = Freshness()


def last_data(accounts: Sequence[int], *, at: datetime) -> dict[int, datetime]:
    """Return when the last value of accounts ended, of those that have one; one statement."""
    found = of_accounts(accounts, at=at)
    return {key: own.last_at for key, own in found.items() if own.last_at}


def of_accounts(accounts: Sequence[int], *, at: datetime) -> dict[int, Freshness]:
    """Return the freshness of accounts by their keys, of those with data points; one statement.

    The caller has narrowed the keys to accounts that the reader may see.
    """
    return _read(FRESH, accounts, at=at) if accounts else {}


def of_sources(account_id: int, *, at: datetime) -> dict[int, Freshness]:
    """Return the freshness of the data sources of an account by their keys; one statement.

    A source without data points is left out.
    """
    found = _read(FRESH_SOURCES, [account_id], at=at)
    return {key: own for key, own in found.items() if key is not None}


def _read(statement: str, accounts: Sequence[int], *, at: datetime) -> dict[int, Freshness]:
    asked: dict[str, Any] = {"accounts": list(accounts), "at": at}
    with planned_each_time(), connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return {row[0]: Freshness(*row[1:]) for row in cursor.fetchall()}
