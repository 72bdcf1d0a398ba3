"""Accepts, rejects, withdraws and lapses orders: only the first decision on an order counts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts import renewal
from vatio.accounts.models import Account, Agreement
from vatio.history.recording import record
from vatio.notifications.queueing import queue_to_leaders
from vatio.orders.carrying_out import carry_out, days_of
from vatio.orders.locking import AlreadyDecided, lock_open
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.folding import tidy
from vatio.tenants.models import Person
from vatio.units import Unit


class OwnOrder(Refused):
    """The person who would decide the order submitted it."""


class RejectionWithoutReason(Refused):
    """The rejection has no reason."""


@transaction.atomic
def accept(order: Order, *, by: Person, at: datetime) -> Agreement:
    """Accept an order and carry out all that it asks for, or nothing.

    :raises AlreadyDecided: if the order is no longer open.
    :raises OwnOrder: if the same person submitted the order.
    :raises NameTaken: if an account took the opening's name meanwhile.
    :raises AlreadyRenewed: if the account was renewed meanwhile.
    """
    lock_open(order)
    _ensure_somebody_elses(order, by)
    done = carry_out(order, order.proposal, by=by, at=at)
    _decide(order, Order.State.ACCEPTED, by=by, at=at, agreement=done.agreement, facts=done.facts)
    return done.agreement


@transaction.atomic
def accept_by_rule(order: Order, account: Account, *, rule: str, at: datetime) -> Agreement:
    """Accept a renewal by a named rule, in the transaction that submits the renewal.

    :raises AlreadyRenewed: if the account was renewed meanwhile.
    """
    term = renewal.renew(account, asked_at=order.submitted_at, at=at, by=None, rule=rule)
    _decide(
        order,
        Order.State.ACCEPTED,
        by=None,
        rule=rule,
        at=at,
        agreement=term.agreement,
        facts=days_of(term.starts_on, term.ends_on),
    )
    return term.agreement


@transaction.atomic
def reject(order: Order, *, reason: str, by: Person, at: datetime) -> None:
    """Reject an order, and notify those who lead its organisation of the reason.

    :raises RejectionWithoutReason: if the reason is blank.
    :raises AlreadyDecided: if the order is no longer open.
    :raises OwnOrder: if the same person submitted the order.
    """
    if not tidy(reason):
        raise RejectionWithoutReason(
            _("Write the reason: it is sent to whoever asked."), field="reason"
        )
    lock_open(order)
    _ensure_somebody_elses(order, by)
    _decide(order, Order.State.REJECTED, by=by, at=at, reason=reason.strip())


@transaction.atomic
def withdraw(order: Order, *, by: Person, at: datetime) -> None:
    """Withdraw an order that nobody has decided yet.

    :raises AlreadyDecided: if the order is no longer open.
    """
    lock_open(order)
    _decide(order, Order.State.WITHDRAWN, by=by, at=at)


@transaction.atomic
def lapse(order: Order, *, rule: str, at: datetime) -> bool:
    """Lapse an open order by a named rule; return whether the order was still open."""
    try:
        lock_open(order)
    except AlreadyDecided:
        return False
    _decide(order, Order.State.LAPSED, by=None, rule=rule, at=at)
    return True


def _ensure_somebody_elses(order: Order, by: Person) -> None:
    if order.is_submitted_by(by):
        raise OwnOrder(_("You sent this order: somebody else has to decide it."))


def _gained(about: Mapping[str, object]) -> dict[str, object]:
    """Return the quantities that an order added, from the facts about the order."""
    return {unit: about[unit] for unit in (*Unit, "sms_credits") if about.get(unit)}


def _decide(
    order: Order,
    state: Order.State,
    *,
    by: Person | None,
    at: datetime,
    rule: str = "",
    reason: str = "",
    agreement: Agreement | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    order.state = state
    order.decided_by = by
    order.decided_at = at
    order.rule = rule
    order.reason = reason
    order.agreement = agreement
    if agreement is not None:
        order.account = agreement.account
    order.save(
        update_fields=[
            "state",
            "decided_by",
            "decided_at",
            "rule",
            "reason",
            "agreement",
            "account",
        ]
    )
    about = {
        "number": order.number,
        "kind": order.kind,
        "account": order.account.name if order.account else order.account_name,
        "reason": reason,
        "rule": rule,
        **(facts or {}),
    }
    record(
        f"order.{state.value}",
        at=at,
        by=by,
        rule=rule,
        organisation=order.organisation,
        account_id=order.account_id,
        order_id=order.pk,
        facts=about,
    )
    if state != Order.State.WITHDRAWN:
        queue_to_leaders(
            f"order_{state.value}",
            order.organisation,
            key=f"order:{order.pk}:{state.value}",
            context={**about, "gained": _gained(about), "path": f"/orders/{order.uid}/"},
            at=at,
            account_id=order.account_id,
            order_id=order.pk,
        )
