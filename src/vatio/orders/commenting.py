"""What is said about an order: questions and answers, and the department's notes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.notifications import recipients
from vatio.notifications.queueing import Recipient, queue
from vatio.orders.deciding import lock_open
from vatio.orders.models import Comment, Order
from vatio.refusal import Refused
from vatio.tenants.models import Person


class NothingSaid(Refused):
    """A comment without words."""


@transaction.atomic
def comment(order: Order, words: str, *, by: Person, at: datetime) -> Comment:
    """Ask or answer something about an open order; the other side is told.

    :raises NothingSaid: if there are no words.
    :raises AlreadyDecided: if the order is no longer open.
    """
    _ensure_words(words)
    lock_open(order)
    said = _say(order, words, by=by, at=at, is_note=False)
    leads = order.organisation.is_led_by(by)
    queue(
        "order_comment",
        _department(order) if leads else recipients.leading(order.organisation),
        key=f"comment:{said.pk}",
        context={
            "number": order.number,
            "kind": order.kind,
            "account": order.account.name if order.account else order.account_name,
            "by": by.name,
            "words": said.words,
            "path": f"/orders/{order.uid}/#said",
        },
        at=at,
        organisation=order.organisation,
        account_id=order.account_id,
        order_id=order.pk,
    )
    return said


@transaction.atomic
def note(order: Order, words: str, *, by: Person, at: datetime) -> Comment:
    """Write a note that only the commercial department sees, on an order in whatever state.

    :raises NothingSaid: if there are no words.
    """
    _ensure_words(words)
    return _say(order, words, by=by, at=at, is_note=True)


def _ensure_words(words: str) -> None:
    if not words.strip():
        raise NothingSaid(_("Write something first."), field="words")


def _say(order: Order, words: str, *, by: Person, at: datetime, is_note: bool) -> Comment:
    return Comment.objects.create(
        order=order,
        organisation_id=order.organisation_id,
        person=by,
        at=at,
        is_note=is_note,
        words=words.strip(),
    )


def _department(order: Order) -> list[Recipient]:
    """Tell whoever has the order in hand or, if nobody has, all of the department."""
    if order.taken_by is not None and order.taken_by.is_active:
        return [Recipient.of(order.taken_by)]
    return recipients.commercial()
