"""Takes a renewal back: «Deshacer»."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage
from vatio.accounts.agreeing import agree
from vatio.accounts.keys import one_of
from vatio.accounts.locking import lock
from vatio.accounts.models import Account, Agreement, Grant, Term
from vatio.accounts.renewal import TRUSTED
from vatio.dates import day_at
from vatio.history.telling import tell
from vatio.refusal import Refused
from vatio.tenants.models import Person

WHILE_FRESH = timedelta(hours=24)


class CannotBeUndone(Refused):
    """There is no renewal that this person may still take back."""


def undoable(accounts: Iterable[Account], *, by: Person, at: datetime) -> dict[int, Term]:
    """Find for each account the term that a person may take back now, in one statement.

    It is the account's last term, given by a renewal. While it waits to start, a
    SuperAdministrator may take it back for 24 hours, the commercial department
    until it starts. A trusted renewal that began at once may be taken back for 24
    hours (`undo` refuses it if something was added to it since).
    """
    zones = {account.pk: account.zone for account in accounts}
    fresh = Q(agreement__decided_at__gt=at - WHILE_FRESH)
    last_terms = (
        Term.objects.filter(
            account__in=one_of(zones),
            agreement__kind=Agreement.Kind.RENEWAL,
            cancelled_at__isnull=True,
            closed_on__isnull=True,
            ends_on=F("account__covered_until"),
        )
        .filter(fresh | Q(starts_on__gt=at.date()))
        .select_related("agreement")
    )
    found = {}
    for term in last_terms:
        is_fresh = term.agreement.decided_at > at - WHILE_FRESH
        waits = term.starts_on > day_at(at, zones[term.account_id])
        began_at_once = term.agreement.rule == TRUSTED and not waits
        if (waits and (is_fresh or by.is_commercial)) or (began_at_once and is_fresh):
            found[term.account_id] = term
    return found


@transaction.atomic
def undo(account: Account, *, by: Person, at: datetime) -> Term:
    """Take the account's renewal back: expiry, grace and reminders count as before.

    A term that waits is cancelled. One that began at once is closed on its first
    day, by an agreement of its own: it held nothing.

    :raises CannotBeUndone: if there is none, it is too late, or it was added to since.
    """
    lock(account)
    term = undoable([account], by=by, at=at).get(account.pk)
    if term is None:
        raise CannotBeUndone(
            _("This renewal can no longer be undone: ask the commercial department.")
        )
    if term.starts_on > day_at(at, account.zone):
        term.cancelled_at = at
        term.save(update_fields=["cancelled_at"])
    else:
        if Grant.objects.filter(term=term).exclude(agreement=term.agreement_id).exists():
            raise CannotBeUndone(
                _("Something was added since it was renewed: ask the commercial department.")
            )
        term.closed_on = term.starts_on
        term.closed_by = agree(account, kind=Agreement.Kind.ADJUSTMENT, at=at, by=by)
        term.save(update_fields=["closed_on", "closed_by"])
    coverage.write(account)
    tell(
        "renewal.undone",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"starts_on": term.starts_on.isoformat(), "ends_on": term.ends_on.isoformat()},
    )
    return term
