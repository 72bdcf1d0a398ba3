"""Writes agreements, each under a number that people can read."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account, Agreement
from vatio.refusal import Refused
from vatio.tenants.models import Person

AGREE = """
INSERT INTO accounts_agreement
    (account_id, organisation_id, number, kind, decided_at, decided_by_id, rule, note, token)
SELECT %(account)s, %(organisation)s,
       'A-' || %(year)s || '-' || lpad(drawn::text, greatest(4, length(drawn::text)), '0'),
       %(kind)s, %(at)s, %(by)s, %(rule)s, %(note)s, %(token)s::uuid
FROM nextval('agreements_number') AS drawn
RETURNING id, number
"""
"""Draws the number from its sequence and writes the agreement, in one statement."""


class SentBefore(Refused):
    """The same form was submitted before, and its agreement was written then."""


def agree(
    account: Account,
    *,
    kind: Agreement.Kind,
    at: datetime,
    by: Person | None,
    rule: str = "",
    note: str = "",
    token: UUID | None = None,
) -> Agreement:
    """Write an agreement about an account, decided by a person or by a named rule.

    :param token: the form's idempotency key.
    :raises SentBefore: if a form with this token was submitted before.
    """
    agreement = Agreement(
        account=account,
        organisation_id=account.organisation_id,
        kind=kind,
        decided_at=at,
        decided_by=by,
        rule=rule,
        note=note,
        token=token,
    )
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                AGREE,
                {
                    "account": account.pk,
                    "organisation": account.organisation_id,
                    "year": str(at.year),
                    "kind": kind.value,
                    "at": at,
                    "by": by.pk if by else None,
                    "rule": rule,
                    "note": note,
                    "token": token,
                },
            )
        except IntegrityError as error:
            if "one_agreement_of_a_form" not in str(error):
                raise
            raise SentBefore(_("This was sent before, and is done.")) from None
        agreement.pk, agreement.number = cursor.fetchone()
    agreement._state.adding = False
    return agreement


def next_numbers(count: int, *, at: datetime) -> list[str]:
    """Return the next agreement numbers, such as A-2026-0042.

    The numbers come from a sequence, so no transaction waits for another and a number
    may be missing. The year is that of `at`; the count does not restart with the year.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('agreements_number') FROM generate_series(1, %s)", [count])
        return [f"A-{at.year}-{number:04d}" for (number,) in cursor.fetchall()]
