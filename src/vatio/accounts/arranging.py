"""Sorts and narrows accounts by what they hold, in set-based statements over all of them.

What an account holds follows from its terms and the day, so no column can be
indexed for it. One pass over the accounts' terms and grants costs less than a
question for each, and nothing is stored that could grow stale.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from vatio.accounts.models import Account, AccountSet

SHOWN_DAY = """
greatest(account.opened_on,
         least((%s::timestamptz AT TIME ZONE account.zone)::date, account.covered_until - 1))
"""

BY_HOLDING = f"""
WITH account AS ({{accounts}}),
term AS (
    SELECT term.id, account.id AS account_id, {SHOWN_DAY} AS day
    FROM account JOIN accounts_term term ON term.account_id = account.id
    WHERE term.live @> {SHOWN_DAY}
),
granted AS (
    SELECT term.account_id,
           sum(given.extra_meters) AS meters, sum(given.extra_supply_points) AS supply_points,
           sum(given.extra_data_points) AS data_points, sum(given.extra_rtc_lines) AS rtc_lines,
           (array_agg(given.licence_id ORDER BY given.effective_on DESC, given.id DESC)
            FILTER (WHERE given.licence_id IS NOT NULL))[1] AS licence_id
    FROM term JOIN accounts_grant given
      ON given.term_id = term.id AND given.effective_on <= term.day
    GROUP BY term.account_id
),
ranked AS (
    SELECT account.id, {{value}} AS value
    FROM account
    LEFT JOIN granted ON granted.account_id = account.id
    LEFT JOIN catalogue_licenceversion version ON version.id = granted.licence_id
    LEFT JOIN catalogue_licence licence ON licence.id = version.licence_id
)
SELECT id, value FROM ranked
WHERE %s::bigint IS NULL OR (value, id) {{beyond}} (%s, %s)
ORDER BY value {{way}}, id {{way}} LIMIT %s
"""  # noqa: S608

VALUES = {
    "licence": "coalesce(licence.name_folded, '')",
    **{
        unit: f"coalesce(version.{unit} + granted.{unit}, -1)"
        for unit in ("meters", "supply_points", "data_points", "rtc_lines")
    },
}
"""What can be sorted by; what a licence does not count comes before nothing at all."""

OF_LICENCE = f"""
SELECT account.id
FROM accounts_grant given
JOIN accounts_term term ON term.id = given.term_id
JOIN accounts_account account ON account.id = given.account_id
WHERE given.licence_id = ANY(%s) AND term.live @> {SHOWN_DAY} AND given.effective_on <= {SHOWN_DAY}
  AND NOT EXISTS (
      SELECT 1 FROM accounts_grant later
      WHERE later.term_id = given.term_id AND later.licence_id IS NOT NULL
        AND later.effective_on <= {SHOWN_DAY}
        AND (later.effective_on, later.id) > (given.effective_on, given.id))
"""  # noqa: S608


def by_holding(
    accounts: AccountSet,
    value: str,
    *,
    at: datetime,
    descending: bool,
    beyond: Sequence[Any],
    size: int,
) -> list[Account]:
    """Read some accounts in the order of what they hold, each with its `value`."""
    keys = ranked(accounts, value, at=at, descending=descending, beyond=beyond, size=size)
    found = Account.objects.select_related("purse", "organisation").in_bulk(
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
    """List the keys of accounts in the order of what they hold, each with the value.

    :param value: one of `VALUES`: the name of the licence, or the total of a unit.
    :param beyond: the value and key of the account that they come after, or nothing.
    """
    narrowed = accounts.order_by().values("id", "opened_on", "covered_until", "zone")
    inner, parameters = narrowed.query.sql_with_params()
    statement = BY_HOLDING.format(
        accounts=inner,
        value=VALUES[value],
        beyond="<" if descending else ">",
        way="DESC" if descending else "ASC",
    )
    last_value: Any
    last_id: Any
    last_value, last_id = beyond if beyond else ("" if value == "licence" else 0, None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, at, at, last_id, last_value, last_id or 0, size])
        return list(cursor.fetchall())


def of_licence(accounts: AccountSet, versions: Sequence[int], *, at: datetime) -> AccountSet:
    """Keep the accounts that hold one of these versions of a licence, as the pages show it."""
    return accounts.filter(
        id__in=RawSQL(OF_LICENCE, [list(versions), at, at, at])  # noqa: S611
    )
