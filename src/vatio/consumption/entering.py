"""Whoever looks at an account's energy from outside it leaves a trace in its history."""

from datetime import datetime, timedelta

from django.db import transaction

from vatio.accounts.models import Account, AccountRole
from vatio.history.models import Act
from vatio.history.recording import record
from vatio.tenants.models import Person

ENTERED = "consumption.entered"
ONE_VISIT = timedelta(minutes=30)
"""Pages that follow one another within that time are one entry."""


def record_entry(account: Account, *, by: Person, at: datetime) -> None:
    """Record that somebody of the commercial department looks at an account's curves.

    The account's own people and its SuperAdministrators leave no trace: it is their energy. Of two
    pages that are asked for at once one records it.
    """
    if not by.is_commercial or _is_own(account, by):
        return
    recent = Act.objects.filter(
        account_id=account.pk, verb=ENTERED, person=by, at__gt=at - ONE_VISIT, at__lte=at
    )
    if recent.exists():
        return
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        if not recent.exists():
            record(
                "consumption.entered",
                at=at,
                by=by,
                organisation=account.organisation,
                account_id=account.pk,
            )


def _is_own(account: Account, person: Person) -> bool:
    """Return whether a person has a role in an account, or leads its organisation."""
    roles = AccountRole.objects.filter(account=account, person=person)
    return roles.exists() or account.organisation.is_led_by(person)
