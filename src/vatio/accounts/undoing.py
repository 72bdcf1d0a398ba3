"""Undoes a renewal: «Deshacer»."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage
from vatio.accounts.agreeing import agree
from vatio.accounts.locking import lock
from vatio.accounts.models import Account, Agreement, Grant, Term
from vatio.accounts.renewal import TRUSTED
from vatio.dates import day_at
from vatio.history.recording import record
from vatio.refusal import Refused
from vatio.tenants.models import Person

WHILE_FRESH = timedelta(hours=24)
A_DAY = timedelta(days=1)
"""West of Greenwich the local day may be the one before: the query selects from there on, and
each account's time zone then decides whether its term waits."""


LAST = """
SELECT term.*, agreement.decided_at AS agreed_at, agreement.rule AS agreed_by_rule
FROM accounts_term term
JOIN accounts_account account ON account.id = term.account_id
JOIN accounts_agreement agreement ON agreement.id = term.agreement_id
WHERE term.account_id = ANY(%(accounts)s) AND agreement.kind = 'renewal'
  AND term.cancelled_at IS NULL AND term.closed_on IS NULL
  AND term.ends_on = account.covered_until
  AND (agreement.decided_at > %(fresh)s OR term.starts_on > %(today)s)
"""
"""Each account's last term, if a renewal created it and it waits to start or is fresh. Every
page of a list runs this: as raw SQL it takes a fraction of the time of the ORM's query."""


class CannotBeUndone(Refused):
    """There is no renewal that this person may still undo."""


def undoable(accounts: Iterable[Account], *, by: Person, at: datetime) -> dict[int, Term]:
    """Return for each account the term that a person may undo at `at`, with one query for all.

    Only the account's last term qualifies, and only if a renewal created it. While the
    term waits to start, a SuperAdministrator may undo it for 24 hours, the commercial
    department until it starts. A trusted renewal that began at once may be undone for 24
    hours (`undo` refuses it if something was granted to its term since).
    """
    time_zones = {account.pk: account.time_zone for account in accounts}
    asked = {"accounts": list(time_zones), "fresh": at - WHILE_FRESH, "today": at.date() - A_DAY}
    found = {}
    for term in Term.objects.raw(LAST, asked):
        is_fresh = term.agreed_at > at - WHILE_FRESH  # type: ignore[attr-defined]
        waits = term.starts_on > day_at(at, time_zones[term.account_id])
        by_trust = term.agreed_by_rule == TRUSTED  # type: ignore[attr-defined]
        began_at_once = by_trust and not waits
        if (waits and (is_fresh or by.is_commercial)) or (began_at_once and is_fresh):
            found[term.account_id] = term
    return found


@transaction.atomic
def undo(account: Account, *, by: Person, at: datetime) -> Term:
    """Undo the account's last renewal: expiry, grace and reminders count as before.

    A waiting term is cancelled. A term that began at once is closed on its first
    day by an agreement of its own, so that it covers no day.

    :raises CannotBeUndone: if there is no such renewal, it is too late, or something was
        granted to its term since.
    """
    lock(account)
    term = undoable([account], by=by, at=at).get(account.pk)
    if term is None:
        raise CannotBeUndone(
            _("This renewal can no longer be undone: ask the commercial department.")
        )
    if term.starts_on > day_at(at, account.time_zone):
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
    coverage.write(account, at=at)
    record(
        "renewal.undone",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"starts_on": term.starts_on.isoformat(), "ends_on": term.ends_on.isoformat()},
    )
    return term
