"""How many accounts are active and expired, and how many orders are open: in one statement."""

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
    """What the zones of «Gestionar cuentas» hold."""

    active: int
    expired: int
    open_orders: int


def count(organisation: Organisation | None, *, at: datetime) -> Counts:
    """Count what an organisation has, or what all have together.

    It is a short sum at any moment, however many accounts there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS, {"at": at, "organisation": organisation.pk if organisation else None}
        )
        return Counts(*cursor.fetchone())
