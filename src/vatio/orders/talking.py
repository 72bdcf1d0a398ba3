"""What is said about an order: questions and answers, notes, and who takes it in hand."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.history.telling import tell
from vatio.notifications import readers
from vatio.notifications.queueing import Reader, queue
from vatio.orders.deciding import lock_open
from vatio.orders.models import Comment, Order
from vatio.refusal import Refused
from vatio.tenants.models import Person


class NothingSaid(Refused):
    """A comment without words."""


class TakenMeanwhile(Refused):
    """Somebody else took the order, or let go of it, since the page was shown."""


@transaction.atomic
def comment(order: Order, words: str, *, by: Person, at: datetime) -> Comment:
    """Ask or answer something about an open order; the other side is told.

    :raises NothingSaid: if there are no words.
    :raises AlreadyDecided: if the order is no longer open.
    """
    _ensure_words(words)
    lock_open(order)
    said = _say(order, words, by=by, at=at, is_note=False)
    leads = order.organisation.memberships.filter(person=by).exists()
    queue(
        "order_comment",
        _department(order) if leads else readers.leading(order.organisation),
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
    )
    return said


@transaction.atomic
def note(order: Order, words: str, *, by: Person, at: datetime) -> Comment:
    """Write a note that only the commercial department sees, on an order in whatever state.

    :raises NothingSaid: if there are no words.
    """
    _ensure_words(words)
    return _say(order, words, by=by, at=at, is_note=True)


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
    tell(
        "order.taken" if to else "order.let_go",
        at=at,
        by=by,
        organisation=order.organisation,
        account_id=order.account_id,
        order_id=order.pk,
        facts={"number": order.number, "kind": order.kind},
    )


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


def _department(order: Order) -> list[Reader]:
    """Tell whoever has the order in hand or, if nobody has, all of the department."""
    if order.taken_by is not None and order.taken_by.is_active:
        return [Reader.of(order.taken_by)]
    return readers.commercial()
