"""Carries out what an accepted order proposes, by the rule of `accounts` for the order's kind."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from vatio.accounts import growth, non_renewal, renewal
from vatio.accounts.models import Account, Agreement
from vatio.accounts.opening import open_account
from vatio.orders.models import Order
from vatio.orders.proposal import Proposal
from vatio.tenants.models import Person

Thing = TypeVar("Thing")
Facts = dict[str, object]


@dataclass(frozen=True)
class CarriedOut:
    """The agreement that an order became, and its facts for the history and the message."""

    agreement: Agreement
    facts: Facts


def carry_out(order: Order, proposal: Proposal, *, by: Person, at: datetime) -> CarriedOut:
    """Carry out a proposal for an order whose account is locked.

    :raises Refused: whatever the rule of the order's kind refuses.
    """
    if order.kind == Order.Kind.OPENING:
        return _open(order, proposal, by=by, at=at)
    account = _there(order.account)
    if order.kind == Order.Kind.RENEWAL:
        return _renew(order, account, by=by, at=at)
    if order.kind == Order.Kind.UPGRADE:
        licence = _there(proposal.licence)
        agreement = growth.upgrade(account, licence, at=at, by=by)
        return CarriedOut(agreement, {"licence": licence.licence.name})
    added, credits = proposal.quantities, proposal.sms_credits
    agreement = growth.expand(account, added, sms_credits=credits, at=at, by=by)
    return CarriedOut(agreement, {**added.columns(), "sms_credits": credits})


def days_of(starts_on: date | None, ends_on: date | None) -> Facts:
    """Return the days that an accepted order covers, `ends_on` excluded, as ISO 8601 facts."""
    return {"starts_on": _there(starts_on).isoformat(), "ends_on": _there(ends_on).isoformat()}


def _open(order: Order, proposal: Proposal, *, by: Person, at: datetime) -> CarriedOut:
    agreement = open_account(
        order.organisation,
        order.project,
        version=_there(proposal.licence),
        totals=proposal.quantities,
        months=_there(proposal.months),
        sms_credits=proposal.sms_credits,
        at=at,
        by=by,
    )
    account = agreement.account
    return CarriedOut(agreement, days_of(account.opened_on, account.covered_until))


def _renew(order: Order, account: Account, *, by: Person, at: datetime) -> CarriedOut:
    if account.not_renewing_since is not None:
        non_renewal.stay(account, by=by, at=at)
    term = renewal.renew(account, asked_at=order.submitted_at, at=at, by=by)
    return CarriedOut(term.agreement, days_of(term.starts_on, term.ends_on))


def _there(value: Thing | None) -> Thing:
    """Return a value that a check constraint requires of every order of the kind."""
    if value is None:
        raise AssertionError("the database lets no order of this kind be without it")
    return value
