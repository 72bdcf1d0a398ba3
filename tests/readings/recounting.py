"""Counts what is stored anew from the arrays of the days, and says where copies differ."""

from django.db import connection

from vatio.readings.slots import local_day, start

DAYS = """
SELECT 'day', series_id, day FROM readings_day own
CROSS JOIN LATERAL (
    SELECT count(v) AS present, coalesce(sum(v), 0) AS total, min(v) AS least, max(v) AS most
    FROM unnest(own."values") AS v) AS counted
WHERE (own.present, own.total, own.least, own.most)
    IS DISTINCT FROM (counted.present, counted.total, counted.least, counted.most)
"""

MONTHS = """
WITH days AS (
    SELECT account_id, series_id, date_trunc('month', day)::date AS month, day, total, present, most
    FROM readings_day
    WHERE series_id NOT IN (SELECT id FROM metering_series WHERE kind = 'register')
), listed AS (
    SELECT account_id, series_id, month, month + (place - 1)::int AS day, each.total,
        each.present, each.most
    FROM readings_monthtotals, unnest(totals, presents, highest)
        WITH ORDINALITY AS each (total, present, most, place)
    WHERE each.present IS NOT NULL
)
SELECT 'month', series_id, day FROM (
    (TABLE days EXCEPT TABLE listed) UNION ALL (TABLE listed EXCEPT TABLE days)) AS differ
"""

LAST = """
SELECT series.id, series.time_zone, series.minutes, own.day,
    (SELECT max(place) - 1 FROM unnest(own."values") WITH ORDINALITY AS each (v, place)
     WHERE v IS NOT NULL) AS slot,
    extract(epoch FROM state.last_at)::float8, state.last_value, own."values"
FROM readings_state state
JOIN metering_series series ON series.id = state.series_id
LEFT JOIN LATERAL (
    SELECT day, "values" FROM readings_day day
    WHERE day.account_id = state.account_id AND day.series_id = state.series_id AND present > 0
    ORDER BY day DESC LIMIT 1) AS own ON true
"""


def disagreements() -> list[tuple[object, ...]]:
    """List the days, months and states that differ from what the arrays say."""
    found: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for statement in (DAYS, MONTHS):
            cursor.execute(statement)
            found += cursor.fetchall()
        cursor.execute(LAST)
        for series, zone, minutes, day, slot, at, value, values in cursor.fetchall():
            last = (None, None)
            if day is not None:
                last = (start(local_day(day, zone), slot, minutes), values[slot])
            if last != (at, value):
                found.append(("state", series, last, (at, value)))
    return found
