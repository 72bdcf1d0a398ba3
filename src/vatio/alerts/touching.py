"""Finds the rules that look at what changed: for many series of many accounts, one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from vatio.alerts.kinds import AlertKind
from vatio.readings.following import ChangedSeries

TOUCHED = f"""
WITH RECURSIVE changed AS MATERIALIZED (
    SELECT given.account_id, point.id AS data_point_id, point.meter_id, point.quantity,
        min(given.begins) AS begins, max(given.ends) AS ends
    FROM unnest(%(accounts)s::bigint[], %(series)s::bigint[], %(begins)s::float8[],
        %(ends)s::float8[]) AS given (account_id, series_id, begins, ends)
    CROSS JOIN LATERAL (
        SELECT point.* FROM metering_series series
        JOIN metering_datapoint point ON point.id = series.data_point_id
        JOIN accounts_account account ON account.id = given.account_id AND account.ends_at > %(at)s
        WHERE series.id = given.series_id AND series.account_id = given.account_id
          AND series.kind <> 'register'
        OFFSET 0) AS point
    GROUP BY given.account_id, point.id, point.meter_id, point.quantity
), supplied AS MATERIALIZED (
    SELECT changed.*, measured.supply_point_id FROM changed
    CROSS JOIN LATERAL (
        SELECT supply_point_id FROM metering_measurement
        WHERE meter_id = changed.meter_id OFFSET 0) AS measured
), placed (account_id, site_id, begins, ends) AS (
    SELECT changed.account_id, meter.site_id, changed.begins, changed.ends
    FROM changed CROSS JOIN LATERAL (
        SELECT site_id FROM metering_meter
        WHERE id = changed.meter_id AND site_id IS NOT NULL OFFSET 0) AS meter
    WHERE changed.quantity = 402
    UNION
    SELECT supplied.account_id, supply.site_id, supplied.begins, supplied.ends
    FROM supplied CROSS JOIN LATERAL (
        SELECT site_id FROM metering_supplypoint
        WHERE id = supplied.supply_point_id AND site_id IS NOT NULL OFFSET 0) AS supply
    WHERE supplied.quantity = 402
    UNION
    SELECT placed.account_id, site.parent_id, placed.begins, placed.ends
    FROM placed CROSS JOIN LATERAL (
        SELECT parent_id FROM metering_site
        WHERE id = placed.site_id AND parent_id IS NOT NULL OFFSET 0) AS site
), looked AS MATERIALIZED (
    SELECT rule.id, rule.kind, changed.begins, changed.ends FROM changed
    CROSS JOIN LATERAL (
        SELECT * FROM alerts_alertrule WHERE data_point_id = changed.data_point_id
          AND removed_at IS NULL AND NOT asleep OFFSET 0) AS rule
    UNION ALL
    SELECT rule.id, rule.kind, supplied.begins, supplied.ends FROM supplied
    CROSS JOIN LATERAL (
        SELECT * FROM alerts_alertrule WHERE supply_point_id = supplied.supply_point_id
          AND removed_at IS NULL AND NOT asleep OFFSET 0) AS rule
    UNION ALL
    SELECT rule.id, rule.kind, placed.begins, placed.ends FROM placed
    CROSS JOIN LATERAL (
        SELECT * FROM alerts_alertrule WHERE site_id = placed.site_id
          AND removed_at IS NULL AND NOT asleep OFFSET 0) AS rule
    UNION ALL
    SELECT rule.id, rule.kind, changed.begins, changed.ends FROM changed
    CROSS JOIN LATERAL (
        SELECT rule.* FROM metering_calculatedterm term
        JOIN metering_calculatedversion version ON version.id = term.version_id
        JOIN alerts_alertrule rule ON rule.calculated_id = version.series_id
        WHERE term.data_point_id = changed.data_point_id
          AND rule.removed_at IS NULL AND NOT rule.asleep OFFSET 0) AS rule
)
SELECT looked.id, min(looked.begins), max(looked.ends) FROM looked
WHERE looked.kind <> '{AlertKind.SILENCE}'
GROUP BY looked.id
"""  # noqa: S608
"""Each thing is looked up by its key: how many rows a CTE returns cannot be estimated, and joins
of many series were planned as if they were one."""


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
