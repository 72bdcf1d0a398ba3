"""Sorts and filters accounts by what they hold, in one set-based statement over all of them.

What an account holds now stands beside it (`CurrentHolding`). It follows from terms and the day,
so a copy whose day of change may have come is not used: those few are computed from terms and
grants in the same statement, and no job has to run for the answer to be true.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from vatio.accounts.arrays import any_of
from vatio.accounts.models import AccountSet, Grant
from vatio.dates import days_at, known_time_zones
from vatio.units import Unit

SHOWN_DAY = "greatest({account}.opened_on, least({today}, {account}.covered_until - 1))"
"""The day whose holding a page shows, as `holdings.shown_day` computes it."""

HOLDINGS = f"""
WITH told AS MATERIALIZED (
    SELECT narrowed.*, own.licence_id, {", ".join(f"own.{unit}" for unit in Unit)},
           coalesce(own.holds_from <= {SHOWN_DAY.format(account="narrowed", today="%s")}
                    AND (own.changes_on IS NULL OR own.changes_on > %s), false) AS is_right
    FROM ({{accounts}}) AS narrowed
    LEFT JOIN accounts_currentholding own ON own.account_id = narrowed.id
), changed AS (
    SELECT told.id, {SHOWN_DAY.format(account="told", today="clock.today")} AS day
    FROM told
    LEFT JOIN unnest(%s::text[], %s::date[]) AS clock (time_zone, today)
      ON clock.time_zone = told.time_zone
    WHERE NOT told.is_right
), computed AS (
    SELECT changed.id, given.*
    FROM changed
    LEFT JOIN LATERAL (
        SELECT id FROM accounts_term
        WHERE account_id = changed.id AND live @> changed.day
        LIMIT 1
    ) AS term ON true
    CROSS JOIN LATERAL (
        SELECT {", ".join(f"sum(extra_{unit}) AS {unit}" for unit in Unit)},
               (array_agg(licence_id ORDER BY effective_on DESC, id DESC)
                FILTER (WHERE licence_id IS NOT NULL))[1] AS licence_id
        FROM accounts_grant WHERE term_id = term.id AND effective_on <= changed.day
    ) AS given
), held AS (
    SELECT id, licence_id, {", ".join(Unit)} FROM told WHERE is_right
    UNION ALL
    SELECT computed.id, computed.licence_id,
           {", ".join(f"version.{unit} + computed.{unit}" for unit in Unit)}
    FROM computed
    LEFT JOIN catalogue_licenceversion version ON version.id = computed.licence_id
)
"""  # noqa: S608
"""What accounts hold. The day of an account lies between the two dates of the first parameters,
which are those of the time zones where it is earliest and latest. The few to be computed are
looked up one by one: the planner, which believes them half of all, would read every grant."""

RANKED = f"""
{HOLDINGS}, ranked AS (
    SELECT held.id, {{value}} AS value
    FROM held
    LEFT JOIN catalogue_licenceversion version ON version.id = held.licence_id
    LEFT JOIN catalogue_licence licence ON licence.id = version.licence_id
    {{usage}}
)
SELECT id, value FROM ranked
WHERE %s::bigint IS NULL OR (value, id) {{beyond}} (%s, %s)
ORDER BY value {{way}}, id {{way}} LIMIT %s
"""  # noqa: S608

HOLDERS = f"{HOLDINGS} SELECT id FROM held WHERE licence_id = ANY(%s)"  # noqa: S608

VALUES = {
    "licence": "coalesce(licence.name_sorted, '')",
    **{unit.value: f"coalesce(held.{unit}, -1)" for unit in Unit},
}
"""Sort keys. A unit that the licence does not count sorts as −1, below zero."""

SHARES = {f"{unit}_used": unit for unit in Unit}
"""Sort keys of the share used of what is held of a unit."""

SHARE = """CASE WHEN held.{unit} > 0 THEN coalesce(usage.used, 0) * 10000::bigint / held.{unit}
    WHEN held.{unit} = 0 AND usage.used > 0 THEN 10000000000::bigint * usage.used ELSE -1 END"""
"""The share in hundredths of a per cent, so that a place in the list is a whole number.

What is used where none is held sorts above all shares; where there is no limit, or none is held
nor used, there is no share: −1, below zero.
"""

USAGE = """LEFT JOIN entitlements_usage usage
           ON usage.account_id = held.id AND usage.unit = '{unit}' AND usage.used > 0"""


class Ranked(NamedTuple):
    """The key of an account, and the value that it is sorted by."""

    id: int
    value: Any


def ranked(
    accounts: AccountSet,
    value: str,
    *,
    at: datetime,
    descending: bool,
    beyond: Sequence[Any] = (),
    size: int | None = None,
) -> list[Ranked]:
    """Return the keys of accounts sorted by what they hold, each with the value sorted by.

    :param value: one of `VALUES`: the name of the licence, or the total of a unit; or one of
        `SHARES`: the share used of that total.
    :param beyond: value and key of the account after which to begin (keyset pagination), or empty.
    """
    inner, parameters = _narrowed(accounts, at=at)
    statement = RANKED.format(
        accounts=inner,
        value=VALUES[value] if value in VALUES else SHARE.format(unit=SHARES[value]),
        usage=USAGE.format(unit=SHARES[value]) if value in SHARES else "",
        beyond="<" if descending else ">",
        way="DESC" if descending else "ASC",
    )
    last_value: Any
    last_id: Any
    last_value, last_id = beyond if beyond else ("" if value == "licence" else 0, None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, last_id, last_value, last_id or 0, size])
        return [Ranked._make(row) for row in cursor.fetchall()]


def of_licence(accounts: AccountSet, versions: Sequence[int], *, at: datetime) -> AccountSet:
    """Return the accounts that hold one of these versions of a licence, as the pages show it.

    Only accounts to which one was ever granted are examined. Their keys are computed here,
    once; later queries on the returned set do not compute them again.
    """
    granted = Grant.objects.filter(licence__in=versions).values("account_id")
    inner, parameters = _narrowed(accounts.filter(id__in=granted), at=at)
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS.format(accounts=inner), [*parameters, list(versions)])
        found = [key for (key,) in cursor.fetchall()]
    return accounts.filter(id__in=any_of(found))


def _narrowed(accounts: AccountSet, *, at: datetime) -> tuple[str, list[Any]]:
    """Return the SQL of a set of accounts, and the parameters of `HOLDINGS`."""
    columns = accounts.order_by().values("id", "opened_on", "covered_until", "time_zone")
    inner, parameters = columns.query.sql_with_params()
    days = days_at(at)
    return inner, [min(days), max(days), *parameters, list(known_time_zones()), days]
