"""Writes agreements down, each under a number that people can read."""

from datetime import datetime

from django.db import connection

from vatio.accounts.models import Account, Agreement
from vatio.tenants.models import Person


def agree(
    account: Account,
    *,
    kind: Agreement.Kind,
    at: datetime,
    by: Person | None,
    rule: str = "",
    note: str = "",
) -> Agreement:
    """Write down that something was agreed about an account, by a person or by a named rule."""
    return Agreement.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        number=next_numbers(1, at=at)[0],
        kind=kind,
        decided_at=at,
        decided_by=by,
        rule=rule,
        note=note,
    )


def next_numbers(count: int, *, at: datetime) -> list[str]:
    """Draw the next numbers for agreements, such as A-2026-0042.

    They come from a sequence, so nobody waits for anybody and a number may be
    missing; the year is that of the moment, and the count goes on over New Year.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('agreements_number') FROM generate_series(1, %s)", [count])
        return [f"A-{at.year}-{number:04d}" for (number,) in cursor.fetchall()]
