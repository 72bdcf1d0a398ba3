"""The totals of days, month by month: copies from which months and years are read quickly."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

Month = tuple[int, date]
"""A series, and the first day of a month."""

COUNT = """
SELECT %(account)s::bigint, asked.series_id, asked.month,
    array_agg(day.total ORDER BY every.day) AS totals,
    array_agg(day.present ORDER BY every.day) AS presents,
    array_agg(day.most ORDER BY every.day) AS highest
FROM (SELECT DISTINCT series_id, month
      FROM unnest(%(series)s::bigint[], %(months)s::date[]) AS each (series_id, month)) AS asked
CROSS JOIN LATERAL (
    SELECT asked.month + step AS day
    FROM generate_series(0, (asked.month + interval '1 month')::date - asked.month - 1) AS step
) AS every
LEFT JOIN readings_day day ON day.account_id = %(account)s
    AND day.series_id = asked.series_id AND day.day = every.day
GROUP BY asked.series_id, asked.month
"""

WRITE = f"""
INSERT INTO readings_monthtotals (account_id, series_id, month, totals, presents, highest)
{COUNT} ORDER BY asked.series_id, asked.month
ON CONFLICT (account_id, series_id, month) DO UPDATE SET
    totals = excluded.totals, presents = excluded.presents, highest = excluded.highest
"""

CLAIM = """
DELETE FROM readings_touched WHERE (account_id, series_id) IN (
    SELECT account_id, series_id FROM readings_touched
    ORDER BY account_id, series_id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING account_id, series_id, begins_at, ends_at
"""

AT_A_TIME = 1_000


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def write(account_id: int, months: Collection[Month]) -> None:
    """Write months anew from the days of their series; one statement."""
    if not months:
        return
    asked: dict[str, Any] = {
        "account": account_id,
        "series": [series for series, _month in months],
        "months": [month for _series, month in months],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, asked)
