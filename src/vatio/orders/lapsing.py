"""Lapses the open orders of accounts whose days of grace are over."""

from datetime import datetime, timedelta

from django.db import transaction

from vatio.accounts.expiry import GRACE_DAYS, is_expired, is_in_grace
from vatio.orders.deciding import lapse as close
from vatio.orders.models import Order
from vatio.task_queue import each_by_itself

RULE = "grace"
"""Name of the rule by which an order lapses: its account's days of grace are over."""

AT_A_TIME = 500


def lapse(*, at: datetime) -> int:
    """Lapse open expansions and upgrades whose account's grace is over; return how many.

    Such an order cannot be accepted once its account has expired. Each order lapses in a
    transaction of its own, under its lock; an order decided meanwhile is skipped. A call
    reads at most `AT_A_TIME` orders.
    """
    widest = at - timedelta(days=GRACE_DAYS - 2)
    overtaken = (
        Order.objects.open()
        .filter(kind__in=[Order.Kind.EXPANSION, Order.Kind.UPGRADE], account__ends_at__lt=widest)
        .select_related("account", "organisation")
        .order_by("id")[:AT_A_TIME]
    )
    return sum(each_by_itself(overtaken, lambda order: _lapse(order, at=at)))


@transaction.atomic
def _lapse(order: Order, *, at: datetime) -> bool:
    account = order.account
    if account is None or not is_expired(account, at=at) or is_in_grace(account, at=at):
        return False
    return close(order, rule=RULE, at=at)
