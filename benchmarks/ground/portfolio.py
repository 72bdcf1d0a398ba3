"""Readings of many accounts over two years, filled by a few statements."""

from collections.abc import Sequence
from datetime import date, datetime

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
    with connection.cursor() as cursor:
        for statement, whose in ((MONTHS, accounts), (DAYS, with_days)):
            cursor.execute(
                statement,
                {"series": series, "since": since, "until": until, "accounts": list(whose)},
            )


INSTALLED = """
WITH numbered AS (
    SELECT account.id AS account, account.organisation_id AS organisation, place,
        account.id * 1000 + place AS series, account.id * 1000 + (place + 1) / 2 AS meter
    FROM accounts_account account
    CROSS JOIN generate_series(1, %(series)s) AS place
    WHERE account.id = ANY(%(accounts)s)
), meters AS (
    INSERT INTO metering_meter (id, uid, account_id, organisation_id, service, service_since,
        created_at, name, serial, make)
    SELECT meter, gen_random_uuid(), account, organisation, 'accepted', %(at)s, %(at)s,
        'Contador ' || meter, '', ''
    FROM numbered WHERE place %% 2 = 1
), supplies AS (
    INSERT INTO metering_supplypoint (id, uid, account_id, organisation_id, service,
        service_since, created_at, name, energy, cups, cups_suffix, supplier, policy, territory,
        manages_bills)
    SELECT meter, gen_random_uuid(), account, organisation, 'accepted', %(at)s, %(at)s,
        'Suministro ' || meter, 'electricity', '', '', '', '', 'peninsula', true
    FROM numbered WHERE place %% 2 = 1
), measured AS (
    INSERT INTO metering_measurement (account_id, organisation_id, meter_id, supply_point_id, role)
    SELECT account, organisation, meter, meter, 'principal' FROM numbered WHERE place %% 2 = 1
), points AS (
    INSERT INTO metering_datapoint (id, uid, account_id, organisation_id, service, service_since,
        created_at, meter_id, quantity, name)
    SELECT series, gen_random_uuid(), account, organisation, 'accepted', %(at)s, %(at)s, meter,
        CASE WHEN place %% 2 = 1 THEN 402 ELSE 404 END, 'Punto ' || place
    FROM numbered
), states AS (
    INSERT INTO readings_state (account_id, series_id, last_at, is_clear)
    SELECT account, series, %(at)s, false FROM numbered
)
INSERT INTO metering_series (id, account_id, organisation_id, data_point_id, minutes, kind,
    time_zone, created_at)
SELECT series, account, organisation, series, 15, 'interval', 'Europe/Madrid', %(at)s
FROM numbered
"""


@transaction.atomic
def install(accounts: Sequence[int], *, series: int, at: datetime) -> None:
    """Install in accounts what the series of `fill` belong to.

    Of each two series one is the active energy of the principal meter of a supply point.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(INSTALLED, {"accounts": list(accounts), "series": series, "at": at})
