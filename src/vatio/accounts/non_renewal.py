"""Records that an account will not be renewed, or may be after all: «No voy a renovar»."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.accounts.renewal import AlreadyRenewed, waiting_term
from vatio.history.recording import record
from vatio.notifications import recipients
from vatio.notifications.queueing import queue
from vatio.tenants.models import Person


@transaction.atomic
def leave(account: Account, *, by: Person, at: datetime) -> None:
    """Record that the account will not be renewed, which stops its reminders.

    The commercial department is notified. Doing it twice is harmless.

    :raises AlreadyRenewed: if a term already waits to start.
    """
    lock(account)
    if account.not_renewing_since is not None:
        return
    if waiting_term(account, at=at) is not None:
        raise AlreadyRenewed(_("This account is already renewed. Undo the renewal first."))
    account.not_renewing_since = at
    account.save(update_fields=["not_renewing_since"])
    act = record(
        "account.leaving",
        at=at,
        by=by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"ends_on": str(account.covered_until)},
    )
    queue(
        "account_leaving",
        recipients.commercial(),
        key=f"leaving:{act.pk}",
        context={
            "account": account.name,
            "organisation": account.organisation.name,
            "by": by.name,
            "ends_on": str(account.covered_until),
            "path": f"/accounts/{account.uid}/",
        },
        at=at,
        organisation=account.organisation,
        account_id=account.pk,
    )


@transaction.atomic
def stay(account: Account, *, by: Person, at: datetime) -> None:
    """Record that the account may be renewed after all, which resumes its reminders.

    Doing it twice is harmless.
    """
    lock(account)
    if account.not_renewing_since is None:
        return
    account.not_renewing_since = None
    account.save(update_fields=["not_renewing_since"])
    record(
        "account.staying", at=at, by=by, organisation=account.organisation, account_id=account.pk
    )
