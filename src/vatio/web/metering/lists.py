"""The lists of an account's supply points, meters, data points, RTC lines and data sources."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.collection.outcomes import CallOutcome
from vatio.collection.watching.standing import LineStanding, with_standing
from vatio.consumption import account_freshness
from vatio.consumption.account_freshness import NEVER
from vatio.dates import day_at
from vatio.entitlements.limits import why_closed
from vatio.entitlements.question import entitlement
from vatio.metering import listing
from vatio.metering.calculated_terms import shown_versions
from vatio.metering.labels import ENERGIES, RESOLUTIONS, SERVICES, SOURCES
from vatio.metering.labels import ROLES as MEASURING_ROLES
from vatio.metering.quantities import QUANTITIES
from vatio.metering.tree import sites_of
from vatio.units import Unit
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter

ONE_DAY = timedelta(days=1)


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def supply_points(request: Request, uid: UUID) -> HttpResponse:
    """Show the supply points of an account, each with the meter that measures it today."""
    return _list(request, "supply_points", {"energies": ENERGIES})


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def meters(request: Request, uid: UUID) -> HttpResponse:
    """Show the meters of an account, each with what it measures today."""
    return _list(request, "meters", {"measuring_roles": MEASURING_ROLES})


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def data_points(request: Request, uid: UUID) -> HttpResponse:
    """Show the data points of an account, each with its quantity and its resolutions."""
    return _list(request, "data_points", {"quantities": QUANTITIES, "resolutions": RESOLUTIONS})


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def lines(request: Request, uid: UUID) -> HttpResponse:
    """Show the RTC lines of an account, each with its last good day and its last call."""
    words = {"standings": dict(LineStanding.choices), "outcomes": dict(CallOutcome.choices)}
    standing = partial(with_standing, at=clock.now())
    return _list(request, "rtc_lines", {**words, "one_day": ONE_DAY}, dress=standing)


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def sources(request: Request, uid: UUID) -> HttpResponse:
    """Show the data sources of an account, each with its devices, its points and its last data."""
    at = clock.now()
    fresh = account_freshness.of_sources(enter(request).account.pk, at=at)
    labels = {"source_kinds": SOURCES, "fresh": fresh, "never": NEVER, "at": at}
    return _list(request, "sources", labels)


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def calculated(request: Request, uid: UUID) -> HttpResponse:
    """Show the calculated series of an account, each with what it adds up today."""
    shown = {"shown_versions": shown_versions, "quantities": QUANTITIES, "resolutions": RESOLUTIONS}
    return _list(request, "calculated", shown)


def _list(
    request: Request,
    kind: str,
    labels: dict[str, object],
    *,
    dress: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda things: things,
) -> HttpResponse:
    """Show a page of the things of a kind, narrowed as the query string says.

    :param dress: adds to the things what is known of them above `metering`.
    """
    at = clock.now()
    frame = enter(request)
    account = frame.account
    tree = sites_of(account)
    asked = listing.read(request.GET, tree)
    today = day_at(at, account.time_zone)
    found = listing.narrowed(account, kind, asked, tree, today=today)
    unit = Unit(kind) if kind in set(Unit) else None
    return render(
        request,
        f"metering/{kind}_list.html",
        {
            **labels,
            "account": account,
            "leads": frame.leads,
            "may_change": frame.may_change,
            "closed": why_closed(account, at=at),
            "today": today,
            "unit": unit,
            "room": entitlement(account, at=at).rooms[unit] if unit else None,
            "asked": asked,
            "tree": tree,
            "places": tree.paths(),
            "services": SERVICES,
            "count": found.count(),
            "page": pagination.page(
                dress(found), order=listing.order_of(kind), parameters=request.GET
            ),
        },
    )


urlpatterns = [
    path(
        "accounts/<uuid:uid>/installation/supply-points/",
        supply_points,
        name="installation_supply_points",
    ),
    path("accounts/<uuid:uid>/installation/meters/", meters, name="installation_meters"),
    path(
        "accounts/<uuid:uid>/installation/data-points/",
        data_points,
        name="installation_data_points",
    ),
    path("accounts/<uuid:uid>/installation/lines/", lines, name="installation_lines"),
    path("accounts/<uuid:uid>/installation/sources/", sources, name="installation_sources"),
    path(
        "accounts/<uuid:uid>/installation/calculated/", calculated, name="installation_calculated"
    ),
]
