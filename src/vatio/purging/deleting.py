"""Deletes an account permanently, with all that it has: the worker's part of a purge."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import override

from vatio.accounts.locking import AccountGone, lock
from vatio.accounts.models import Account
from vatio.history.recording import record
from vatio.orders.models import Order
from vatio.purging.contents import BELONGINGS, filled
from vatio.purging.models import Purge
from vatio.purging.requesting import ensure_exported, ensure_over
from vatio.refusal import Refused
from vatio.task_queue import each_by_itself


@transaction.atomic
def end(number: int, *, at: datetime) -> bool:
    """Delete the account of a purge, or record why not; return whether it was deleted.

    The account's lock keeps rows from being added to it meanwhile. An account that was renewed,
    or changed in any way, since its export is kept. A purge that is done or refused already is
    skipped.
    """
    asked = Purge.objects.waiting().select_related("account", "asked_by").filter(pk=number).first()
    if asked is None or asked.account is None or not _lock(asked, asked.account):
        return False
    account = asked.account
    refusal = _refusal(asked, account, at=at)
    if refusal:
        Purge.objects.filter(pk=number).update(refused_at=at, refusal=refusal)
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
