"""Renews an account for another year: «Renovar»."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from vatio.accounts import coverage
from vatio.accounts.agreeing import agree
from vatio.accounts.expiry import Covered, has_started, is_expired, is_in_grace
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
    """A term is already waiting to start: only one may wait."""


class NotStarted(Refused):
    """The account's first term has yet to start."""


class NothingToRenew(Refused):
    """The account holds nothing that could be renewed."""


@dataclass(frozen=True)
class NextTerm:
    """The term that a renewal would create, from `starts_on` up to, not including, `ends_on`."""

    starts_on: date
    ends_on: date
    anchor_day: int


def check_renewable(account: Account, *, at: datetime) -> None:
    """Refuse to renew an account that has yet to start, or that has been renewed already.

    :raises NothingToRenew: if no day was ever covered: the first term ended on its first day.
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
    """Return the live term that has yet to start, if there is one."""
    return Term.objects.filter(
        account=account, cancelled_at__isnull=True, starts_on__gt=day_at(at, account.time_zone)
    ).first()


def foresee(account: Covered, *, asked_at: datetime, at: datetime, anchor_day: int) -> NextTerm:
    """Return the term that a renewal accepted at `at` would create.

    The new term starts where the last one ends if the renewal is accepted by then, or was
    asked for by then and is accepted in grace: nobody loses days by our being slow. Later
    it starts today: nobody pays for days they could not use. The anchor day is
    carried over only where one term follows the other on that day.

    :raises NothingToRenew: if the account has no term.
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
    """Return the anchor day of a term that comes after another.

    The anchor is carried over where one term follows the other without a gap on that
    day, clamped to the month's length; otherwise the day of `starts_on` is the new anchor.
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
    """Create the account's next term, of a year, with the licence and quantities that it holds.

    An early renewal queues behind the running term. The caller holds the account's
    lock, so the second of two concurrent renewals finds the first one's term.

    :raises NotStarted: if the first term lies ahead.
    :raises AlreadyRenewed: if a term waits to start.
    :raises NothingToRenew: if the account held nothing on its last day.
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
    coverage.extend(account, until=term.ends_on, at=at)
    return term


def _last_day(account: Account) -> date:
    return (account.covered_until or date.min + timedelta(days=1)) - timedelta(days=1)


def last_term(account: Account) -> Term | None:
    """Return the term that covers the account's last day, if there is one."""
    return Term.objects.filter(account=account, live__contains=_last_day(account)).first()
