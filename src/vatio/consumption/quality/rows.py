"""Reads what is stored of many series to judge them by: no values, and two statements."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from vatio.consumption.quality.days import QualityDay
from vatio.readings.series import SeriesKey
from vatio.readings.storing import binary_cursor, unpacked

DAYS = """
SELECT series_id, day, present, quality, rank, total,
    CASE WHEN present < cardinality("values") THEN array_positions("values", NULL::float8) END,
    qualities
FROM readings_day
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
  AND day >= %(since)s AND day < %(until)s
"""

STANDINGS = """
SELECT asked.id, first.day, last.quality, extract(epoch FROM state.last_at)::float8
FROM unnest(%(series)s::bigint[]) AS asked (id)
LEFT JOIN readings_state state ON state.account_id = %(account)s AND state.series_id = asked.id
LEFT JOIN LATERAL (
    SELECT day FROM readings_day own
    WHERE own.account_id = %(account)s AND own.series_id = asked.id AND own.present > 0
    ORDER BY day LIMIT 1
) first ON true
LEFT JOIN LATERAL (
    SELECT quality FROM readings_day own
    WHERE own.account_id = %(account)s AND own.series_id = asked.id AND own.present > 0
    ORDER BY day DESC LIMIT 1
) last ON true
"""


class SeriesStanding(NamedTuple):
    """Where a series stands: the day of its first reading, and the quality of the last day.

    `last_at` is the start of its last slot with a value, in seconds since 1970, UTC.
    """

    first_on: date | None
    last_quality: int | None
    last_at: float | None


def read_standings(account_id: int, series: Mapping[int, SeriesKey]) -> dict[int, SeriesStanding]:
    """Return where each series stands; one statement."""
    with binary_cursor() as cursor:
        cursor.execute(STANDINGS, {"account": account_id, "series": list(series)})
        return {row[0]: SeriesStanding(*row[1:]) for row in cursor.fetchall()}


def read_days(
    account_id: int, series: Mapping[int, SeriesKey], since: date, until: date
) -> dict[int, dict[date, QualityDay]]:
    """Return, by series, the days that are stored from `since` up to, not including, `until`.

    One statement. Qualities of each slot come only for days in which they differ, and which
    slots are empty only for days that lack some.
    """
    asked = {"account": account_id, "series": list(series), "since": since, "until": until}
    found: dict[int, dict[date, QualityDay]] = defaultdict(dict)
    with binary_cursor() as cursor:
        cursor.execute(DAYS, asked)
        for key, day, present, quality, rank, total, gaps, qualities in cursor.fetchall():
            found[key][day] = QualityDay(
                present,
                quality,
                rank,
                total,
                [place - 1 for place in gaps] if gaps else (),
                None if qualities is None else unpacked(qualities),
            )
    return found
