"""Finds the thing of an account that the address of a page names."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from vatio.accounts.models import Account
from vatio.metering.calculated_terms import with_versions
from vatio.metering.models import (
    CalculatedSeries,
    DataPoint,
    DataSource,
    Meter,
    RtcLine,
    Served,
    SupplyPoint,
)
from vatio.tenants.models import Person

KINDS: dict[str, type[SupplyPoint | Meter | DataPoint | RtcLine]] = {
    "supply-points": SupplyPoint,
    "meters": Meter,
    "data-points": DataPoint,
    "lines": RtcLine,
}
"""The things with a service, by the word of their addresses."""

NEAR = {
    SupplyPoint: ("site",),
    Meter: ("site",),
    DataPoint: ("meter", "source"),
    RtcLine: ("meter", "supply_point"),
}


def supply_point_of(account: Account, uid: UUID, person: Person) -> SupplyPoint:
    """Return a supply point of the account; another account's is not found."""
    return _found(SupplyPoint, account, uid, person)  # type: ignore[return-value]


def meter_of(account: Account, uid: UUID, person: Person) -> Meter:
    """Return a meter of the account; another account's is not found."""
    return _found(Meter, account, uid, person)  # type: ignore[return-value]


def line_of(account: Account, uid: UUID, person: Person) -> RtcLine:
    """Return an RTC line of the account; another account's is not found."""
    return _found(RtcLine, account, uid, person)  # type: ignore[return-value]


def source_of(account: Account, uid: UUID, person: Person) -> DataSource:
    """Return a data source of the account; another account's is not found."""
    sources = DataSource.objects.visible_to(person).filter(account=account)
    return get_object_or_404(sources.select_related("account", "organisation"), uid=uid)


def calculated_of(account: Account, uid: UUID, person: Person) -> CalculatedSeries:
    """Return a calculated series of the account with its versions; another's is not found."""
    series = CalculatedSeries.objects.visible_to(person).filter(account=account)
    related = series.select_related("account", "organisation")
    return get_object_or_404(with_versions(related), uid=uid)


def thing_of(account: Account, kind: str, uid: UUID, person: Person) -> Served:
    """Return a thing of the account by the word of its kind; another account's is not found."""
    if kind not in KINDS:
        raise Http404
    return _found(KINDS[kind], account, uid, person)


def _found(
    kind: type[SupplyPoint | Meter | DataPoint | RtcLine],
    account: Account,
    uid: UUID,
    person: Person,
) -> Served:
    things = kind.objects.visible_to(person).filter(account=account)
    related = ("account", "organisation", *NEAR[kind])
    return get_object_or_404(things.select_related(*related), uid=uid)
