"""Finds the rules that look at what changed: for many series of many accounts, one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from vatio.alerts.kinds import AlertKind
from vatio.readings.following import ChangedSeries

TOUCHED = f"""
WITH RECURSIVE changed AS (
    SELECT given.account_id, point.id AS data_point_id, point.meter_id, point.quantity,
        min(given.begins) AS begins, max(given.ends) AS ends
    FROM unnest(%(accounts)s::bigint[], %(series)s::bigint[], %(begins)s::float8[],
        %(ends)s::float8[]) AS given (account_id, series_id, begins, ends)
    JOIN accounts_account account ON account.id = given.account_id AND account.ends_at > %(at)s
    JOIN metering_series series ON series.id = given.series_id
        AND series.account_id = given.account_id AND series.kind <> 'register'
    JOIN metering_datapoint point ON point.id = series.data_point_id
    GROUP BY given.account_id, point.id
), supplied AS (
    SELECT changed.*, measured.supply_point_id FROM changed
    JOIN metering_measurement measured ON measured.account_id = changed.account_id
        AND measured.meter_id = changed.meter_id
), placed (account_id, site_id, begins, ends) AS (
    SELECT changed.account_id, meter.site_id, changed.begins, changed.ends
    FROM changed JOIN metering_meter meter ON meter.id = changed.meter_id
    WHERE changed.quantity = 402 AND meter.site_id IS NOT NULL
    UNION
    SELECT supplied.account_id, supply.site_id, supplied.begins, supplied.ends
    FROM supplied JOIN metering_supplypoint supply ON supply.id = supplied.supply_point_id
    WHERE supplied.quantity = 402 AND supply.site_id IS NOT NULL
    UNION
    SELECT placed.account_id, site.parent_id, placed.begins, placed.ends
    FROM placed JOIN metering_site site ON site.id = placed.site_id
    WHERE site.parent_id IS NOT NULL
), looked AS (
    SELECT rule.id, changed.begins, changed.ends FROM changed
    JOIN alerts_alertrule rule ON rule.account_id = changed.account_id
        AND rule.data_point_id = changed.data_point_id
    UNION ALL
    SELECT rule.id, supplied.begins, supplied.ends FROM supplied
    JOIN alerts_alertrule rule ON rule.account_id = supplied.account_id
        AND rule.supply_point_id = supplied.supply_point_id
    UNION ALL
    SELECT rule.id, placed.begins, placed.ends FROM placed
    JOIN alerts_alertrule rule ON rule.account_id = placed.account_id
        AND rule.site_id = placed.site_id
    UNION ALL
    SELECT rule.id, changed.begins, changed.ends FROM changed
    JOIN metering_calculatedterm term ON term.account_id = changed.account_id
        AND term.data_point_id = changed.data_point_id
    JOIN metering_calculatedversion version ON version.id = term.version_id
    JOIN alerts_alertrule rule ON rule.account_id = changed.account_id
        AND rule.calculated_id = version.series_id
)
SELECT looked.id, min(looked.begins), max(looked.ends)
FROM looked JOIN alerts_alertrule rule ON rule.id = looked.id
WHERE rule.removed_at IS NULL AND NOT rule.asleep AND rule.kind <> '{AlertKind.SILENCE}'
GROUP BY looked.id
"""  # noqa: S608


@dataclass(frozen=True)
class TouchedRule:
    """A rule whose thing changed from `begins` up to, less `ends`: seconds since 1970, UTC."""

    rule_id: int
    begins: float
    ends: float


def touched_by(changes: Collection[ChangedSeries], *, at: datetime) -> list[TouchedRule]:
    """Return the rules that look at what is made of series that changed; one statement.

    Rules of expired accounts, and those that are asleep, look at nothing.
    """
    if not changes:
        return []
    asked: dict[str, Any] = {
        "accounts": [each.account_id for each in changes],
        "series": [each.series_id for each in changes],
        "begins": [each.begins for each in changes],
        "ends": [each.ends for each in changes],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, asked)
        return [TouchedRule(*row) for row in cursor.fetchall()]
