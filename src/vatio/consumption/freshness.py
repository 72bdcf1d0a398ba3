"""How fresh the data of each source are: when something came last, and up to when it says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Max

from vatio.accounts.models import Account
from vatio.metering.models import DataSource
from vatio.readings.models import State

EXPECTED = {
    DataSource.Kind.INSERTION: timedelta(hours=2),
    DataSource.Kind.FILES: timedelta(days=4),
    DataSource.Kind.COLLECTOR: timedelta(hours=26),
}
"""How long after the end of its last interval a source of a kind counts as stale, and after twice
its interval at the least: a gateway sends every quarter of an hour, a distributor's file comes
some days later. What people type is never stale."""

SOURCES = """
WITH fed AS (
    SELECT coalesce(point.source_id, device.source_id) AS source_id,
        count(DISTINCT point.id) AS points, max(state.last_at) AS last_at,
        max(state.last_arrival) AS last_arrival,
        max(state.last_at + series.minutes * interval '1 minute') AS ended,
        min(series.minutes) FILTER (WHERE state.last_at IS NOT NULL) * interval '2 minutes'
            AS twice
    FROM metering_datapoint point
    LEFT JOIN LATERAL (
        SELECT own.source_id FROM metering_sourcedevice own
        WHERE own.account_id = %(account)s AND own.meter_id = point.meter_id
        ORDER BY own.id DESC LIMIT 1
    ) AS device ON true
    LEFT JOIN metering_series series ON series.account_id = %(account)s
        AND series.data_point_id = point.id
    LEFT JOIN readings_state state ON state.account_id = %(account)s
        AND state.series_id = series.id
    WHERE point.account_id = %(account)s AND point.service = 'accepted'
    GROUP BY 1
)
SELECT source.uid, coalesce(source.name, ''), coalesce(source.kind, 'files'),
    coalesce(fed.points, 0), fed.last_at, fed.last_arrival,
    fed.ended, fed.twice
FROM (SELECT * FROM metering_datasource WHERE account_id = %(account)s) AS source
FULL JOIN fed ON fed.source_id = source.id
ORDER BY source.name_folded, source.id
"""
"""Data points of no source are a row without a uid: files and people bring what they have."""


@dataclass(frozen=True)
class SourceFreshness:
    """A source: how many data points it feeds, the start of their last interval, its last arrival.

    `uid` is None for the data points that no source feeds: their readings come from files.
    `is_stale`: nothing as new as a source of its kind should have.
    """

    uid: UUID | None
    name: str
    kind: str
    points: int
    last_at: datetime | None
    last_arrival: datetime | None
    is_stale: bool


def sources(account: Account, *, at: datetime) -> list[SourceFreshness]:
    """Return the sources of an account by name, each with its freshness; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, {"account": account.pk})
        rows = cursor.fetchall()
    return [
        SourceFreshness(
            uid,
            name,
            kind,
            points,
            last_at,
            arrival,
            is_stale=bool(points) and _is_stale(kind, ended, twice, at),
        )
        for uid, name, kind, points, last_at, arrival, ended, twice in rows
    ]


def last_instant(account: Account, series: Collection[int]) -> datetime | None:
    """Return when the last interval with a value begins of some series of an account."""
    own = State.objects.filter(account_id=account.pk, series_id__in=series)
    found: datetime | None = own.aggregate(last=Max("last_at"))["last"]
    return found


def _is_stale(kind: str, ended: datetime | None, twice: timedelta | None, at: datetime) -> bool:
    """Return whether a source whose last interval ended then, if it ever had one, is stale."""
    limit = EXPECTED.get(DataSource.Kind(kind))
    if limit is None:
        return False
    return ended is None or at - ended > max(limit, twice or limit)
