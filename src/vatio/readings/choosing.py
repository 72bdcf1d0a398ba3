"""Which series of a data point counts on a day: the best-ranked, and of equals one by resolution.

A resolution is answered from a series of its own, or from finer ones added up, never from a
coarser one that would have to be split.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection

from vatio.readings import series as all_series
from vatio.readings.series import SeriesKey

RANKED = """
SELECT series_id, day, rank FROM readings_day
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
  AND day >= %(since)s AND day < %(until)s AND present > 0
"""

Chosen = Callable[[int, date], int]
"""Returns the key of the series that counts for a data point on a day."""


def series_of(
    account_id: int, points: Collection[int], *, at_most: int | None = None
) -> dict[int, SeriesKey]:
    """Return the series of data points that say what each interval was; registers do not.

    :param at_most: the coarsest resolution, in minutes, that can answer what is asked; those
        that are no part of it are left out.
    """
    return {
        each.id: each
        for each, _first_on, _over_on in all_series.of_points(account_id, points)
        if at_most is None or (each.minutes <= at_most and at_most % each.minutes == 0)
    }


def chosen(
    account_id: int,
    series: Mapping[int, SeriesKey],
    since: date,
    until: date,
    *,
    coarsest: bool = False,
) -> Chosen:
    """Return which series counts for a data point on a day: the best-ranked, then the finest.

    On a day without readings it is the one that counts most often. One statement, or none where
    no data point has several series.

    :param coarsest: whether of equals the coarsest counts, as where a resolution has its own.
    """
    usual = _usual(series, coarsest=coarsest)
    if len(usual) == len(series):
        return lambda point, day: usual[point]
    return choose(series, _ranked(account_id, series, since, until), coarsest=coarsest)


def choose(
    series: Mapping[int, SeriesKey],
    ranked: Iterable[tuple[int, date, int]],
    *,
    coarsest: bool = False,
) -> Chosen:
    """Return which series counts on a day, as `chosen` does, by days that were read already.

    :param ranked: series, day and rank of each day with a value that counts.
    """
    way = -1 if coarsest else 1
    best: dict[tuple[int, date], tuple[int, int, int]] = {}
    for key, day, rank in ranked:
        own = (rank, series[key].minutes * way, key)
        point = series[key].data_point_id
        best[point, day] = min(own, best.get((point, day), own))
    usual = _usual(series, coarsest=coarsest)
    counted = Counter((point, own[2]) for (point, _day), own in best.items())
    for (point, key), _number in reversed(counted.most_common()):
        usual[point] = key
    return lambda point, day: best[point, day][2] if (point, day) in best else usual[point]


def days_of(
    account_id: int, series: Collection[int], since: date, until: date
) -> dict[int, set[date]]:
    """Return the days on which series have a reading that counts; one statement."""
    found: dict[int, set[date]] = defaultdict(set)
    for key, day, _rank in _ranked(account_id, series, since, until):
        found[key].add(day)
    return found


def _ranked(
    account_id: int, series: Collection[int], since: date, until: date
) -> list[tuple[int, date, int]]:
    asked: dict[str, Any] = {"account": account_id, "series": list(series)}
    with connection.cursor() as cursor:
        cursor.execute(RANKED, {**asked, "since": since, "until": until})
        return list(cursor.fetchall())


def _usual(series: Mapping[int, SeriesKey], *, coarsest: bool) -> dict[int, int]:
    """Return the finest series of each data point, or the coarsest."""
    way = -1 if coarsest else 1
    ordered = sorted(series.values(), key=lambda one: (-one.minutes * way, one.id))
    return {each.data_point_id: each.id for each in ordered}
