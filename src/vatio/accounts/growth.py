"""Expands an account, or upgrades its licence, for the rest of its term."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from vatio.accounts import current_holdings, wallet
from vatio.accounts.agreeing import agree
from vatio.accounts.expiry import is_expired
from vatio.accounts.holdings import Holding, held, shown_day
from vatio.accounts.models import Account, Agreement, Term
from vatio.accounts.opening import MOST_OF_A_UNIT, WrongQuantity, grant
from vatio.accounts.renewal import waiting_term
from vatio.catalogue.models import LicenceVersion
from vatio.dates import written
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.units import Quantities, sold_units


class HasExpired(Refused):
    """The account has expired: it has to be renewed before it grows."""


class NothingAdded(Refused):
    """The expansion adds nothing."""


class NotAnUpgrade(Refused):
    """The licence has another billing, includes less, or is the one that the account holds."""


@dataclass(frozen=True)
class AffectedTerms:
    """The terms that growth affects: the running one, and a waiting one of the same licence."""

    holding: Holding
    waiting: Term | None


def affected_terms(account: Account, *, at: datetime) -> AffectedTerms:
    """Return what the account holds now, and the waiting term if that grows with it.

    An account that has yet to start grows in its first term. A waiting term under
    another licence was agreed separately, and does not grow.

    :raises HasExpired: if the account's last term has ended.
    """
    if is_expired(account, at=at):
        end = written(account.covered_until) if account.covered_until else "–"
        raise HasExpired(_("This account expired on %(day)s. Renew it first.") % {"day": end})
    day = shown_day(account, at=at)
    holding = held(account, day) if day else None
    if holding is None:
        raise HasExpired(_("This account holds nothing that could grow."))
    waiting = waiting_term(account, at=at)
    if waiting is None or waiting.pk == holding.term_id:
        return AffectedTerms(holding, None)
    following = held(account, waiting.starts_on)
    same = following is not None and following.licence_id == holding.licence_id
    return AffectedTerms(holding, waiting if same else None)


def check_added(billing: str, asked: Quantities, sms_credits: int) -> Quantities:
    """Return the quantities that a form adds: an empty unit is 0, one not sold by the billing None.

    :raises WrongQuantity: if a unit belongs to the other billing, or its number is negative
        or above `MOST_OF_A_UNIT`.
    :raises NothingAdded: if neither a unit nor SMS credits are asked for.
    """
    units = sold_units(billing)
    for unit, number in asked.items():
        if unit not in units and number is not None:
            raise WrongQuantity(_("This account is not billed by that."), field=unit)
        if number is not None and not 0 <= number <= MOST_OF_A_UNIT:
            raise WrongQuantity(_("Write a number from 0 on."), field=unit)
    if not sms_credits and not any(asked[unit] for unit in units):
        raise NothingAdded(_("Write how many of something you want to add."))
    return Quantities.each(lambda unit: (asked[unit] or 0) if unit in units else None)


def better(account: Account, holding: Holding) -> list[LicenceVersion]:
    """Return the published licence versions that the account may be upgraded to.

    Such a version has the same billing, and no default lower than those of the
    licence held: a lower licence comes only with the next term.
    """
    offered = (
        LicenceVersion.objects.published()
        .filter(billing=holding.billing)
        .exclude(pk=holding.licence_id)
        .select_related("licence")
        .order_by("meters", "data_points", "id")
    )
    return [
        version
        for version in offered
        if all(
            (own or 0) >= (holding.defaults[unit] or 0) for unit, own in version.defaults.items()
        )
    ]


def expand(
    account: Account, added: Quantities, *, sms_credits: int, at: datetime, by: Person
) -> Agreement:
    """Grant extras to the running term from today, and to an affected waiting one from its start.

    The caller holds the account's lock.

    :raises HasExpired: if the account has expired.
    """
    affected = affected_terms(account, at=at)
    agreement = agree(account, kind=Agreement.Kind.EXPANSION, at=at, by=by)
    give(account, affected, agreement, version_id=None, extras=added, at=at)
    wallet.put_in(
        account,
        sms_credits,
        at=at,
        agreement=agreement,
    )
    return agreement


def upgrade(account: Account, version: LicenceVersion, *, at: datetime, by: Person) -> Agreement:
    """Grant the account another licence version from today; its extras stay on top.

    The version is the one that the order names, even if it was retired since. The
    caller holds the account's lock.

    :raises HasExpired: if the account has expired.
    """
    affected = affected_terms(account, at=at)
    agreement = agree(account, kind=Agreement.Kind.UPGRADE, at=at, by=by)
    give(account, affected, agreement, version_id=version.pk, extras=Quantities(), at=at)
    return agreement


def give(
    account: Account,
    affected: AffectedTerms,
    agreement: Agreement,
    *,
    version_id: int | None,
    extras: Quantities,
    at: datetime,
) -> None:
    """Write a grant in the running term from today, and in an affected waiting one from its start.

    The agreement grants a licence version, extras, or both.
    """
    # A grant needs only its term's keys, so the term is not read from the database.
    running = Term(
        pk=affected.holding.term_id,
        account=account,
        organisation_id=account.organisation_id,
    )
    grant(
        running,
        agreement,
        version_id=version_id,
        extras=extras,
        effective_on=affected.holding.day,
        at=at,
    )
    if affected.waiting is not None:
        grant(
            affected.waiting,
            agreement,
            version_id=version_id,
            extras=extras,
            effective_on=affected.waiting.starts_on,
            at=at,
        )
    current_holdings.write([account], at=at)
