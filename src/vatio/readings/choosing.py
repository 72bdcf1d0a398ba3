"""Which series counts for a data point on a day: the best-ranked, then the finest."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection

from vatio.readings.series import SeriesKey

RANKED = """
SELECT series_id, day, rank FROM readings_day
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
  AND day >= %(since)s AND day < %(until)s AND present > 0
"""


def chosen(
    account_id: int, series: Mapping[int, SeriesKey], since: date, until: date
) -> Callable[[int, date], int]:
    """Return which series counts for a data point on a day of a span; one statement.

    See `choose`; `until` is the day after the last.
    """
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"account": account_id, "series": list(series)}
        cursor.execute(RANKED, {**asked, "since": since, "until": until})
        return choose(series, cursor.fetchall())


def choose(
    series: Mapping[int, SeriesKey], ranked: Iterable[tuple[int, date, int]]
) -> Callable[[int, date], int]:
    """Return which series counts for a data point on a day: the best-ranked, then the finest.

    On a day without readings that is the series that counts most often, or else the finest.

    :param ranked: series, day and rank of each day with a value that counts.
    """
    best: dict[tuple[int, date], tuple[int, int, int]] = {}
    for key, day, rank in ranked:
        own = (rank, series[key].minutes, key)
        point = series[key].data_point_id
        best[point, day] = min(own, best.get((point, day), own))
    usual: dict[int, int] = {}
    for each in sorted(series.values(), key=lambda one: (-one.minutes, one.id)):
        usual[each.data_point_id] = each.id
    counted = Counter((point, own[2]) for (point, _day), own in best.items())
    for (point, key), _number in reversed(counted.most_common()):
        usual[point] = key
    return lambda point, day: best[point, day][2] if (point, day) in best else usual[point]
