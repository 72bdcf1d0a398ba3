"""Locks an account: every change of an account takes this lock first.

Readings change more often than accounts, and many at once: whoever stores them holds the account
instead, which keeps it from being deleted meanwhile and nobody else from holding it too.
"""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.refusal import Refused

COLUMNS = [field.attname for field in Account._meta.concrete_fields]
LOCK = f"""
SELECT {", ".join(COLUMNS)} FROM accounts_account WHERE id = %s FOR UPDATE
"""  # noqa: S608


HOLD = """
SELECT 1 FROM accounts_account WHERE id = %(account)s AND closed_at IS NULL FOR KEY SHARE
"""


class AccountGone(Refused):
    """The account was deleted for ever, or is being deleted."""


def lock(account: Account) -> None:
    """Lock the account's row until the transaction ends, and read the row again.

    :raises AccountGone: if the account was deleted meanwhile, or is being deleted.
    """
    lock_closed(account)
    ensure_open(account)


def lock_closed(account: Account) -> None:
    """Lock the account's row as `lock` does, also while it is being deleted: for who deletes it.

    :raises AccountGone: if the account was deleted meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [account.pk])
        row = cursor.fetchone()
    if row is None:
        raise AccountGone(_("This account was deleted meanwhile."))
    for column, value in zip(COLUMNS, row, strict=True):
        setattr(account, column, value)


def ensure_open(account: Account) -> None:
    """Refuse an account that is being deleted, as far as its row was read.

    :raises AccountGone: if its deletion has begun.
    """
    if account.closed_at is not None:
        raise AccountGone(_("This account is being deleted."))


def hold(account_id: int) -> None:
    """Keep an account from being closed or deleted until the transaction ends.

    Any number of transactions may hold an account at a time; `lock` waits for all of them. One
    that needs the lock as well takes it before it holds: two that hold and then wait for the lock
    would wait for each other.

    :raises AccountGone: if the account was deleted, or is being deleted.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"account": account_id})
        if cursor.fetchone() is None:
            raise AccountGone(_("This account was deleted meanwhile."))
