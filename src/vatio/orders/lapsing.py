"""Closes the orders that an account's end has overtaken."""

from datetime import datetime, timedelta

from django.db import transaction

from vatio.accounts.expiry import GRACE_DAYS, is_expired, is_in_grace
from vatio.orders.deciding import lapse as close
from vatio.orders.models import Order

RULE = "grace"
"""The rule by which an order lapses: its account's days of grace are over."""

AT_A_TIME = 500


def lapse(*, at: datetime) -> int:
    """Let the open expansions and upgrades of accounts lapse whose grace is over.

    They could not be accepted since the account expired. Each is closed for itself,
    under its lock; what was decided meanwhile is passed over. Tells how many.
    """
    widest = at - timedelta(days=GRACE_DAYS - 2)
    overtaken = (
        Order.objects.open()
        .filter(kind__in=[Order.Kind.EXPANSION, Order.Kind.UPGRADE], account__ends_at__lt=widest)
        .select_related("account", "organisation")
        .order_by("id")[:AT_A_TIME]
    )
    return sum(_lapse(order, at=at) for order in overtaken)


@transaction.atomic
def _lapse(order: Order, *, at: datetime) -> bool:
    account = order.account
    if account is None or not is_expired(account, at=at) or is_in_grace(account, at=at):
        return False
    return close(order, rule=RULE, at=at)
