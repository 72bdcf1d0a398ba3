"""Counts active accounts, expired accounts and open orders, in one statement."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from vatio.tenants.models import Organisation

COUNTS = """
SELECT coalesce(sum(accounts) FILTER (WHERE ends_at > %(at)s), 0)::int,
       coalesce(sum(accounts) FILTER (WHERE ends_at <= %(at)s), 0)::int,
       (SELECT count(*) FROM orders_order
        WHERE state IN ('pending', 'offered')
          AND (%(organisation)s::bigint IS NULL OR organisation_id = %(organisation)s::bigint))
FROM accounts_endingcount
WHERE %(organisation)s::bigint IS NULL OR organisation_id = %(organisation)s::bigint
"""


@dataclass(frozen=True)
class Counts:
    """The numbers on the tabs of «Gestionar cuentas»."""

    active: int
    expired: int
    open_orders: int


def count(organisation: Organisation | None, *, at: datetime) -> Counts:
    """Count the accounts and open orders of an organisation, or of all organisations.

    An account whose end is `at` has expired. Accounts are summed from `accounts_endingcount`,
    which has one row for each organisation and instant at which accounts end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS, {"at": at, "organisation": organisation.pk if organisation else None}
        )
        return Counts(*cursor.fetchone())
