"""The renewals ahead: which accounts end on which day, and what is known of each.

An account ends on the day on which its running term does; once that is over, on
the day on which its last term did. One that has been renewed still stands at the
end of its running term, as renewed: it moves on to its next end when its next
term begins. One that has yet to start stands nowhere. Days are those of the
account's time zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection

from vatio import pagination
from vatio.accounts.models import Account, AccountSet
from vatio.dates import days_at, known_time_zones


class Standing(StrEnum):
    """What is known of an account's renewal; of several that are true, the first counts."""

    RENEWED = "renewed"
    ASKED = "asked"
    LEAVING = "leaving"
    UNDECIDED = "undecided"


ORDER = ("due_on", "id")
FURTHEST = timedelta(days=1)
"""Upper bound of the offset between the first instant of a day in any time zone and in UTC."""

DUE = """
WITH account AS (
    SELECT narrowed.id, narrowed.covered_until, narrowed.not_renewing_since, clock.today
    FROM ({accounts}) AS narrowed
    JOIN unnest(%s::text[], %s::date[]) AS clock (time_zone, today)
      ON clock.time_zone = narrowed.time_zone
    WHERE narrowed.opened_on <= clock.today
),
waiting AS (
    SELECT account.id, min(term.starts_on) AS starts_on
    FROM account JOIN accounts_term term ON term.account_id = account.id
    WHERE term.starts_on > %s AND term.starts_on > account.today AND NOT isempty(term.live)
    GROUP BY account.id
),
due AS (
    SELECT account.id, coalesce(waiting.starts_on, account.covered_until) AS due_on,
           CASE WHEN waiting.id IS NOT NULL THEN 'renewed'
                WHEN asked.id IS NOT NULL THEN 'asked'
                WHEN account.not_renewing_since IS NOT NULL THEN 'leaving'
                ELSE 'undecided' END AS standing
    FROM account
    LEFT JOIN waiting ON waiting.id = account.id
    LEFT JOIN orders_order asked ON asked.account_id = account.id
          AND asked.kind = 'renewal' AND asked.state IN ('pending', 'offered')
)
"""

COUNTED = """
SELECT due_on, standing, count(*) FROM due WHERE due_on >= %s AND due_on < %s
GROUP BY due_on, standing ORDER BY due_on
"""

LISTED = """
SELECT id, due_on, standing FROM due
WHERE due_on >= %s AND due_on < %s AND (due_on, id) {beyond} (%s::date, %s::bigint)
ORDER BY due_on {way}, id {way} LIMIT %s
"""


@dataclass(frozen=True)
class Ending:
    """How many accounts of one standing end on a day."""

    on: date
    standing: Standing
    accounts: int


@dataclass(frozen=True)
class Due:
    """An account, the day on which it ends, and what is known of its renewal."""

    account: Account
    due_on: date
    standing: Standing

    @property
    def id(self) -> int:
        """The account's key, by which accounts that end on the same day are sorted."""
        return self.account.pk

    @property
    def last_day(self) -> date:
        """The last day that the account covers: the day before `due_on`."""
        return self.due_on - timedelta(days=1)


def counted(accounts: AccountSet, *, since: date, until: date, at: datetime) -> list[Ending]:
    """Count the accounts that end on each day of the half-open interval [`since`, `until`)."""
    due, parameters = _due(accounts, since=since, at=at)
    with connection.cursor() as cursor:
        cursor.execute(due + COUNTED, [*parameters, since, until])
        return [Ending(day, Standing(standing), n) for day, standing, n in cursor.fetchall()]


def listed(
    accounts: AccountSet,
    *,
    since: date,
    until: date,
    at: datetime,
    size: int,
    beyond: Sequence[Any] = (),
    descending: bool = False,
) -> list[Due]:
    """Read the accounts that end in [`since`, `until`), with their organisations.

    Accounts are sorted by the day on which they end, then by key.

    :param beyond: day and key of the account after which to begin (keyset pagination), or empty.
    :raises ValueError: if `beyond` holds anything else.
    """
    due, parameters = _due(accounts, since=since, at=at)
    day, key = beyond or ((date.max if descending else date.min), 0)
    statement = due + LISTED.format(
        beyond="<" if descending else ">", way="DESC" if descending else "ASC"
    )
    place: list[Any] = [date.fromisoformat(str(day)), int(key)]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, since, until, *place, size])
        rows = cursor.fetchall()
    found = accounts.prefetch_related("organisation").in_bulk([key for key, _on, _known in rows])
    return [Due(found[key], on, Standing(known)) for key, on, known in rows if key in found]


def page(
    accounts: AccountSet,
    *,
    since: date,
    until: date,
    parameters: Mapping[str, str],
    at: datetime,
) -> pagination.Page[Due]:
    """Read the page that the parameters ask for of the accounts that end in [`since`, `until`)."""

    def read(order: Sequence[str], values: Sequence[Any], limit: int) -> list[Due]:
        return listed(
            accounts,
            since=since,
            until=until,
            at=at,
            size=limit,
            beyond=values,
            descending=order[0].startswith("-"),
        )

    return pagination.page_of(read, order=ORDER, parameters=parameters)


def _due(accounts: AccountSet, *, since: date, at: datetime) -> tuple[str, list[Any]]:
    """Return the SQL of `due`, over accounts that do not end before `since`, and its parameters.

    The current day in each time zone is computed in Python: PostgreSQL does not know them all.
    """
    first = datetime.combine(since, time(0), tzinfo=UTC) - FURTHEST
    columns = accounts.filter(ends_at__gte=first).order_by()
    inner, parameters = columns.values(
        "id", "opened_on", "covered_until", "not_renewing_since", "time_zone"
    ).query.sql_with_params()
    days = days_at(at)
    return DUE.format(accounts=inner), [*parameters, list(known_time_zones()), days, min(days)]
