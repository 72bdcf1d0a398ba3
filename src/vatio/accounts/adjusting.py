"""Adjusts an account: quantities, SMS credits, an early end, courtesy days, each with a reason."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage, growth, wallet
from vatio.accounts.agreeing import agree
from vatio.accounts.holdings import held
from vatio.accounts.locking import lock
from vatio.accounts.models import Account, Agreement, Term
from vatio.accounts.opening import MOST_OF_A_UNIT, WrongQuantity, grant
from vatio.accounts.renewal import (
    AlreadyRenewed,
    NothingToRenew,
    last_term,
    next_anchor,
    waiting_term,
)
from vatio.dates import day_at, written
from vatio.history.recording import record
from vatio.notifications.queueing import queue_to_leaders
from vatio.refusal import Refused
from vatio.tenants.folding import tidy
from vatio.tenants.models import Person
from vatio.units import Quantities, Unit

MOST_COURTESY_DAYS = 92


class AdjustmentWithoutReason(Refused):
    """The adjustment has no reason."""


class NothingAdjusted(Refused):
    """The adjustment would leave everything as it is."""


class HoldingChangedMeanwhile(Refused):
    """What the account holds has changed since the form was shown."""


class WrongEnd(Refused):
    """The day is past or not before the running term's end, or the term was ended early before."""


class WrongCourtesy(Refused):
    """The number of courtesy days is below 1 or above `MOST_COURTESY_DAYS`."""


@transaction.atomic
def adjust_quantities(
    account: Account,
    totals: Quantities,
    *,
    reason: str,
    by: Person,
    at: datetime,
    token: UUID | None = None,
    seen: Sequence[int | None] | None = None,
) -> Agreement:
    """Set an account's quantities from today, fewer or more; its licence stays.

    The difference is granted as extras, negative where the total falls, in the running
    term and in a waiting one under the same licence. Nothing in use is removed.

    :param totals: the new total of each unit that the licence counts; None leaves it.
    :param seen: the totals that the form showed, if a form showed any.
    :param token: the form's idempotency key.
    :raises AdjustmentWithoutReason: if the reason is empty.
    :raises HoldingChangedMeanwhile: if the totals are no longer those in `seen`.
    :raises HasExpired: if the account has expired.
    :raises WrongQuantity: if a total is negative or above `MOST_OF_A_UNIT`, or of a unit
        that the licence does not count.
    :raises NothingAdjusted: if every total is already today's.
    :raises SentBefore: if a form with this token was submitted before.
    """
    _ensure_reason(reason)
    lock(account)
    affected = growth.affected_terms(account, at=at)
    before = affected.holding.totals
    if seen is not None and tuple(seen) != before.listed:
        raise HoldingChangedMeanwhile(
            _("What it holds has changed since this page was shown. Look at it, and adjust again.")
        )
    change = Quantities.each(lambda unit: _change(unit, before[unit], totals[unit]))
    if not any(number for _unit, number in change.items()):
        raise NothingAdjusted(_("These are the quantities of today: nothing would change."))
    agreement = agree(
        account, kind=Agreement.Kind.ADJUSTMENT, at=at, by=by, note=reason.strip(), token=token
    )
    growth.give(account, affected, agreement, version_id=None, extras=change, at=at)
    after = before.plus(change)
    facts = {
        "before": {unit: number for unit, number in before.items() if number is not None},
        "after": {unit: number for unit, number in after.items() if number is not None},
    }
    _announce(account, agreement, change="quantities", facts=facts)
    return agreement


@transaction.atomic
def adjust_credits(
    account: Account,
    credits: int,
    *,
    reason: str,
    by: Person,
    at: datetime,
    token: UUID | None = None,
) -> Agreement:
    """Add SMS credits to an account's wallet or, if `credits` is negative, remove some.

    :raises NothingAdjusted: if `credits` is 0.
    :raises NotEnoughCredits: if the balance would fall below zero.
    """
    _ensure_reason(reason)
    if credits == 0:
        raise NothingAdjusted(_("Write how many credits to add or to take."), field="credits")
    lock(account)
    agreement = agree(
        account, kind=Agreement.Kind.ADJUSTMENT, at=at, by=by, note=reason.strip(), token=token
    )
    balance = wallet.adjust(account, credits, at=at, agreement=agreement)
    _announce(account, agreement, change="credits", facts={"credits": credits, "balance": balance})
    return agreement


@transaction.atomic
def end_early(
    account: Account, on: date, *, reason: str, by: Person, at: datetime, token: UUID | None = None
) -> Agreement:
    """End an account's running term early, and cancel a waiting term in the same act.

    :param on: the exclusive end: the account expires at the first instant of this day in
        its time zone. Today or later.
    :raises HasExpired: if the account has expired.
    :raises WrongEnd: if `on` is past or not before the running term's end, or if the term
        was ended early before.
    """
    _ensure_reason(reason)
    lock(account)
    holding = growth.affected_terms(account, at=at).holding
    running = Term.objects.get(pk=holding.term_id)
    if running.closed_on is not None:
        raise WrongEnd(
            _("Its end was brought forward already, to %(day)s: that is done once.")
            % {"day": written(running.closed_on)},
            field="on",
        )
    first = max(day_at(at, account.time_zone), running.starts_on)
    if not first <= on < running.ends_on:
        raise WrongEnd(
            _("Choose a day from %(first)s on, before %(last)s.")
            % {"first": written(first), "last": written(running.ends_on)},
            field="on",
        )
    waiting = waiting_term(account, at=at)
    if waiting is not None and waiting.pk != running.pk:
        waiting.cancelled_at = at
        waiting.save(update_fields=["cancelled_at"])
    agreement = agree(
        account, kind=Agreement.Kind.ADJUSTMENT, at=at, by=by, note=reason.strip(), token=token
    )
    running.closed_on = on
    running.closed_by = agreement
    running.save(update_fields=["closed_on", "closed_by"])
    before = account.covered_until
    coverage.write(account, at=at)
    _announce(
        account, agreement, change="end", facts={"before": str(before), "after": on.isoformat()}
    )
    return agreement


@transaction.atomic
def give_courtesy(
    account: Account, days: int, *, reason: str, by: Person, at: datetime, token: UUID | None = None
) -> Agreement:
    """Create a short term with what the account last held, from its end or, if later, from today.

    :raises WrongCourtesy: if the days are fewer than 1 or more than `MOST_COURTESY_DAYS`.
    :raises AlreadyRenewed: if a term waits to start.
    :raises NothingToRenew: if the account held nothing on its last day.
    """
    _ensure_reason(reason)
    if not 1 <= days <= MOST_COURTESY_DAYS:
        raise WrongCourtesy(
            _("Write a number from 1 to %(most)s.") % {"most": MOST_COURTESY_DAYS}, field="days"
        )
    lock(account)
    waiting = waiting_term(account, at=at)
    if waiting is not None:
        raise AlreadyRenewed(
            _("Another term already waits to start on %(day)s: there is no gap to bridge.")
            % {"day": written(waiting.starts_on)}
        )
    last = last_term(account)
    end = account.covered_until
    holding = held(account, end - timedelta(days=1)) if end else None
    if last is None or end is None or holding is None:
        raise NothingToRenew(_("This account holds nothing that could go on."))
    starts_on = max(end, day_at(at, account.time_zone))
    agreement = agree(
        account, kind=Agreement.Kind.ADJUSTMENT, at=at, by=by, note=reason.strip(), token=token
    )
    term = Term.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        agreement=agreement,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=days),
        anchor_day=next_anchor(starts_on, last_end=end, anchor_day=last.anchor_day),
    )
    grant(
        term,
        agreement,
        version_id=holding.licence_id,
        extras=holding.extras,
        effective_on=starts_on,
        at=at,
    )
    coverage.write(account, at=at)
    _announce(
        account,
        agreement,
        change="courtesy",
        facts={"before": end.isoformat(), "after": term.ends_on.isoformat(), "days": days},
    )
    return agreement


def _ensure_reason(reason: str) -> None:
    if not tidy(reason):
        raise AdjustmentWithoutReason(
            _("Write the reason: it is sent to the organisation."), field="reason"
        )


def _change(unit: Unit, own: int | None, total: int | None) -> int:
    if total is None:
        return 0
    if own is None:
        raise WrongQuantity(_("The account's licence does not count this."), field=unit)
    if not 0 <= total <= MOST_OF_A_UNIT:
        raise WrongQuantity(_("Write a number from 0 on."), field=unit)
    return total - own


def _announce(
    account: Account, agreement: Agreement, *, change: str, facts: Mapping[str, object]
) -> None:
    about = {"change": change, "reason": agreement.note, **facts}
    record(
        "account.adjusted",
        at=agreement.decided_at,
        by=agreement.decided_by,
        organisation=account.organisation,
        account_id=account.pk,
        facts={"number": agreement.number, **about},
    )
    queue_to_leaders(
        "account_adjusted",
        account.organisation,
        key=f"agreement:{agreement.pk}",
        context={"account": account.name, "path": f"/accounts/{account.uid}/", **about},
        at=agreement.decided_at,
        account_id=account.pk,
    )
