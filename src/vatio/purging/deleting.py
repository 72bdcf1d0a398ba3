"""Deletes an account permanently, with all that it has: the worker's part of a purge."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import override

from vatio.accounts.locking import AccountGone, lock, lock_closed
from vatio.accounts.models import Account
from vatio.history.recording import record
from vatio.orders.models import Order
from vatio.purging import gradually
from vatio.purging.contents import BELONGINGS, filled
from vatio.purging.models import Purge
from vatio.purging.requesting import ensure_exported, ensure_over
from vatio.refusal import Refused
from vatio.task_queue import each_by_itself


def end(number: int, *, at: datetime) -> bool:
    """Delete the account of a purge, or record why not; return whether it was deleted.

    An account that was renewed, or changed in any way, since its export is kept. One that may go
    is closed, for good: nobody changes it or adds readings to it any more. Its readings then go
    some at a time, and at last, in one transaction, everything else. Whoever is killed meanwhile
    leaves the rest to the next call. A purge that is done or refused already is skipped.
    """
    account_id = _close(number, at=at)
    if account_id is None:
        return False
    for each in BELONGINGS:
        if each.by:
            gradually.delete(each, account_id)
    return _delete_rest(number, at=at)


@transaction.atomic
def _close(number: int, *, at: datetime) -> int | None:
    """Close the account of a purge, and return its key; None if it may not be deleted, or is."""
    asked = _waiting(number)
    if asked is None or asked.account is None:
        return None
    account = asked.account
    if account.closed_at is not None:
        return account.pk
    if not _lock(asked, account):
        return None
    refusal = _refusal(asked, account, at=at)
    if refusal:
        Purge.objects.filter(pk=number).update(refused_at=at, refusal=refusal)
        return None
    Account.objects.filter(pk=account.pk).update(closed_at=at)
    return account.pk


@transaction.atomic
def _delete_rest(number: int, *, at: datetime) -> bool:
    """Delete what is left of a closed account; return False if somebody else did meanwhile."""
    asked = _waiting(number)
    if asked is None or asked.account is None:
        return False
    account = asked.account
    try:
        lock_closed(account)
    except AccountGone:
        return False
    agreements = account.agreements.count()
    Purge.objects.filter(pk=number).update(done_at=at, account=None)
    Purge.objects.filter(account=account).update(account=None)
    _delete(account)
    record(
        "account.purged",
        at=at,
        by=asked.asked_by,
        organisation=asked.organisation,
        facts={"account": asked.account_name, "agreements": agreements, "reason": asked.reason},
    )
    return True


def end_all(*, at: datetime) -> int:
    """Carry out every waiting purge; return how many accounts were deleted."""
    waiting = Purge.objects.waiting().order_by("id").values_list("pk", flat=True)
    return sum(each_by_itself(list(waiting), lambda number: end(number, at=at)))


def _waiting(number: int) -> Purge | None:
    waiting = Purge.objects.waiting().select_related("account", "asked_by")
    return waiting.filter(pk=number).first()


def _lock(asked: Purge, account: Account) -> bool:
    """Lock the account, its orders and the purge; return whether the purge is still waiting."""
    try:
        lock(account)
    except AccountGone:
        return False
    list(Order.objects.select_for_update().filter(account=account).order_by("id"))
    return Purge.objects.select_for_update().waiting().filter(pk=asked.pk).exists()


def _refusal(asked: Purge, account: Account, *, at: datetime) -> str:
    """Return why the account may not be deleted, in the requester's language; else empty."""
    with override(asked.asked_by.language):
        try:
            ensure_over(account, at=at)
            ensure_exported(account)
        except Refused as refused:
            return str(refused)
    return ""


def _delete(account: Account) -> None:
    """Delete every row of the account: the triggers allow it for `vatio.purged_account` alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('vatio.purged_account', %s, true)", [str(account.pk)])
        for each in BELONGINGS:
            cursor.execute(
                filled(f"DELETE FROM {each.table} own WHERE {each.condition}"),  # noqa: S608
                {"account": account.pk},
            )
        cursor.execute("SELECT set_config('vatio.purged_account', '', true)")
