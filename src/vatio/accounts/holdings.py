"""What an account holds on a day, and which agreements say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from vatio.accounts.expiry import Covered
from vatio.accounts.models import Account
from vatio.catalogue.models import LicenceVersion
from vatio.dates import day_at
from vatio.units import Quantities, Unit

HELD = f"""
SELECT asked.account_id, asked.day, term.id, term.starts_on, lived.ends_on, term.anchor_day,
       version.id, licence.name, version.billing,
       {", ".join(f"version.{unit}, extras.{unit}" for unit in Unit)}
FROM {{asked}} AS asked (account_id, day)
JOIN accounts_term term ON term.account_id = asked.account_id
JOIN accounts_agreement agreed ON agreed.id = term.agreement_id
LEFT JOIN accounts_agreement closing ON closing.id = term.closed_by_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN closing.decided_at <= %(known_at)s THEN term.closed_on ELSE term.ends_on END
) AS lived (ends_on)
JOIN LATERAL (
    SELECT {", ".join(f"sum(extra_{unit}) AS {unit}" for unit in Unit)}
    FROM accounts_grant
    WHERE term_id = term.id AND effective_on <= asked.day AND recorded_at <= %(known_at)s
) AS extras ON true
JOIN LATERAL (
    SELECT licence_id
    FROM accounts_grant
    WHERE term_id = term.id AND effective_on <= asked.day AND recorded_at <= %(known_at)s
      AND licence_id IS NOT NULL
    ORDER BY effective_on DESC, id DESC
    LIMIT 1
) AS granted ON true
JOIN catalogue_licenceversion version ON version.id = granted.licence_id
JOIN catalogue_licence licence ON licence.id = version.licence_id
WHERE asked.day >= term.starts_on AND asked.day < lived.ends_on
  AND agreed.decided_at <= %(known_at)s
  AND (term.cancelled_at IS NULL OR term.cancelled_at > %(known_at)s)
"""  # noqa: S608

HELD_BY_MANY = HELD.format(asked="unnest(%(accounts)s::bigint[], %(days)s::date[])")
HELD_BY_ONE = HELD.format(asked="(VALUES (%(account)s::bigint, %(day)s::date))")
"""The same query for one account. With an array parameter PostgreSQL never settles on a generic
plan, so every call is planned anew, which takes ten times as long as the query itself."""

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Holding:
    """What an account holds on a day: a licence's defaults and the extras on top."""

    account_id: int
    day: date
    term_id: int
    starts_on: date
    ends_on: date
    anchor_day: int
    licence_id: int
    licence: str
    billing: str
    defaults: Quantities
    extras: Quantities

    @property
    def totals(self) -> Quantities:
        """Defaults and extras together; None for a unit that the licence does not count."""
        return self.defaults.plus(self.extras)

    def under(self, version: LicenceVersion) -> Quantities:
        """Return the totals under another licence version: the extras stay on top."""
        return version.defaults.plus(self.extras)


def held(account: Account, on: date, *, known_at: datetime | None = None) -> Holding | None:
    """Return what an account holds on a day, or None if no live term covers it.

    A holding is the defaults of the last licence granted in the live term by that
    day (by `effective_on`, then by id) and the sum of the extras effective by that
    day. `on` is the valid time and `known_at` the transaction time: what was agreed,
    granted, closed or cancelled after `known_at` is left out.
    """
    return held_by_many([(account.pk, on)], known_at=known_at).get(account.pk)


def held_by_many(
    asked: Iterable[tuple[int, date]], *, known_at: datetime | None = None
) -> dict[int, Holding]:
    """Return what each account holds on its day, by account, with one query for all of them."""
    pairs = list(asked)
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            HELD_BY_ONE if len(pairs) == 1 else HELD_BY_MANY,
            {**_asked(pairs), "known_at": known_at or FOR_EVER},
        )
        return {
            row[0]: Holding(
                account_id=row[0],
                day=row[1],
                term_id=row[2],
                starts_on=row[3],
                ends_on=row[4],
                anchor_day=row[5],
                licence_id=row[6],
                licence=row[7],
                billing=row[8],
                defaults=Quantities(*row[9::2]),
                extras=Quantities(*row[10::2]),
            )
            for row in cursor.fetchall()
        }


def _asked(pairs: list[tuple[int, date]]) -> dict[str, Any]:
    if len(pairs) == 1:
        return {"account": pairs[0][0], "day": pairs[0][1]}
    return {
        "accounts": [account_id for account_id, _ in pairs],
        "days": [day for _, day in pairs],
    }


def shown_day(account: Covered, *, at: datetime) -> date | None:
    """Return the day whose holding a page shows: today, or the nearest day covered.

    An expired account shows what it held on its last day, an account that has yet to
    start what it will hold on its first; None for an account without terms.
    """
    if account.opened_on is None or account.covered_until is None:
        return None
    last = account.covered_until - timedelta(days=1)
    return max(account.opened_on, min(day_at(at, account.time_zone), last))


def shown(accounts: Iterable[Account], *, at: datetime) -> dict[int, Holding]:
    """Return the holding that a page shows for each account, by account."""
    days = ((account.pk, shown_day(account, at=at)) for account in accounts)
    return held_by_many((account_id, day) for account_id, day in days if day is not None)
