"""Gives an account another year."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage
from vatio.accounts.agreeing import agree
from vatio.accounts.expiry import has_started, is_expired, is_in_grace
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, Agreement, Term
from vatio.accounts.opening import grant
from vatio.dates import add_months, day_at, is_anchored, written
from vatio.refusal import Refused
from vatio.tenants.models import Person

MONTHS = 12
TRUSTED = "trusted"
"""The rule by which a trusted organisation's renewal takes effect at once."""


class AlreadyRenewed(Refused):
    """Another term is already waiting to start: only one may."""


class NotStarted(Refused):
    """The account's first term has yet to start."""


class NothingToRenew(Refused):
    """The account holds nothing that could be held for another year."""


@dataclass(frozen=True)
class NextTerm:
    """The year that a renewal would give."""

    starts_on: date
    ends_on: date
    anchor_day: int


def check_renewable(account: Account, *, at: datetime) -> None:
    """Refuse to renew an account that has yet to start, or that has been renewed already.

    One that was ended on its first day held nothing that could go on.

    :raises NothingToRenew: if no day was ever covered.
    :raises NotStarted: if the first term lies ahead.
    :raises AlreadyRenewed: if a term waits to start.
    """
    if not has_started(account, at=at):
        raise NotStarted(_("This account has yet to start: it can be renewed from then on."))
    if account.covered_until == account.opened_on:
        raise NothingToRenew(_("This account never held anything: ask for a new one."))
    waiting = waiting_term(account, at=at)
    if waiting is not None:
        raise AlreadyRenewed(
            _("This account is already renewed, until %(day)s.") % {"day": written(waiting.ends_on)}
        )


def waiting_term(account: Account, *, at: datetime) -> Term | None:
    """Find the term that follows the running one, if the account has been renewed."""
    return Term.objects.filter(
        account=account, cancelled_at__isnull=True, starts_on__gt=day_at(at, account.time_zone)
    ).first()


def foresee(account: Account, *, asked_at: datetime, at: datetime, anchor_day: int) -> NextTerm:
    """Tell which year a renewal accepted now would give.

    It starts where the running term ends if it is accepted by then, or was asked
    by then and is accepted in grace: nobody loses days by our being slow. Later
    it starts today: nobody pays for days they could not use. The anchor day is
    carried over only where one term follows the other on that day.
    """
    last_end = account.covered_until
    if last_end is None or account.ends_at is None:
        raise NothingToRenew(_("This account holds nothing to renew."))
    asked_in_time = asked_at <= account.ends_at
    in_time = not is_expired(account, at=at) or (asked_in_time and is_in_grace(account, at=at))
    starts_on = last_end if in_time else day_at(at, account.time_zone)
    anchor = next_anchor(starts_on, last_end=last_end, anchor_day=anchor_day)
    return NextTerm(starts_on, add_months(starts_on, MONTHS, anchor_day=anchor), anchor)


def next_anchor(starts_on: date, *, last_end: date, anchor_day: int) -> int:
    """Tell the anchor day of a term that comes after another.

    It is carried over where the one follows the other on that day, clamped to its
    month; otherwise the start's day is the new anchor.
    """
    follows = starts_on == last_end and is_anchored(starts_on, anchor_day)
    return anchor_day if follows else starts_on.day


def renew(
    account: Account,
    *,
    asked_at: datetime,
    at: datetime,
    by: Person | None,
    rule: str = "",
) -> Term:
    """Give an account another year under the licence and the quantities that it holds.

    An early renewal queues behind the running term. Whoever calls it has locked the
    account, so of two that come together the second meets the first one's term.

    :raises NotStarted: if the first term lies ahead.
    :raises AlreadyRenewed: if a term waits to start.
    """
    check_renewable(account, at=at)
    holding = held(account, _last_day(account))
    if holding is None:
        raise NothingToRenew(_("This account holds nothing to renew."))
    year = foresee(account, asked_at=asked_at, at=at, anchor_day=holding.anchor_day)
    agreement = agree(account, kind=Agreement.Kind.RENEWAL, at=at, by=by, rule=rule)
    term = Term.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        agreement=agreement,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        anchor_day=year.anchor_day,
    )
    grant(
        term,
        agreement,
        version_id=holding.licence_id,
        extras=holding.extras,
        effective_on=term.starts_on,
        at=at,
    )
    coverage.extend(account, until=term.ends_on)
    return term


def _last_day(account: Account) -> date:
    return (account.covered_until or date.min + timedelta(days=1)) - timedelta(days=1)


def last_term(account: Account) -> Term | None:
    """Find the term that covers the account's last day."""
    return Term.objects.filter(account=account, live__contains=_last_day(account)).first()
