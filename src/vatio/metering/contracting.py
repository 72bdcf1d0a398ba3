"""Adds the contracts of a supply point with its retailers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.entitlements.limits import ensure_open
from vatio.metering.installing import SupplyDetails, add_supply_point
from vatio.metering.models import SupplyContract, SupplyPoint
from vatio.metering.recording import record_installation
from vatio.refusal import Refused
from vatio.tenants.models import Person

ASCENDING = ("3.0TD", "6.1TD", "6.2TD", "6.3TD", "6.4TD")
"""The tariffs of six periods whose powers must not fall from P1 to P6 (Circular CNMC 3/2020)."""


class ContractsOverlap(Refused):
    """Another contract of the supply point covers some of the days."""


class WrongContract(Refused):
    """The contract ends before it begins, or its powers cannot be."""


@dataclass(frozen=True)
class ContractDetails:
    """What was agreed with a retailer from `since` up to, and not including, `until`."""

    since: date
    until: date | None = None
    retailer: str = ""
    tariff: str = ""
    powers: Sequence[Decimal] = field(default_factory=list)
    policy: str = ""


def check(details: ContractDetails) -> None:
    """Refuse a contract that cannot be, whatever the others of its supply point.

    :raises WrongContract: if it ends before it begins, or powers fall where they must not.
    """
    if details.until is not None and details.until <= details.since:
        raise WrongContract(_("It must end after it begins."), field="until")
    if details.tariff in ASCENDING and list(details.powers) != sorted(details.powers):
        raise WrongContract(
            _("In this tariff the powers must not fall from P1 to P6."), field="powers"
        )


@transaction.atomic
def add_contract(
    point: SupplyPoint, details: ContractDetails, *, by: Person, at: datetime
) -> SupplyContract:
    """Add a contract; one without end that began earlier ends where the new one begins.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises WrongContract: if it ends before it begins, or powers fall where they must not.
    :raises ContractsOverlap: if another contract covers some of its days.
    """
    ensure_open(point.account, at=at)
    check(details)
    point.contracts.filter(until__isnull=True, since__lt=details.since).update(until=details.since)
    try:
        with transaction.atomic():
            contract = SupplyContract.objects.create(
                account_id=point.account_id,
                organisation_id=point.organisation_id,
                supply_point=point,
                retailer=details.retailer,
                tariff=details.tariff,
                powers=list(details.powers),
                policy=details.policy,
                since=details.since,
                until=details.until,
                created_at=at,
            )
    except IntegrityError as error:
        if "supply_contracts_never_overlap" not in str(error):
            raise
        raise ContractsOverlap(
            _("Another contract of this supply point covers some of these days."), field="since"
        ) from None
    record_installation("contracted", point, name=point.name, by=by, at=at)
    return contract


@transaction.atomic
def add_supplied(
    account: Account,
    details: SupplyDetails,
    contract: ContractDetails | None,
    *,
    by: Person,
    at: datetime,
    insist: bool = False,
) -> SupplyPoint:
    """Add a supply point with its first contract, if one is given: both of them or nothing.

    :raises Refused: as `add_supply_point` and `add_contract`.
    """
    point = add_supply_point(account, details, by=by, at=at, insist=insist)
    if contract is not None:
        add_contract(point, contract, by=by, at=at)
    return point
