"""Follows the changes of series: what is kept of their days elsewhere is brought up to date.

A merge says first that it touched a series, and then writes its months; whoever follows claims
that row, and then writes the months. So of two that write the same month one waits for the
other before it reads the days, and what is written last was read last.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from vatio.readings import months
from vatio.readings import series as all_series
from vatio.readings.months import Month
from vatio.readings.series import SeriesKey
from vatio.readings.slots import day_of

CLAIM = """
WITH free AS (
    SELECT touched.account_id, touched.series_id FROM readings_touched touched
    JOIN accounts_account account ON account.id = touched.account_id
    WHERE account.closed_at IS NULL
    ORDER BY touched.account_id, touched.series_id LIMIT %(most)s
    FOR UPDATE OF touched SKIP LOCKED FOR KEY SHARE OF account SKIP LOCKED)
DELETE FROM readings_touched own USING free
WHERE own.account_id = free.account_id AND own.series_id = free.series_id
RETURNING own.account_id, own.series_id, extract(epoch FROM own.begins_at)::float8,
    extract(epoch FROM own.ends_at)::float8, extract(epoch FROM own.arrived_at)::float8
"""
"""Takes the next series that nobody else has, of accounts that nobody changes: without waiting,
so that no other transaction ever waits for this one while this one waits for it."""

AT_A_TIME = 1_000


@dataclass(frozen=True)
class ChangedSeries:
    """A series that changed from `begins` up to, not including, `ends`: seconds since 1970, UTC.

    The first of what changed it arrived at `arrived`; None is now.
    """

    account_id: int
    series_id: int
    begins: float
    ends: float
    arrived: float | None = None


Also = Callable[[Sequence[ChangedSeries]], None]
"""What else follows from changes, in the transaction that claimed them."""


def follow(*, also: Also | None = None) -> int:
    """Bring up to date what is kept of the series that changed; return how many they were.

    Each batch is claimed, and what follows from it written, in one transaction.

    :param also: called with the changes of each batch once their months are written.
    """
    followed = 0
    while claimed := _follow_some(also):
        followed += claimed
        if claimed < AT_A_TIME:
            break
    return followed


@transaction.atomic
def _follow_some(also: Also | None) -> int:
    claimed = claim(AT_A_TIME)
    by_account: dict[int, list[ChangedSeries]] = defaultdict(list)
    for change in claimed:
        by_account[change.account_id].append(change)
    for account_id, changes in sorted(by_account.items()):
        series = all_series.find(account_id, [each.series_id for each in changes])
        months.write(account_id, _months(changes, series))
    if also and claimed:
        also(claimed)
    return len(claimed)


def claim(most: int) -> list[ChangedSeries]:
    """Take series that changed, at most so many: nobody else follows them from now on.

    Their accounts are held until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"most": most})
        return [ChangedSeries(*row) for row in cursor.fetchall()]


def _months(changes: Collection[ChangedSeries], series: dict[int, SeriesKey]) -> set[Month]:
    """Return the months of the local days that changed, of the series that still exist."""
    found: set[Month] = set()
    for each in changes:
        key = series.get(each.series_id)
        if key is None or key.is_register:
            continue
        first = months.month_of(day_of(each.begins, key.time_zone).day)
        last = day_of(max(each.begins, each.ends - 1), key.time_zone).day
        found |= {(key.id, month) for month in months.between(first, last)}
    return found
