"""How fresh the readings of accounts are: when the last one ended, and whether that is late.

What a gateway sends is late after twice the step of the series, and after two hours at the
least; a meter that is called, after 26 hours. What comes by files or by hand is never late.
A data point that never had a reading is late that long after it was accepted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

LEAST_HOURS = 2
CALLED_HOURS = 26

FRESH = f"""
SELECT account_id, max(last_at) AS last_at, count(tolerated) AS expected,
    count(*) FILTER (WHERE coalesce(last_at, accepted_at) < %(at)s - tolerated) AS late
FROM (
    SELECT point.account_id, own.last_at,
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
) AS each
GROUP BY account_id
"""  # noqa: S608
"""By account: the end of its last value, how many data points are expected to speak, and how
many of them are late."""


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


def of_accounts(accounts: Sequence[int], *, at: datetime) -> Mapping[int, Freshness]:
    """Return the freshness of accounts by their keys, of those with data points; one statement.

    The caller has narrowed the keys to accounts that the reader may see.
    """
    if not accounts:
        return {}
    asked: dict[str, Any] = {"accounts": list(accounts), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(FRESH, asked)
        return {row[0]: Freshness(*row[1:]) for row in cursor.fetchall()}
