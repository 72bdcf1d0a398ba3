"""Whoever looks at an account's energy from outside it leaves a trace in its history."""

from datetime import datetime, timedelta

from django.db import transaction

from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.history.recording import record
from vatio.tenants.models import Person

ENTERED = "consumption.entered"
ONE_VISIT = timedelta(minutes=30)
"""Pages that follow one another within that time are one entry."""


def record_entry(account: Account, *, by: Person, at: datetime) -> None:
    """Record that somebody of the commercial department looks at an account's curves.

    The account's own people and its SuperAdministrators leave no trace: it is their energy.
    """
    if not by.is_commercial or account.organisation.is_led_by(by):
        return
    recent = Act.objects.filter(
        account_id=account.pk, verb=ENTERED, person=by, at__gt=at - ONE_VISIT, at__lte=at
    )
    with transaction.atomic():
        if not recent.exists():
            record(
                "consumption.entered",
                at=at,
                by=by,
                organisation=account.organisation,
                account_id=account.pk,
            )
