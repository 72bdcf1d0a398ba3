"""Readings of many accounts over two years, filled by a few statements."""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

MONTHS = """
INSERT INTO readings_monthtotals
    (account_id, series_id, month, totals, presents, highest, total, present)
SELECT account, account * 1000 + series, month::date,
    (SELECT array_agg(1000.0 * d + series) FROM generate_series(1, days) AS d),
    (SELECT array_agg(96::smallint) FROM generate_series(1, days)),
    (SELECT array_agg(400.0 + d) FROM generate_series(1, days) AS d),
    500.0 * days * (days + 1) + days * series, 96 * days
FROM unnest(%(accounts)s::bigint[]) AS account
CROSS JOIN generate_series(1, %(series)s) AS series
CROSS JOIN generate_series(%(since)s::date, %(until)s::date - 1, interval '1 month') AS month
CROSS JOIN LATERAL (
    SELECT (month + interval '1 month')::date - month::date AS days) AS length
"""

DAYS = """
INSERT INTO readings_day (account_id, series_id, day, present, quality, rank, delivery_id,
    first_at, total, least, most, "values")
SELECT account, account * 1000 + series, day::date, 24, 384, 5, 1, day,
    1000.0 * extract(day FROM day) + series, 0, 400, array_fill(41.5::float8, ARRAY[24])
FROM unnest(%(accounts)s::bigint[]) AS account
CROSS JOIN generate_series(1, %(series)s) AS series
CROSS JOIN generate_series(%(since)s::date, %(until)s::date - 1, interval '1 day') AS day
"""


@transaction.atomic
def fill(
    accounts: Sequence[int], *, series: int, since: date, until: date, with_days: Sequence[int]
) -> None:
    """Fill months of some series of each account; and the days, of those `with_days`, too.

    Days are of hours: of 96 quarters each row would be three times as long.
    """
    asked = {"series": series, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, {**asked, "accounts": list(accounts)})
        cursor.execute(DAYS, {**asked, "accounts": list(with_days)})
