"""Deletes an account for ever, with all that it has: the worker's part of a purge."""

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


@transaction.atomic
def end(number: int, *, at: datetime) -> bool:
    """Delete the account that a purge names, or write down why not; tell whether it went.

    Its lock keeps everybody from adding to it meanwhile. If it was renewed, or
    changed in any way, since the purge was asked, it stays. What is done or
    refused already is left alone.
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
    """Do whatever was asked and is neither done nor refused; tell how many accounts went."""
    waiting = Purge.objects.waiting().order_by("id").values_list("pk", flat=True)
    return sum(end(number, at=at) for number in list(waiting))


def _lock(asked: Purge, account: Account) -> bool:
    """Lock the account, its orders and the purge, and tell whether it still waits."""
    try:
        lock(account)
    except AccountGone:
        return False
    list(Order.objects.select_for_update().filter(account=account).order_by("id"))
    return Purge.objects.select_for_update().waiting().filter(pk=asked.pk).exists()


def _refusal(asked: Purge, account: Account, *, at: datetime) -> str:
    """Say why the account may not go after all, in the language of whoever asked."""
    with override(asked.asked_by.language):
        try:
            ensure_over(account, at=at)
            ensure_exported(account)
        except Refused as refused:
            return str(refused)
    return ""


def _delete(account: Account) -> None:
    """Delete every row of the account. The triggers let go of this account's rows alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('vatio.purged_account', %s, true)", [str(account.pk)])
        for each in BELONGINGS:
            cursor.execute(
                filled(f"DELETE FROM {each.table} own WHERE {each.condition}"),  # noqa: S608
                {"account": account.pk},
            )
        cursor.execute("SELECT set_config('vatio.purged_account', '', true)")
