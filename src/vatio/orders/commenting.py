"""Adds comments to an order: questions and answers, and the department's notes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.notifications import recipients
from vatio.notifications.queueing import Recipient, queue
from vatio.orders.locking import lock_open
from vatio.orders.models import Comment, Order
from vatio.refusal import Refused
from vatio.tenants.folding import tidy
from vatio.tenants.models import Person


class NothingSaid(Refused):
    """The comment is blank."""


@transaction.atomic
def comment(order: Order, words: str, *, by: Person, at: datetime) -> Comment:
    """Add a question or an answer to an open order, and notify the other side.

    :raises NothingSaid: if the comment is blank.
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
    """Add a note that only the commercial department sees, to an order in any state.

    :raises NothingSaid: if the note is blank.
    """
    _ensure_words(words)
    return _say(order, words, by=by, at=at, is_note=True)


def _ensure_words(words: str) -> None:
    if not tidy(words):
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
    """Return the active assignee of the order or, if there is none, the whole department."""
    if order.taken_by is not None and order.taken_by.is_active:
        return [Recipient.of(order.taken_by)]
    return recipients.commercial()
