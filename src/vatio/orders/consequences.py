"""Computes what accepting an order does to an account: quantities, credits and days, no words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum

from vatio.accounts import growth, holdings, renewal
from vatio.accounts.holdings import Holding
from vatio.accounts.models import Account, SmsTransaction, Term
from vatio.accounts.opening import first_term
from vatio.accounts.renewal import NextTerm
from vatio.catalogue.models import LicenceVersion
from vatio.dates import day_at
from vatio.orders.models import Order
from vatio.orders.proposal import Proposal
from vatio.tenants.models import Person
from vatio.units import Quantities, Unit, sold_units

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Difference:
    """A number before and after an order is accepted."""

    before: int
    after: int

    @property
    def added(self) -> int:
        """The increase: `after` less `before`."""
        return self.after - self.before


Differences = Mapping[Unit, Difference]
"""The difference of every unit that the account's billing sells, changed or not."""


@dataclass(frozen=True)
class OpeningConsequence:
    """An account opens: its quantities beside its licence's defaults, and its first term.

    `ends_on` is the first day that the term does not cover.
    """

    quantities: Differences
    months: int
    ends_on: date


@dataclass(frozen=True)
class RenewalConsequence:
    """An account is renewed for another term."""

    term: NextTerm


@dataclass(frozen=True)
class GrowthConsequence:
    """An account holds more until its term ends, and in the waiting term if that is affected."""

    licence: LicenceVersion | None
    quantities: Differences
    credits: Difference | None
    ends_on: date
    waiting: Term | None


Consequence = OpeningConsequence | RenewalConsequence | GrowthConsequence


def foresee(
    order: Order, proposal: Proposal, holding: Holding | None, *, at: datetime
) -> Consequence | None:
    """Compute what accepting a proposal for an order would do; None if that is not known.

    :param holding: what the account holds; None for an opening.
    :raises HasExpired: if the account would have to be renewed before it grows.
    """
    if order.kind == Order.Kind.OPENING and proposal.months:
        _starts_on, ends_on = first_term(proposal.months, time_zone=order.time_zone, at=at)
        return OpeningConsequence(quantities(order, proposal, None), proposal.months, ends_on)
    account = order.account
    if account is None or holding is None:
        return None
    if order.kind == Order.Kind.RENEWAL:
        term = renewal.foresee(
            account, asked_at=order.submitted_at, at=at, anchor_day=holding.anchor_day
        )
        return RenewalConsequence(term)
    affected = growth.affected_terms(account, at=at)
    return GrowthConsequence(
        licence=proposal.licence,
        quantities=quantities(order, proposal, holding),
        credits=_credits_added(account, proposal),
        ends_on=holding.ends_on,
        waiting=affected.waiting,
    )


def quantities(order: Order, proposal: Proposal, holding: Holding | None) -> Differences:
    """Return the quantity of each unit before and after a proposal for an order.

    Before an opening stand the licence's defaults, before any other order what the account
    holds. A renewal changes no quantity, and returns no differences.
    """
    if order.kind == Order.Kind.OPENING and proposal.licence is not None:
        licence = proposal.licence
        return _differences(licence.billing, licence.defaults, proposal.quantities)
    if holding is None or order.kind == Order.Kind.RENEWAL:
        return {}
    if proposal.licence is not None:
        return _differences(holding.billing, holding.totals, holding.under(proposal.licence))
    return expanded(holding, proposal.quantities)


def expanded(holding: Holding, added: Quantities) -> Differences:
    """Return the quantity of each unit held before and after adding quantities."""
    return _differences(holding.billing, holding.totals, holding.totals.plus(added))


def held_before(order: Order, account: Account, *, at: datetime) -> Holding | None:
    """Return what the account held before the order: now, or as known just before its decision."""
    if order.decided_at is None:
        return holdings.shown([account], at=at).get(account.pk)
    day = day_at(order.decided_at, account.time_zone)
    return holdings.held(account, day, known_at=order.decided_at - INSTANT)


def credits(order: Order, person: Person) -> Difference:
    """Return the SMS credits before and after an order: as of now, or of its decision."""
    transactions = SmsTransaction.objects.visible_to(person).filter(account=order.account)
    if order.decided_at is not None:
        transactions = transactions.filter(at__lt=order.decided_at)
    before = int(transactions.aggregate(sum=Sum("credits", default=0))["sum"])
    return Difference(before, before + order.sms_credits)


def _credits_added(account: Account, proposal: Proposal) -> Difference | None:
    if not proposal.sms_credits:
        return None
    balance = account.wallet.balance
    return Difference(balance, balance + proposal.sms_credits)


def _differences(billing: str, before: Quantities, after: Quantities) -> Differences:
    return {unit: Difference(before[unit] or 0, after[unit] or 0) for unit in sold_units(billing)}
