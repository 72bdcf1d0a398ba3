"""The last value of each series: where its freshness is read from."""

from collections.abc import Mapping

from django.db import connection

from vatio.readings.days import StoredDay
from vatio.readings.locking import SeriesState
from vatio.readings.series import SeriesKey
from vatio.readings.slots import start
from vatio.readings.storing import DayKey, read_days

LAST = """
SELECT series_id, max(day) FROM readings_day
WHERE account_id = %(account)s AND series_id = ANY(%(series)s) AND present > 0
GROUP BY series_id
"""


def last_of(day: StoredDay) -> tuple[float, float] | None:
    """Return the instant at which the last slot with a value begins, and its value."""
    for slot in range(len(day.values) - 1, -1, -1):
        value = day.values[slot]
        if value is not None:
            return start(day.local, slot, day.minutes), value
    return None


def remember_last(
    changed: Mapping[DayKey, StoredDay],
    series: Mapping[int, SeriesKey],
    standing: Mapping[int, SeriesState],
) -> None:
    """Write the last values of days that were stored into the states of their locked series.

    A last value that went, as the interval of a register that another one outdid, is looked for.
    """
    gone: dict[int, SeriesState] = {}
    for (key, _day), day in sorted(changed.items()):
        own, last = standing[key], last_of(day)
        if last and last[0] >= (own.last_at or last[0]):
            own.last_at, own.last_value = last
            gone.pop(key, None)
        elif own.last_at is not None and day.local.begins <= own.last_at < day.local.ends:
            gone[key] = own
    if gone:
        account_id = next(iter(series.values())).account_id
        find_last(account_id, {key: series[key] for key in gone}, gone)


def find_last(
    account_id: int, series: Mapping[int, SeriesKey], standing: Mapping[int, SeriesState]
) -> None:
    """Find anew the last value of each series; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, {"account": account_id, "series": list(series)})
        last = dict(cursor.fetchall())
    days = read_days(account_id, last.items(), series)
    for key, each in standing.items():
        each.last_at = each.last_value = None
        if key in last:
            found = last_of(days[key, last[key]])
            if found is not None:
                each.last_at, each.last_value = found
