"""Decides whether an account's administrators and viewers may enter it after its expiry."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from vatio.accounts.expiry import is_expired, is_in_grace
from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.models import Person


def is_shut(account: Account, *, at: datetime) -> bool:
    """Return whether an account's administrators and viewers are locked out.

    Administrators and viewers are locked out from the instant of expiry on, unless a renewal
    submitted by that instant still awaits a decision within the days of grace: then they
    keep read access.
    """
    return account.pk in shut_among([account], at=at)


def may_enter(person: Person, account: Account, *, leads: bool, at: datetime) -> bool:
    """Return whether a person who sees an account may enter it.

    A lockout applies to the account's administrators and viewers, never to the commercial
    department or to whoever leads the account's organisation.

    :param leads: whether the person leads that organisation, which the caller knows.
    """
    return leads or person.is_commercial or not is_shut(account, at=at)


def shut_among(accounts: Iterable[Account], *, at: datetime) -> set[int]:
    """Return the keys of the accounts that are locked, in one query for any number of them."""
    expired = [account for account in accounts if is_expired(account, at=at)]
    if not expired:
        return set()
    in_grace = [account.pk for account in expired if is_in_grace(account, at=at)]
    asked_in_time = Order.objects.open().filter(
        account__in=in_grace, kind=Order.Kind.RENEWAL, submitted_at__lte=F("account__ends_at")
    )
    enter = set(asked_in_time.values_list("account_id", flat=True))
    return {account.pk for account in expired} - enter
