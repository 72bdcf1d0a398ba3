"""Recounts what accounts use from what is in service, and repairs what does not agree."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from vatio.accounts.models import Account
from vatio.entitlements import limits
from vatio.units import Unit

WANTED = """
SELECT account_id, organisation_id, 'supply_points' AS unit, 'supply_point' AS kind, id AS thing
FROM metering_supplypoint WHERE service = 'accepted' AND manages_bills
UNION ALL
SELECT account_id, organisation_id, 'data_points', 'data_point', id
FROM metering_datapoint WHERE service = 'accepted'
UNION ALL
SELECT account_id, organisation_id, 'rtc_lines', 'rtc_line', id
FROM metering_rtcline WHERE service = 'accepted'
UNION ALL
SELECT meter.account_id, meter.organisation_id, 'meters', 'meter', meter.id
FROM metering_meter meter
WHERE meter.service = 'accepted' AND (
    NOT EXISTS (SELECT FROM metering_rtcline line
                WHERE line.meter_id = meter.id AND line.service = 'accepted')
    OR EXISTS (SELECT FROM metering_datapoint point
               JOIN metering_datasource source ON source.id = point.source_id
               WHERE point.meter_id = meter.id AND point.service = 'accepted'
                 AND source.kind = 'insertion'))
"""
"""What takes a unit as it stands, by the rule of `allocating.unit_of`, for every account."""

WRONG = f"""
WITH wanted AS ({WANTED}),
counted AS (SELECT account_id, unit, count(*)::int AS used FROM wanted GROUP BY account_id, unit)
SELECT account.id, account.name, coalesce(usage.unit, counted.unit),
       coalesce(usage.used, 0), coalesce(counted.used, 0)
FROM entitlements_usage usage
FULL JOIN counted ON (counted.account_id, counted.unit) = (usage.account_id, usage.unit)
JOIN accounts_account account ON account.id = coalesce(usage.account_id, counted.account_id)
WHERE coalesce(usage.used, 0) <> coalesce(counted.used, 0)
ORDER BY account.id, 3
"""  # noqa: S608

CLOSE = f"""
UPDATE metering_allocation own SET freed_at = greatest(%(at)s, taken_at)
WHERE account_id = %(account)s AND freed_at IS NULL AND NOT EXISTS (
    SELECT FROM ({WANTED}) AS wanted
    WHERE (wanted.account_id, wanted.unit, wanted.kind, wanted.thing)
        = (own.account_id, own.unit, own.kind, own.thing))
"""  # noqa: S608

OPEN = f"""
INSERT INTO metering_allocation (account_id, organisation_id, unit, kind, thing, taken_at)
SELECT account_id, organisation_id, unit, kind, thing, %(at)s FROM ({WANTED}) AS wanted
WHERE account_id = %(account)s
ON CONFLICT (account_id, unit, kind, thing) WHERE freed_at IS NULL DO NOTHING
"""  # noqa: S608

COUNT = f"""
INSERT INTO entitlements_usage AS own
    (account_id, organisation_id, unit, used, told_step, tellings)
SELECT account.id, account.organisation_id, unit,
       (SELECT count(*) FROM ({WANTED}) AS wanted
        WHERE wanted.account_id = account.id AND wanted.unit = asked.unit), 0, 0
FROM accounts_account account CROSS JOIN unnest(%(units)s::text[]) AS asked (unit)
WHERE account.id = %(account)s
ON CONFLICT (account_id, unit) DO UPDATE SET used = excluded.used
"""  # noqa: S608


@dataclass(frozen=True)
class Miscount:
    """A usage that is not what is in service: of an account and a unit, told and counted."""

    account_id: int
    account: str
    unit: Unit
    used: int
    counted: int


def recount() -> list[Miscount]:
    """Return every usage that differs from what is in service, of all accounts."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        return [
            Miscount(account, name, Unit(unit), used, counted)
            for account, name, unit, used, counted in cursor.fetchall()
        ]


@transaction.atomic
def repair(account_id: int, *, at: datetime) -> None:
    """Write an account's usage and allocations anew from what is in service.

    The account's usages are locked first, so that nobody takes or frees a unit meanwhile.
    """
    asked: dict[str, Any] = {
        "account": account_id,
        "at": at,
        "units": [unit.value for unit in Unit],
    }
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        return
    limits.lock(account)
    with connection.cursor() as cursor:
        for statement in (CLOSE, OPEN, COUNT):
            cursor.execute(statement, asked)
