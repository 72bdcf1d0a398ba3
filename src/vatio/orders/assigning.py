"""Who of the commercial department has an order in hand: «Tomar»."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.history.recording import record
from vatio.orders.deciding import lock_open
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.models import Person


class TakenMeanwhile(Refused):
    """Somebody else took the order, or let go of it, since the page was shown."""


@transaction.atomic
def take(order: Order, *, seen: int | None, by: Person, at: datetime) -> None:
    """Take an open order in hand, from nobody or from whoever had it.

    :param seen: who had it when the page was shown.
    :raises TakenMeanwhile: if somebody else has it by now.
    :raises AlreadyDecided: if the order is no longer open.
    """
    _pass_on(order, to=by, seen=seen, by=by, at=at)


@transaction.atomic
def let_go(order: Order, *, by: Person, at: datetime) -> None:
    """Give an order that one has in hand back to the queue.

    :raises TakenMeanwhile: if somebody else has it by now.
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
