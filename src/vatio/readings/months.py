"""The totals of days, month by month: copies from which months and years are read quickly."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from vatio.dates import day_at
from vatio.readings.days import Value
from vatio.readings.series import SeriesKey
from vatio.readings.slots import ONE_DAY
from vatio.readings.storing import binary_cursor

Month = tuple[int, date]
"""A series, and the first day of a month."""

COUNT = """
SELECT %(account)s::bigint, asked.series_id, asked.month,
    array_agg(day.total ORDER BY every.day) AS totals,
    array_agg(day.present ORDER BY every.day) AS presents,
    array_agg(day.most ORDER BY every.day) AS highest,
    coalesce(sum(day.total ORDER BY every.day), 0) AS total,
    coalesce(sum(day.present), 0) AS present
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
INSERT INTO readings_monthtotals
    (account_id, series_id, month, totals, presents, highest, total, present)
{COUNT} ORDER BY asked.series_id, asked.month
ON CONFLICT (account_id, series_id, month) DO UPDATE SET
    totals = excluded.totals, presents = excluded.presents, highest = excluded.highest,
    total = excluded.total, present = excluded.present
"""

READ = """
SELECT series_id, month, totals, presents, highest FROM readings_monthtotals
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
  AND month >= %(since)s AND month < %(until)s
ORDER BY series_id, month
"""

RUNNING = """
SELECT day.series_id, day.day, day.total, day.present, day.most
FROM unnest(%(series)s::bigint[], %(days)s::date[]) AS asked (series_id, day)
JOIN readings_day day ON day.account_id = %(account)s AND day.series_id = asked.series_id
    AND day.day >= asked.day AND day.day >= %(since)s AND day.day < %(until)s
"""
"""The days that go on growing: the running one of each series, and what came ahead of time."""


@dataclass
class MonthOfDays:
    """The days of a month: element k is day k + 1; a day without readings is None.

    `totals` and `highest` are in base units, and leave out gaps and what is invalid, as `presents`,
    the number of values, does. `highest` is None too where a day has no value that counts.
    """

    totals: list[Value]
    presents: list[int | None]
    highest: list[Value]

    @classmethod
    def empty(cls, month: date) -> "MonthOfDays":
        """Return a month without readings."""
        count = (_next(month) - month).days
        return cls([None] * count, [None] * count, [None] * count)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def _next(month: date) -> date:
    return month_of(month.replace(day=28) + 4 * ONE_DAY)


def between(first: date, last: date) -> Iterator[date]:
    """Yield the first days of the months from that of one day to that of another, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = _next(month)


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


def totals(
    series: Mapping[int, SeriesKey], since: date, until: date, *, at: datetime
) -> dict[int, dict[date, MonthOfDays]]:
    """Return the days of series of one account, by series and month: those with readings.

    The months are copies that can be some seconds old; the running day of each series, at `at`
    in its own time zone, is read from the day itself. Two statements.

    :param since: the first day of the first month.
    :param until: the first day of the month behind the last.
    """
    found: dict[int, dict[date, MonthOfDays]] = {key: {} for key in series}
    if not series:
        return found
    asked: dict[str, Any] = {"series": list(series), "since": since, "until": until}
    asked["account"] = next(iter(series.values())).account_id
    asked["days"] = [day_at(at, each.time_zone) for each in series.values()]
    with binary_cursor() as cursor:
        cursor.execute(READ, asked)
        for key, month, *days in cursor.fetchall():
            found[key][month] = MonthOfDays(*days)
        cursor.execute(RUNNING, asked)
        for key, day, total, present, most in cursor.fetchall():
            month = month_of(day)
            own = found[key].setdefault(month, MonthOfDays.empty(month))
            place = day.day - 1
            own.totals[place], own.presents[place], own.highest[place] = total, present, most
    return found
