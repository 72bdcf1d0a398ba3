"""Locks an account: every change of an account takes this lock first."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.refusal import Refused

COLUMNS = [field.attname for field in Account._meta.concrete_fields]
LOCK = f"""
SELECT {", ".join(COLUMNS)} FROM accounts_account WHERE id = %s FOR UPDATE
"""  # noqa: S608


class AccountGone(Refused):
    """The account was deleted for ever."""


def lock(account: Account) -> None:
    """Lock the account's row until the transaction ends, and read the row again.

    :raises AccountGone: if the account was deleted meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [account.pk])
        row = cursor.fetchone()
    if row is None:
        raise AccountGone(_("This account was deleted meanwhile."))
    for column, value in zip(COLUMNS, row, strict=True):
        setattr(account, column, value)
