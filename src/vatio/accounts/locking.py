"""Locks an account: the first lock that any change of it takes."""

from vatio.accounts.models import Account


def lock(account: Account) -> None:
    """Lock the account's row until the transaction ends, and read it afresh."""
    account.refresh_from_db(from_queryset=Account.objects.select_for_update(of=("self",)))
