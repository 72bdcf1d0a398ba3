"""Assigns open orders to people of the commercial department («Tomar»), and releases them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.history.recording import record
from vatio.orders.locking import lock_open
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.models import Person


class TakenMeanwhile(Refused):
    """The order was assigned or released by somebody else after the page was shown."""


@transaction.atomic
def take(order: Order, *, seen: int | None, by: Person, at: datetime) -> None:
    """Assign an open order to `by`, whether or not somebody else had it.

    :param seen: key of the assignee that the page showed; None for nobody.
    :raises TakenMeanwhile: if the order has another assignee by now.
    :raises AlreadyDecided: if the order is no longer open.
    """
    _pass_on(order, to=by, seen=seen, by=by, at=at)


@transaction.atomic
def let_go(order: Order, *, by: Person, at: datetime) -> None:
    """Release an order that is assigned to `by`, so that the order returns to the queue.

    :raises TakenMeanwhile: if the order has another assignee by now, or none.
    :raises AlreadyDecided: if the order is no longer open.
    """
    _pass_on(order, to=None, seen=by.pk, by=by, at=at)


def _pass_on(
    order: Order, *, to: Person | None, seen: int | None, by: Person, at: datetime
) -> None:
    lock_open(order)
    if order.taken_by_id != seen:
        words = (
            _("%(who)s has this order in hand.") % {"who": order.taken_by.name}
            if order.taken_by
            else _("Nobody has this order in hand any more.")
        )
        raise TakenMeanwhile(words)
    if order.taken_by == to:
        return
    order.taken_by = to
    order.save(update_fields=["taken_by"])
    record(
        "order.taken" if to else "order.let_go",
        at=at,
        by=by,
        organisation=order.organisation,
        account_id=order.account_id,
        order_id=order.pk,
        facts={"number": order.number, "kind": order.kind},
    )
