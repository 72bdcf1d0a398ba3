"""Whether an account's own people may enter it."""

from datetime import datetime

from vatio.accounts.expiry import is_expired, is_in_grace
from vatio.accounts.models import Account
from vatio.orders.models import Order


def is_shut(account: Account, *, at: datetime) -> bool:
    """Tell whether an account's administrators and viewers are kept out.

    They are from the instant of its expiry on, unless a renewal that was asked in
    time still awaits a decision within the grace: then they enter and look.
    """
    if not is_expired(account, at=at):
        return False
    if not is_in_grace(account, at=at):
        return True
    asked_in_time = Order.objects.open().filter(
        account=account, kind=Order.Kind.RENEWAL, submitted_at__lte=account.ends_at
    )
    return not asked_in_time.exists()
