"""Sorts and filters accounts by what they hold, in set-based statements over all of them.

What an account holds follows from its terms and the day, so no column can be
indexed for it. One pass over the accounts' terms and grants costs less than a
query for each, and nothing is stored that could grow stale.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from vatio.accounts.arrays import any_of
from vatio.accounts.models import Account, AccountSet, Grant
from vatio.dates import days_at, known_time_zones
from vatio.units import Unit

SHOWN_DAY = "greatest(account.opened_on, least(account.today, account.covered_until - 1))"

WITH_TODAY = """
SELECT narrowed.id, narrowed.opened_on, narrowed.covered_until, clock.today
FROM ({accounts}) AS narrowed
LEFT JOIN unnest(%s::text[], %s::date[]) AS clock (time_zone, today)
  ON clock.time_zone = narrowed.time_zone
"""
"""Accounts with the current day in their time zone, computed once for each time zone."""

HOLDINGS = f"""
SELECT account.id,
       {", ".join(f"sum(given.extra_{unit}) AS {unit}" for unit in Unit)},
       (array_agg(given.licence_id ORDER BY given.effective_on DESC, given.id DESC)
        FILTER (WHERE given.licence_id IS NOT NULL))[1] AS licence_id
FROM ({WITH_TODAY}) AS account
LEFT JOIN accounts_term term ON term.account_id = account.id AND term.live @> {SHOWN_DAY}
LEFT JOIN accounts_grant given
       ON given.term_id = term.id AND given.effective_on <= {SHOWN_DAY}
GROUP BY account.id
"""  # noqa: S608

RANKED = f"""
WITH held AS ({HOLDINGS}),
ranked AS (
    SELECT held.id, {{value}} AS value
    FROM held
    LEFT JOIN catalogue_licenceversion version ON version.id = held.licence_id
    LEFT JOIN catalogue_licence licence ON licence.id = version.licence_id
)
SELECT id, value FROM ranked
WHERE %s::bigint IS NULL OR (value, id) {{beyond}} (%s, %s)
ORDER BY value {{way}}, id {{way}} LIMIT %s
"""  # noqa: S608

HOLDERS = f"SELECT id FROM ({HOLDINGS}) AS held WHERE licence_id = ANY(%s)"  # noqa: S608

VALUES = {
    "licence": "coalesce(licence.name_folded, '')",
    **{unit.value: f"coalesce(version.{unit} + held.{unit}, -1)" for unit in Unit},
}
"""Sort keys. A unit that the licence does not count sorts as −1, below zero."""


def by_holding(
    accounts: AccountSet,
    value: str,
    *,
    at: datetime,
    descending: bool,
    beyond: Sequence[Any],
    size: int,
) -> list[Account]:
    """Read a page of accounts sorted by what they hold, each with its sort key as `value`."""
    keys = ranked(accounts, value, at=at, descending=descending, beyond=beyond, size=size)
    found = Account.objects.select_related("wallet", "organisation").in_bulk(
        [key for key, _ in keys]
    )
    for key, own in keys:
        found[key].value = own  # type: ignore[attr-defined]
    return [found[key] for key, _ in keys]


def ranked(
    accounts: AccountSet,
    value: str,
    *,
    at: datetime,
    descending: bool,
    beyond: Sequence[Any] = (),
    size: int | None = None,
) -> list[tuple[int, Any]]:
    """Return the keys of accounts sorted by what they hold, each with the value sorted by.

    :param value: one of `VALUES`: the name of the licence, or the total of a unit.
    :param beyond: value and key of the account after which to begin (keyset pagination), or empty.
    """
    inner, parameters = _narrowed(accounts, at=at)
    statement = RANKED.format(
        accounts=inner,
        value=VALUES[value],
        beyond="<" if descending else ">",
        way="DESC" if descending else "ASC",
    )
    last_value: Any
    last_id: Any
    last_value, last_id = beyond if beyond else ("" if value == "licence" else 0, None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, last_id, last_value, last_id or 0, size])
        return list(cursor.fetchall())


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
    """Return the SQL of a set of accounts, and the parameters of `WITH_TODAY`."""
    columns = accounts.order_by().values("id", "opened_on", "covered_until", "time_zone")
    inner, parameters = columns.query.sql_with_params()
    return inner, [*parameters, list(known_time_zones()), days_at(at)]
