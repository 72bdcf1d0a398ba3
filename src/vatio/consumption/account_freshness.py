"""How fresh the readings of accounts are: when the last one ended, and whether that is late.

This is the one rule: every page that tells how fresh data are asks here.

What a gateway sends is late after twice the step of the series, and after two hours at the
least; a meter that is called, after 26 hours. What comes by files or by hand is never late.
A data point that never had a reading is late that long after it was accepted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max

from vatio.accounts.models import Account
from vatio.readings.models import State
from vatio.readings.storing import planned_each_time

LEAST_HOURS = 2
CALLED_HOURS = 26

FROM_A_GATEWAY, OTHERWISE = timedelta(hours=LEAST_HOURS), timedelta(hours=CALLED_HOURS)
"""What ended less than that ago is not missed yet: a gateway is about to send it, or the file or
the call of the next day brings it."""

_POINTS = f"""
SELECT point.account_id, source.id AS source_id, own.last_at,
    (point.service = 'accepted')::int AS served,
    CASE WHEN point.service = 'accepted' THEN point.service_since END AS accepted_at,
    CASE WHEN point.service <> 'accepted' THEN NULL
        WHEN source.kind = 'insertion'
        THEN greatest(interval '{LEAST_HOURS} hours', own.minutes * interval '2 minutes')
        WHEN line.id IS NOT NULL OR source.kind = 'collector'
        THEN interval '{CALLED_HOURS} hours' END AS tolerated
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
LEFT JOIN (
    SELECT DISTINCT ON (meter_id) meter_id, source_id FROM metering_sourcedevice
    WHERE account_id = ANY(%(accounts)s) ORDER BY meter_id, id DESC
) AS device ON device.meter_id = point.meter_id
LEFT JOIN metering_rtcline line ON line.account_id = point.account_id
    AND line.meter_id = point.meter_id AND line.service = 'accepted'
LEFT JOIN metering_datasource source ON source.id = coalesce(
    point.source_id, CASE WHEN line.id IS NULL THEN device.source_id END)
WHERE point.account_id = ANY(%(accounts)s)
"""  # noqa: S608
"""The data points of accounts: the end of the last value of each, and how long it may be silent.

A data point without a source of its own is fed by the calls to its meter; if it is not called, by
the source of its meter's device."""


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

SOURCES = f"""
SELECT source.uid, coalesce(source.name, ''), coalesce(source.kind, 'files'),
    coalesce(own.points, 0), own.last_at, coalesce(own.expected, 0), coalesce(own.late, 0)
FROM (SELECT * FROM metering_datasource WHERE account_id = ANY(%(accounts)s)) AS source
FULL JOIN (
    SELECT source_id, sum(served) AS points, max(last_at) AS last_at, count(tolerated) AS expected,
        count(*) FILTER (WHERE coalesce(last_at, accepted_at) < %(at)s - tolerated) AS late
    FROM ({_POINTS}) AS each
    GROUP BY source_id HAVING source_id IS NOT NULL OR sum(served) > 0
) AS own ON own.source_id = source.id
ORDER BY source.name_folded, source.id
"""  # noqa: S608
"""The sources of an account; data points of no source are a row without a uid, the last one."""


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


@dataclass(frozen=True, slots=True)
class SourceFreshness:
    """A data source, how many data points in service it feeds, and how fresh they are.

    `uid` is None for the data points that no source feeds: files and people bring their readings,
    or calls to their meters.
    """

    uid: UUID | None
    name: str
    kind: str
    points: int
    fresh: Freshness


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


def sources(account: Account, *, at: datetime) -> list[SourceFreshness]:
    """Return the data sources of an account by name, each with its freshness; one statement."""
    with planned_each_time(), connection.cursor() as cursor:
        cursor.execute(SOURCES, {"accounts": [account.pk], "at": at})
        return [
            SourceFreshness(uid, name, kind, points, Freshness(*own))
            for uid, name, kind, points, *own in cursor.fetchall()
        ]


def _read(statement: str, accounts: Sequence[int], *, at: datetime) -> dict[int, Freshness]:
    asked: dict[str, Any] = {"accounts": list(accounts), "at": at}
    with planned_each_time(), connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return {row[0]: Freshness(*row[1:]) for row in cursor.fetchall()}


def last_instant(account: Account, series: Collection[int]) -> datetime | None:
    """Return when the last interval with a value begins of some series of an account."""
    own = State.objects.filter(account_id=account.pk, series_id__in=series)
    found: datetime | None = own.aggregate(last=Max("last_at"))["last"]
    return found
