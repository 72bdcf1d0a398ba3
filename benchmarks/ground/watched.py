"""Things that alerts look at: rules of every kind, their readings, and silent sources."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from benchmarks.ground import filling, portfolio
from vatio.accounts.models import Account
from vatio.alerts.models import AlertRule
from vatio.readings import deliveries
from vatio.readings import series as all_series
from vatio.readings.arrivals import Arrivals
from vatio.readings.ranks import Origin, quality
from vatio.readings.receiving import receive
from vatio.readings.slots import day_of

HISTORY = 60
"""Days of readings that there are before those that arrive: a night's usual needs 57."""

QUARTER = 900
SLOTS = 96
MADE = filling.NOW - timedelta(days=HISTORY)

MIXED = ("above",) * 10 + ("below",) * 4 + ("day sum",) * 2 + ("power", "power", "night", "night")
"""The kinds of twenty rules of which no kind is the only one."""

THRESHOLDS = {"above": 10_000.0, "below": 500.0, "day sum": 150_000.0, "power": 0.9, "night": 1e3}
MINUTES = {"above": 30, "below": 30}
SCHEDULE = ("1" * 24 * 5) + "0" * 48
"""Working days: of every other rule above or below a threshold."""

PAST = """
UPDATE metering_series SET first_reading_on = %(since)s WHERE account_id = ANY(%(accounts)s);
INSERT INTO metering_supplycontract (account_id, organisation_id, supply_point_id, retailer,
    tariff, powers, policy, since, created_at)
SELECT account_id, organisation_id, id, 'C', '3.0TD', array_fill(12.0, ARRAY[6]), '', '2020-01-01',
    %(at)s
FROM metering_supplypoint WHERE account_id = ANY(%(accounts)s);
INSERT INTO readings_day (account_id, series_id, day, present, quality, rank, delivery_id,
    first_at, total, least, most, "values")
SELECT account_id, id, day::date, 96, %(quality)s, 5, 1, day, 144000.0, 1500, 1500,
    array_fill(1500::float8, ARRAY[96])
FROM metering_series
CROSS JOIN generate_series(%(since)s::date, %(until)s::date - 1, interval '1 day') AS day
WHERE account_id = ANY(%(accounts)s)
"""

SOURCES = """
WITH numbered AS (
    SELECT account.id AS account, account.organisation_id AS organisation,
        account.id * 1000 + place AS key
    FROM accounts_account account CROSS JOIN generate_series(1, %(each)s) AS place
    WHERE account.id = ANY(%(accounts)s)
), sources AS (
    INSERT INTO metering_datasource (id, uid, account_id, organisation_id, name, kind,
        registers_at_end, created_at)
    SELECT key, gen_random_uuid(), account, organisation, 'Pasarela ' || key, 'insertion', false,
        %(at)s
    FROM numbered
), meters AS (
    INSERT INTO metering_meter (id, uid, account_id, organisation_id, service, service_since,
        created_at, name, serial, make)
    SELECT key, gen_random_uuid(), account, organisation, 'accepted', %(made)s, %(at)s,
        'Contador ' || key, '', ''
    FROM numbered
), points AS (
    INSERT INTO metering_datapoint (id, uid, account_id, organisation_id, service, service_since,
        created_at, meter_id, quantity, name, source_id)
    SELECT key, gen_random_uuid(), account, organisation, 'accepted', %(made)s, %(at)s, key, 402,
        'Punto ' || key, key
    FROM numbered
), series AS (
    INSERT INTO metering_series (id, account_id, organisation_id, data_point_id, minutes, kind,
        time_zone, first_reading_on, created_at)
    SELECT key, account, organisation, key, 15, 'interval', 'Europe/Madrid', %(made)s::date, %(at)s
    FROM numbered
), states AS (
    INSERT INTO readings_state (account_id, series_id, last_at, last_arrival, is_clear)
    SELECT account, key, %(at)s - interval '15 minutes', %(at)s, false FROM numbered
)
INSERT INTO alerts_alertrule (uid, account_id, organisation_id, name, kind, source_id, minutes,
    schedule, sms_text, severity, made_at, looks_from, asleep, due_at)
SELECT gen_random_uuid(), account, organisation, 'Sin datos', 'silence', key, 0, '', '', 'normal',
    %(made)s, %(made)s, false, %(at)s + interval '2 hours'
FROM numbered
"""

DUE = """
UPDATE alerts_alertrule SET due_at = %(at)s
WHERE kind = 'silence' AND id %% %(every)s = 0;
UPDATE readings_state own SET
    last_at = CASE WHEN rule.id / %(every)s %% 2 = 0 THEN %(at)s - interval '3 hours'
        ELSE %(at)s - interval '15 minutes' END
FROM alerts_alertrule rule
WHERE own.series_id = rule.source_id AND rule.kind = 'silence' AND rule.id %% %(every)s = 0
"""
"""One in so many sources is due, and every other one of them is silent."""


@transaction.atomic
def install(accounts: Sequence[Account], *, series: int, kinds: Sequence[str]) -> None:
    """Give accounts some series with 60 days of readings, and a rule for each, of kinds in turn."""
    ids = [each.pk for each in accounts]
    portfolio.install(ids, series=series, at=filling.NOW)
    asked = {
        "accounts": ids,
        "since": filling.TODAY - timedelta(days=HISTORY),
        "until": filling.TODAY - timedelta(days=1),
        "quality": quality(Origin.INSERTION),
        "at": filling.NOW,
    }
    _execute(PAST, asked)
    AlertRule.objects.bulk_create(
        AlertRule(
            account=account,
            organisation_id=account.organisation_id,
            name=f"Alerta {place}",
            kind=kinds[place % len(kinds)],
            data_point_id=account.pk * 1000 + place,
            threshold=THRESHOLDS[kinds[place % len(kinds)]],
            minutes=MINUTES.get(kinds[place % len(kinds)], 0),
            schedule=SCHEDULE if place % 2 and kinds[place % len(kinds)] in MINUTES else "",
            made_at=MADE,
            looks_from=MADE,
        )
        for account in accounts
        for place in range(1, series + 1)
    )


def bring(accounts: Sequence[Account], *, readings: int) -> None:
    """Store so many quarters of each series, from yesterday on, a peak in every third of them."""
    on = filling.TODAY - timedelta(days=1)
    begin = day_of((filling.NOW - timedelta(days=1)).timestamp(), "Europe/Madrid").begins
    assert day_of(begin, "Europe/Madrid").day == on
    for account in accounts:
        keys = AlertRule.objects.filter(account=account).values_list("data_point_id", flat=True)
        series = all_series.find(account.pk, [key for key in keys if key])
        arrivals = Arrivals(0)
        for number, key in enumerate(series.values()):
            for slot in range(readings):
                is_peak = number % 3 == 0 and 30 <= slot < 40
                value = 3_000.0 if is_peak else 1_500.0 + (slot * 7 + number) % 100
                arrivals.add(key, begin + slot * QUARTER, value, quality(Origin.INSERTION))
        receive(
            account.pk,
            series,
            arrivals,
            origin=Origin.INSERTION,
            delivery=deliveries.open_file(
                account.pk, origin=Origin.FILE, name="f", sha256="", at=filling.NOW
            ),
            at=filling.NOW.timestamp(),
        )


@transaction.atomic
def install_sources(accounts: Sequence[Account], *, each: int) -> None:
    """Give accounts sources that speak, with a rule that looks at each, none of them due."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    ids = [account.pk for account in accounts]
    _execute(SOURCES, {"accounts": ids, "each": each, "at": filling.NOW, "made": MADE})


def make_due(*, every: int) -> None:
    """Make one in so many sources due; every other one of them has fallen silent."""
    _execute(DUE, {"every": every, "at": filling.NOW})


def _execute(statements: str, asked: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";\n"):
            cursor.execute(statement, asked)
