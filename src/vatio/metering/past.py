"""What an account held and used on a day that is over, and the agreements that said so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from vatio.accounts.holdings import held
from vatio.accounts.models import Account
from vatio.dates import start_of
from vatio.entitlements.question import Room
from vatio.units import Unit

USED = """
SELECT unit, count(*) FROM metering_allocation
WHERE account_id = %(account)s AND taken_at < %(end)s AND (freed_at IS NULL OR freed_at >= %(end)s)
GROUP BY unit
"""
AGREED = """
SELECT DISTINCT agreement.number
FROM accounts_grant given JOIN accounts_agreement agreement ON agreement.id = given.agreement_id
WHERE given.term_id = %(term)s AND given.effective_on <= %(day)s
ORDER BY agreement.number
"""
STEPS = """
WITH moved AS (
    SELECT unit, (moment AT TIME ZONE %(time_zone)s)::date AS day, sum(change) AS change
    FROM metering_allocation
    CROSS JOIN LATERAL (VALUES (taken_at, 1), (freed_at, -1)) AS moves (moment, change)
    WHERE account_id = %(account)s AND moment IS NOT NULL
    GROUP BY 1, 2
    HAVING sum(change) <> 0
)
SELECT unit, day, sum(change) OVER (PARTITION BY unit ORDER BY day)::int FROM moved
ORDER BY day, unit
"""
"""What is used of each unit at the end of each day on which that changed."""


@dataclass(frozen=True)
class PastEntitlement:
    """What an account held and used at the end of a day, and the agreements that say so."""

    day: date
    rooms: Mapping[Unit, Room]
    agreements: tuple[str, ...]


def entitlement_on(account: Account, day: date) -> PastEntitlement:
    """Return what an account held on a day, and what it used when that day ended.

    What is held comes from terms and grants, what is used from the moments at which units were
    taken and freed. On a day without a live term nothing was held.
    """
    holding = held(account, day)
    end = start_of(day + timedelta(days=1), account.time_zone)
    with connection.cursor() as cursor:
        cursor.execute(USED, {"account": account.pk, "end": end})
        used = dict(cursor.fetchall())
        agreements: list[str] = []
        if holding is not None:
            cursor.execute(AGREED, {"term": holding.term_id, "day": day})
            agreements = [number for (number,) in cursor.fetchall()]
    rooms = {unit: Room(holding.totals[unit] if holding else 0, used.get(unit, 0)) for unit in Unit}
    return PastEntitlement(day, rooms, tuple(agreements))


@dataclass(frozen=True)
class UsageStep:
    """A day on which what is used of a unit changed, and the number used when that day ended."""

    unit: Unit
    day: date
    used: int


def usage_steps(account: Account) -> list[UsageStep]:
    """Return what an account used of each unit over time, by days of its time zone.

    A day on which as many units were freed as taken is no step.
    """
    asked: dict[str, Any] = {"account": account.pk, "time_zone": account.time_zone}
    with connection.cursor() as cursor:
        cursor.execute(STEPS, asked)
        return [UsageStep(Unit(unit), day, used) for unit, day, used in cursor.fetchall()]
