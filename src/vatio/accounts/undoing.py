"""Undoes a renewal: «Deshacer»."""

from datetime import date, datetime, timedelta

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


class CannotBeUndone(Refused):
    """There is no renewal that this person may still undo."""


def is_undoable(starts_on: date, *, is_fresh: bool, rule: str, today: date, by: Person) -> bool:
    """Return whether a person may undo the renewal that created an account's last term.

    While the term waits to start, a SuperAdministrator may undo it for 24 hours, the commercial
    department until it starts. A trusted renewal that began at once may be undone for 24 hours
    (`undo` refuses it if something was granted to its term since).

    :param starts_on: the first day of the account's last live term.
    :param is_fresh: whether it was agreed less than `WHILE_FRESH` ago.
    :param rule: the rule by which it was agreed, if no person did.
    :param today: the day in the account's time zone.
    """
    if starts_on > today:
        return is_fresh or by.is_commercial
    return is_fresh and rule == TRUSTED


@transaction.atomic
def undo(account: Account, *, by: Person, at: datetime) -> Term:
    """Undo the account's last renewal: expiry, grace and reminders count as before.

    A waiting term is cancelled. A term that began at once is closed on its first
    day by an agreement of its own, so that it covers no day.

    :raises CannotBeUndone: if there is no such renewal, it is too late, or something was
        granted to its term since.
    """
    lock(account)
    today = day_at(at, account.time_zone)
    term = _last_renewal(account)
    if term is None or not is_undoable(
        term.starts_on,
        is_fresh=term.agreement.decided_at > at - WHILE_FRESH,
        rule=term.agreement.rule,
        today=today,
        by=by,
    ):
        raise CannotBeUndone(
            _("This renewal can no longer be undone: ask the commercial department.")
        )
    if term.starts_on > today:
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


def _last_renewal(account: Account) -> Term | None:
    """Return the term that covers the account's last day, if a renewal created it."""
    live = account.terms.filter(cancelled_at__isnull=True, closed_on__isnull=True)
    renewals = live.filter(agreement__kind=Agreement.Kind.RENEWAL).select_related("agreement")
    return next((term for term in renewals if term.ends_on == account.covered_until), None)
