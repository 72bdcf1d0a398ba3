"""Whether an account's own people may enter it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from vatio.accounts.expiry import is_expired, is_in_grace
from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.models import Person


def is_shut(account: Account, *, at: datetime) -> bool:
    """Tell whether an account's administrators and viewers are kept out.

    They are from the instant of its expiry on, unless a renewal that was asked in
    time still awaits a decision within the grace: then they enter and look.
    """
    return account.pk in shut_among([account], at=at)


def may_enter(person: Person, account: Account, *, leads: bool, at: datetime) -> bool:
    """Return whether a person who sees an account may enter it.

    Its own people are kept out while it is shut; the commercial department and whoever
    leads its organisation never are.

    :param leads: whether the person does, which whoever asks has found out already.
    """
    return leads or person.is_commercial or not is_shut(account, at=at)


def shut_among(accounts: Iterable[Account], *, at: datetime) -> set[int]:
    """Tell of which accounts that is so, in one statement for any number of them."""
    expired = [account for account in accounts if is_expired(account, at=at)]
    if not expired:
        return set()
    in_grace = [account.pk for account in expired if is_in_grace(account, at=at)]
    asked_in_time = Order.objects.open().filter(
        account__in=in_grace, kind=Order.Kind.RENEWAL, submitted_at__lte=F("account__ends_at")
    )
    enter = set(asked_in_time.values_list("account_id", flat=True))
    return {account.pk for account in expired} - enter
