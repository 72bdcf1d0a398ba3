"""Writes what accounts hold now beside them, so that lists can be sorted and filtered by it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from vatio.accounts.holdings import shown_day
from vatio.accounts.models import Account, CurrentHolding
from vatio.dates import day_at
from vatio.units import Unit

STRETCHES = f"""
SELECT asked.account_id, term.organisation_id, term.id, granted.licence_id,
       {", ".join(f"version.{unit} + extras.{unit}" for unit in Unit)},
       greatest(term.starts_on, extras.latest), least(ahead.effective_on, following.starts_on)
FROM {{asked}} AS asked (account_id, day)
JOIN accounts_term term ON term.account_id = asked.account_id AND term.live @> asked.day
JOIN LATERAL (
    SELECT max(effective_on) AS latest,
           {", ".join(f"sum(extra_{unit})::int AS {unit}" for unit in Unit)}
    FROM accounts_grant WHERE term_id = term.id AND effective_on <= asked.day
) AS extras ON true
JOIN LATERAL (
    SELECT licence_id FROM accounts_grant
    WHERE term_id = term.id AND effective_on <= asked.day AND licence_id IS NOT NULL
    ORDER BY effective_on DESC, id DESC LIMIT 1
) AS granted ON true
JOIN catalogue_licenceversion version ON version.id = granted.licence_id
CROSS JOIN LATERAL (
    SELECT min(effective_on) AS effective_on
    FROM accounts_grant WHERE term_id = term.id AND effective_on > asked.day
) AS ahead
CROSS JOIN LATERAL (
    SELECT min(starts_on) AS starts_on FROM accounts_term
    WHERE account_id = asked.account_id AND starts_on > asked.day AND NOT isempty(live)
) AS following
"""  # noqa: S608
"""What accounts hold on a day, from which day on, and on which day that changes (null: never).

Between the end of a term and the start of the next, a page goes on showing the last day: a
stretch ends where the next one begins.
"""

WRITE = f"""
INSERT INTO accounts_currentholding (account_id, organisation_id, term_id, licence_id,
    {", ".join(Unit)}, holds_from, changes_on)
{STRETCHES}
ON CONFLICT (account_id) DO UPDATE SET
    (term_id, licence_id, {", ".join(Unit)}, holds_from, changes_on) =
    (excluded.term_id, excluded.licence_id, {", ".join(f"excluded.{unit}" for unit in Unit)},
     excluded.holds_from, excluded.changes_on)
RETURNING account_id
"""
WRITE_MANY = WRITE.format(asked="unnest(%(accounts)s::bigint[], %(days)s::date[])")
WRITE_ONE = WRITE.format(asked="(VALUES (%(account)s::bigint, %(day)s::date))")
"""The same for one account: with arrays PostgreSQL never settles on a generic plan."""

FIRST_ZONE = "Pacific/Kiritimati"
"""The time zone in which each day begins first."""

TOTALS = f"""
SELECT {", ".join(Unit)} FROM accounts_currentholding
WHERE account_id = %(account)s AND holds_from <= %(day)s
  AND (changes_on IS NULL OR %(day)s < changes_on)
UNION ALL
SELECT {", ".join(Unit)} FROM (
    {STRETCHES.format(asked="(VALUES (%(account)s::bigint, %(day)s::date))")}
) AS stretch (account_id, organisation_id, term_id, licence_id, {", ".join(Unit)}, since, until)
WHERE NOT EXISTS (
    SELECT FROM accounts_currentholding
    WHERE account_id = %(account)s AND holds_from <= %(day)s
      AND (changes_on IS NULL OR %(day)s < changes_on))
"""  # noqa: S608
"""The totals that an account holds on a day: its copy, or computed if that is of other days."""

AT_A_TIME = 5_000
"""How many accounts are brought up to date in one statement."""


def write(accounts: Iterable[Account], *, at: datetime) -> None:
    """Write what accounts hold on the day that a page shows at `at`, after any change of it.

    The accounts' derived columns are up to date. An account that holds nothing loses its row.
    """
    days = {account.pk: shown_day(account, at=at) for account in accounts}
    asked = [(key, day) for key, day in days.items() if day is not None]
    written = _write(asked) if asked else set[int]()
    if len(written) < len(days):
        CurrentHolding.objects.filter(account__in=days.keys() - written).delete()


def refresh(*, at: datetime) -> int:
    """Write the holdings whose day of change has come, and return how many they were.

    Only speed depends on it: who reads a holding that has changed computes it.
    """
    count, after = 0, 0
    while True:
        keys = _due(at, after=after)
        if not keys:
            return count
        after = keys[-1]
        count += _refresh(keys, at=at)


def _due(at: datetime, *, after: int) -> list[int]:
    """Return the next keys of accounts whose holding has changed where the day is latest."""
    due = CurrentHolding.objects.filter(changes_on__lte=day_at(at, FIRST_ZONE), account__gt=after)
    return list(due.order_by("account").values_list("account", flat=True)[:AT_A_TIME])


@transaction.atomic
def _refresh(keys: list[int], *, at: datetime) -> int:
    """Lock the accounts, and write afterwards: a change meanwhile would be overwritten."""
    locked = Account.objects.select_for_update(of=("self",), skip_locked=True)
    accounts = list(
        locked.filter(pk__in=keys)
        .annotate(changes_on=F("current_holding__changes_on"))
        .only("opened_on", "covered_until", "time_zone")
        .order_by("pk")
    )
    come = [each for each in accounts if _has_come(each, at=at)]
    write(come, at=at)
    return len(come)


def _has_come(account: Account, *, at: datetime) -> bool:
    changes_on: date | None = account.changes_on  # type: ignore[attr-defined]
    return changes_on is not None and changes_on <= day_at(at, account.time_zone)


def _write(asked: list[tuple[int, date]]) -> set[int]:
    """Write the stretch that covers each day, and return the accounts that have one."""
    with connection.cursor() as cursor:
        if len(asked) == 1:
            ((account, day),) = asked
            cursor.execute(WRITE_ONE, {"account": account, "day": day})
        else:
            accounts, days = (list(column) for column in zip(*asked, strict=True))
            cursor.execute(WRITE_MANY, {"accounts": accounts, "days": days})
        return {key for (key,) in cursor.fetchall()}
