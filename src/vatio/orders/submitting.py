"""Submits orders to the commercial department."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts import growth, non_renewal, renewal
from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.accounts.opening import (
    LEAST_MONTHS,
    MOST_MONTHS,
    Project,
    check_totals,
    ensure_free_name,
)
from vatio.catalogue.models import LicenceVersion
from vatio.dates import day_at, written
from vatio.history.recording import record
from vatio.notifications import recipients
from vatio.notifications.queueing import queue
from vatio.orders.deciding import accept_by_rule
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.folding import tidy
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities


class AlreadyAsked(Refused):
    """An order of the same kind is open for the account, or an opening of the same name."""


class AlreadySent(Refused):
    """The form was sent before, with other contents or for an order that is now closed."""


class EndHasMoved(Refused):
    """The account no longer ends on the day that the page showed."""


class LicenceNotOffered(Refused):
    """The licence is a draft, or was retired."""


class WrongMonths(Refused):
    """The months asked for are not from 1 to 120."""


@dataclass(frozen=True)
class Opening:
    """The form for a new account: quantities are totals, None for the licence's default."""

    project: Project
    version: LicenceVersion
    asked: Quantities
    months: int
    sms_credits: int
    reference: str
    comments: str


@dataclass(frozen=True)
class Added:
    """The form «Ampliar»: how many of each unit to add, None where the field is empty."""

    asked: Quantities
    sms_credits: int
    reference: str
    comments: str


@transaction.atomic
def submit_opening(
    organisation: Organisation, opening: Opening, *, token: UUID, by: Person, at: datetime
) -> Order:
    """Submit an order for a new account.

    `token` is the form's idempotency key: sending the form again returns the same order.

    :raises AlreadySent: if the form was sent before for another name, or its order is closed.
    :raises NameTaken: if the organisation has an account of that name.
    :raises AlreadyAsked: if an opening of that name is open.
    :raises LicenceNotOffered: if the licence is a draft, or was retired meanwhile.
    :raises WrongMonths: if the months are not from 1 to 120.
    :raises WrongQuantity: if a total is below the licence's default or not of its billing.
    """
    sent_before = Order.objects.filter(token=token).first()
    if sent_before is not None:
        return _same(sent_before, organisation, tidy(opening.project.account_name))
    if not LicenceVersion.objects.published().filter(pk=opening.version.pk).exists():
        raise LicenceNotOffered(
            _("This licence is no longer offered. Choose another one."), field="licence"
        )
    if not LEAST_MONTHS <= opening.months <= MOST_MONTHS:
        raise WrongMonths(_("Write a number from 1 to 120."), field="months")
    totals = check_totals(opening.version, opening.asked)
    project = opening.project
    name = tidy(project.account_name)
    ensure_free_name(organisation, name)
    try:
        with transaction.atomic():
            order = Order.objects.create(
                organisation=organisation,
                number=_next_number(organisation, at=at),
                kind=Order.Kind.OPENING,
                submitted_by=by,
                submitted_at=at,
                token=token,
                licence=opening.version,
                sms_credits=opening.sms_credits,
                months=opening.months,
                account_name=name,
                client=tidy(project.client),
                nif=project.nif,
                sector=project.sector,
                contact_email=project.contact_email,
                time_zone=project.time_zone,
                reference=opening.reference,
                comments=opening.comments,
                **totals.columns(),
            )
    except IntegrityError as error:
        return _met_another(error, organisation, name, token)
    _announce(order, at=at, facts={"account": name})
    return order


@transaction.atomic
def submit_renewal(account: Account, *, shown_end: date, by: Person, at: datetime) -> Order:
    """Submit the renewal of an account for another year, with the licence and quantities it holds.

    A stale page is refused: `shown_end` has to be the day on which the account ends now. The
    renewal of a trusted organisation is accepted at once, by that rule. A notice that the
    account would not be renewed is withdrawn.

    :raises NotStarted: if the account has yet to start.
    :raises AlreadyRenewed: if a term already waits to start.
    :raises EndHasMoved: if the account no longer ends on `shown_end`.
    :raises AlreadyAsked: if a renewal of the account is open.
    """
    lock(account)
    renewal.check_renewable(account, at=at)
    _ensure_none_open(account, Order.Kind.RENEWAL)
    if account.covered_until != shown_end:
        raise EndHasMoved(
            _("Nothing was renewed: this account now ends on %(day)s. Look at it again.")
            % {"day": written(account.covered_until) if account.covered_until else "–"}
        )
    order = Order.objects.create(
        organisation_id=account.organisation_id,
        account=account,
        number=_next_number(account.organisation, at=at),
        kind=Order.Kind.RENEWAL,
        submitted_by=by,
        submitted_at=at,
    )
    non_renewal.stay(account, by=by, at=at)
    trusted = Organisation.objects.filter(pk=account.organisation_id, trusted=True).exists()
    rule = renewal.TRUSTED if trusted else ""
    _announce(order, at=at, facts={"account": account.name, "rule": rule})
    if trusted:
        accept_by_rule(order, account, rule=rule, at=at)
    return order


@transaction.atomic
def submit_expansion(account: Account, added: Added, *, by: Person, at: datetime) -> Order:
    """Submit an order for more of what the account holds; the quantities are additions.

    :raises HasExpired: if the account has expired.
    :raises AlreadyAsked: if an expansion of the account is open.
    :raises WrongQuantity: if a quantity is of the other billing.
    :raises NothingAdded: if nothing is added.
    """
    lock(account)
    affected = growth.affected_terms(account, at=at)
    _ensure_none_open(account, Order.Kind.EXPANSION)
    quantities = growth.check_added(affected.holding.billing, added.asked, added.sms_credits)
    order = Order.objects.create(
        organisation_id=account.organisation_id,
        account=account,
        number=_next_number(account.organisation, at=at),
        kind=Order.Kind.EXPANSION,
        submitted_by=by,
        submitted_at=at,
        sms_credits=added.sms_credits,
        reference=added.reference,
        comments=added.comments,
        **quantities.columns(),
    )
    _announce(order, at=at, facts={"account": account.name})
    return order


@transaction.atomic
def submit_upgrade(
    account: Account,
    version: LicenceVersion,
    *,
    reference: str,
    comments: str,
    by: Person,
    at: datetime,
) -> Order:
    """Submit an order for a better licence.

    :raises HasExpired: if the account has expired.
    :raises AlreadyAsked: if an upgrade of the account is open.
    :raises NotAnUpgrade: if the licence is not offered, or is no better.
    """
    lock(account)
    affected = growth.affected_terms(account, at=at)
    _ensure_none_open(account, Order.Kind.UPGRADE)
    if version not in growth.better(account, affected.holding):
        raise growth.NotAnUpgrade(
            _("This licence cannot replace the one that the account holds."), field="licence"
        )
    order = Order.objects.create(
        organisation_id=account.organisation_id,
        account=account,
        number=_next_number(account.organisation, at=at),
        kind=Order.Kind.UPGRADE,
        submitted_by=by,
        submitted_at=at,
        licence=version,
        reference=reference,
        comments=comments,
    )
    _announce(order, at=at, facts={"account": account.name})
    return order


def _ensure_none_open(account: Account, kind: Order.Kind) -> None:
    """Refuse a second open order of a kind, naming the first; the caller has locked the account."""
    open_one = (
        account.orders.filter(kind=kind, state__in=Order.OPEN)
        .select_related("submitted_by")
        .first()
    )
    if open_one is not None:
        raise AlreadyAsked(
            _("%(who)s already asked for this on %(day)s (%(number)s).")
            % {
                "who": open_one.submitted_by.name,
                "day": written(day_at(open_one.submitted_at, account.time_zone)),
                "number": open_one.number,
            }
        )


def _same(sent_before: Order, organisation: Organisation, name: str) -> Order:
    """Return the order of a form that was sent before.

    :raises AlreadySent: if the form now names another account, or the order is closed.
    """
    is_its_own = sent_before.organisation_id == organisation.pk
    if is_its_own and sent_before.is_open and sent_before.account_name == name:
        return sent_before
    raise AlreadySent(_("This form was sent before. Send it again, if you mean another account."))


def _met_another(
    error: IntegrityError, organisation: Organisation, name: str, token: UUID
) -> Order:
    """Return the order that won the race against the same form, or refuse a name in use.

    :raises AlreadySent: if the form now names another account, or the order is closed.
    :raises AlreadyAsked: if another opening of that name is open.
    """
    same_form = Order.objects.filter(token=token).first()
    if same_form is not None:
        return _same(same_form, organisation, name)
    if "one_open_opening_of_a_name" not in str(error):
        raise error
    raise AlreadyAsked(
        _("An order for an account called «%(name)s» is already open.") % {"name": name},
        field="account_name",
    ) from None


def _next_number(organisation: Organisation, *, at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number')")
        (number,) = cursor.fetchone()
    return f"S-{day_at(at, organisation.time_zone).year}-{number:04d}"


def _announce(order: Order, *, at: datetime, facts: Mapping[str, object]) -> None:
    quantities = {**order.quantities.columns(), "sms_credits": order.sms_credits}
    asked: dict[str, object] = {name: number for name, number in quantities.items() if number}
    if order.licence is not None:
        asked["licence"] = order.licence.licence.name
    record(
        "order.submitted",
        at=at,
        by=order.submitted_by,
        organisation=order.organisation,
        account_id=order.account_id,
        order_id=order.pk,
        facts={"number": order.number, "kind": order.kind, **asked, **facts},
    )
    queue(
        "order_submitted",
        recipients.told_of_each_order(),
        key=f"order:{order.pk}:submitted",
        context={
            "number": order.number,
            "kind": order.kind,
            "organisation": order.organisation.name,
            "by": order.submitted_by.name,
            "path": f"/orders/{order.uid}/",
            **facts,
        },
        at=at,
        organisation=order.organisation,
        account_id=order.account_id,
        order_id=order.pk,
    )
