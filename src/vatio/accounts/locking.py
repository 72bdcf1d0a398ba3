"""Locks an account: every change of an account takes this lock first."""

from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.refusal import Refused


class AccountGone(Refused):
    """The account was deleted for ever."""


def lock(account: Account) -> None:
    """Lock the account's row until the transaction ends, and read the row again.

    :raises AccountGone: if the account was deleted meanwhile.
    """
    try:
        account.refresh_from_db(from_queryset=Account.objects.select_for_update(of=("self",)))
    except Account.DoesNotExist:
        raise AccountGone(_("This account was deleted meanwhile.")) from None
