"""Compares readings with what is kept of them elsewhere, and repairs what does not agree.

Everything is compared in the database, table by table over all accounts, or day by day within an
account. Of what differs the days are right, and of a day its values.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from vatio.accounts.locking import AccountGone, hold
from vatio.readings import months
from vatio.readings.locking import lock
from vatio.readings.ranks import Flag, How, Origin, quality, rank

QUALITIES = [
    quality(origin, how, Flag(flags)) for origin in Origin for how in How for flags in range(16)
]

COUNTED = """
CROSS JOIN LATERAL (
    SELECT count(value) AS present, coalesce(sum(value ORDER BY slot), 0) AS total,
        coalesce(sum(abs(value)), 0) AS size, min(value) AS least, max(value) AS most
    FROM (
        SELECT each.value, each.slot, CASE
            WHEN octet_length(own.qualities) >= 2 * each.slot
            THEN get_byte(own.qualities, 2 * each.slot::int - 2) ELSE own.quality END AS low
        FROM unnest(own."values") WITH ORDINALITY AS each (value, slot)
    ) AS slots
    WHERE low & 4 = 0
) AS counted
JOIN unnest(%(qualities)s::smallint[], %(ranks)s::smallint[]) AS ranked (quality, rank)
    ON ranked.quality = own.quality
"""
"""What counts of a day: the low byte of a slot's quality has the flags, 4 is invalid."""

DIFFERS = """
(own.present <> counted.present
 OR NOT abs(own.total - counted.total) <= 1e-9 * greatest(1, counted.size)
 OR own.least IS DISTINCT FROM counted.least OR own.most IS DISTINCT FROM counted.most
 OR own.rank <> ranked.rank)
"""
"""A total may be kept by adding and taking away: the last digits of a fraction can differ."""

WRONG_DAYS = f"""
SELECT own.series_id, own.day FROM readings_day own {COUNTED}
WHERE own.account_id = %(account)s AND {DIFFERS} ORDER BY own.series_id, own.day
"""  # noqa: S608

MEND_DAYS = f"""
UPDATE readings_day mended SET present = counted.present, total = counted.total,
    least = counted.least, most = counted.most, rank = ranked.rank
FROM readings_day own {COUNTED}
WHERE own.account_id = %(account)s AND mended.account_id = %(account)s
  AND own.series_id = ANY(%(series)s)
  AND mended.series_id = own.series_id AND mended.day = own.day AND {DIFFERS}
"""  # noqa: S608

WRONG_MONTHS = """
WITH counted AS (
    SELECT day.series_id, date_trunc('month', day.day)::date AS month,
        array_agg(day.day ORDER BY day.day) AS days,
        array_agg(day.total ORDER BY day.day) AS totals,
        array_agg(day.present ORDER BY day.day) AS presents,
        array_agg(day.most ORDER BY day.day) AS highest,
        sum(day.total ORDER BY day.day) AS total, sum(day.present) AS present
    FROM readings_day day
    WHERE day.account_id = %(account)s AND NOT EXISTS (
        SELECT FROM metering_series series
        WHERE series.id = day.series_id AND series.kind = 'register')
    GROUP BY 1, 2),
told AS (
    SELECT own.series_id, own.month,
        array_agg(own.month + each.place::int - 1 ORDER BY each.place) AS days,
        array_agg(each.total ORDER BY each.place) AS totals,
        array_agg(each.present ORDER BY each.place) AS presents,
        array_agg(each.most ORDER BY each.place) AS highest,
        min(own.total) AS total, min(own.present) AS present
    FROM readings_monthtotals own
    CROSS JOIN LATERAL unnest(own.totals, own.presents, own.highest)
        WITH ORDINALITY AS each (total, present, most, place)
    WHERE own.account_id = %(account)s AND each.present IS NOT NULL GROUP BY 1, 2)
SELECT coalesce(counted.series_id, told.series_id), coalesce(counted.month, told.month)
FROM counted FULL JOIN told ON (told.series_id, told.month) = (counted.series_id, counted.month)
WHERE (counted.days, counted.totals, counted.presents, counted.highest, counted.total,
        counted.present)
    IS DISTINCT FROM (told.days, told.totals, told.presents, told.highest, told.total,
        told.present)
  AND NOT EXISTS (
    SELECT FROM readings_touched touched WHERE touched.account_id = %(account)s
    AND touched.series_id = coalesce(counted.series_id, told.series_id))
ORDER BY 1, 2
"""
"""Months that differ from their days, but of series that are about to be followed; one without
readings may be there or not. Registers have none: what a meter shows adds up to nothing."""

FIRST = """
SELECT series.id AS series_id, series.first_reading_on, state.first_on, first.day AS read,
    least(series.first_reading_on, state.first_on, first.day) AS day
FROM metering_series series
LEFT JOIN (SELECT series_id, min(day) AS day FROM readings_day
           WHERE account_id = %(account)s GROUP BY series_id) AS first
    ON first.series_id = series.id
LEFT JOIN readings_state state ON state.account_id = %(account)s AND state.series_id = series.id
WHERE series.account_id = %(account)s
"""
"""The first day of each series, as it is told in two places and as it should be: no later than
its readings. It may be earlier: registers begin a series before they say what was counted."""

WRONG_FIRST = f"""
SELECT series_id, day FROM ({FIRST}) AS first
WHERE coalesce(first_reading_on, 'infinity') > least(first_on, read)
   OR coalesce(first_on, 'infinity') > read
ORDER BY series_id
"""  # noqa: S608

MEND_FIRST = f"""
UPDATE metering_series own SET first_reading_on = first.day FROM ({FIRST}) AS first
WHERE own.account_id = %(account)s AND own.id = first.series_id AND own.id = ANY(%(series)s)
"""  # noqa: S608

MEND_STATE = f"""
UPDATE readings_state own SET first_on = first.day FROM ({FIRST}) AS first
WHERE own.account_id = %(account)s AND own.series_id = first.series_id
  AND own.series_id = ANY(%(series)s)
"""  # noqa: S608

ACCOUNTS = """
SELECT id FROM accounts_account account
WHERE account.closed_at IS NULL
  AND EXISTS (SELECT FROM metering_series WHERE account_id = account.id) ORDER BY id
"""


class Kept(StrEnum):
    """What is kept of readings, and is compared with them."""

    DAY = "day"
    MONTH = "month"
    FIRST = "first"


@dataclass(frozen=True)
class Mismatch:
    """What is not as the readings say: of a day, or the month that begins on one.

    Of a first day it is the one that should be told.
    """

    account_id: int
    series_id: int
    what: Kept
    day: date


def compare() -> list[Mismatch]:
    """Return what is not as the readings say, of all accounts, one after the other.

    Whatever is written together is read together; the months of what has just changed and waits
    to be followed are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS)
        ids = [key for (key,) in cursor.fetchall()]
    return [each for key in ids for each in compare_account(key)]


def compare_account(account_id: int) -> list[Mismatch]:
    """Return what is not as the readings of an account say."""
    asked = _asked(account_id)
    found: list[Mismatch] = []
    with connection.cursor() as cursor:
        for what, statement in (
            (Kept.DAY, WRONG_DAYS),
            (Kept.MONTH, WRONG_MONTHS),
            (Kept.FIRST, WRONG_FIRST),
        ):
            cursor.execute(statement, asked)
            found += [Mismatch(account_id, key, what, day) for key, day in cursor.fetchall()]
    return found


def _asked(account_id: int) -> dict[str, Any]:
    return {
        "account": account_id,
        "qualities": QUALITIES,
        "ranks": [rank(each) for each in QUALITIES],
    }


@transaction.atomic
def repair(account_id: int) -> None:
    """Write anew what is not as the readings of an account say: days, then months, then the first.

    The series that differ are locked, and compared again once they are; nothing happens to an
    account that is being deleted.
    """
    try:
        hold(account_id)
    except AccountGone:
        return
    series = {each.series_id for each in compare_account(account_id)}
    if not series:
        return
    lock(account_id, series)
    asked = {**_asked(account_id), "series": sorted(series)}
    with connection.cursor() as cursor:
        cursor.execute(MEND_DAYS, asked)
        wrong = [each for each in compare_account(account_id) if each.series_id in series]
        months.write(
            account_id,
            {(each.series_id, each.day) for each in wrong if each.what is Kept.MONTH},
        )
        cursor.execute(MEND_FIRST, asked)
        cursor.execute(MEND_STATE, asked)
