"""«Instalación»: what is used of what is held, the tree of sites, and the search among it all."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock
from vatio.consumption import account_freshness
from vatio.consumption.account_freshness import NEVER
from vatio.entitlements.limits import why_closed
from vatio.entitlements.question import entitlement
from vatio.metering.labels import SERVICES
from vatio.metering.models import DataSource
from vatio.metering.searching import search
from vatio.metering.tree import count_sites
from vatio.readings.waiting import waiting
from vatio.tenants.folding import tidy
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter

MOST_DEVICES = 10
"""How many of the devices that wait the page lists; of more, it leads to all."""


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def installation(request: Request, uid: UUID) -> HttpResponse:
    """Show what is installed in an account, or what of it a search finds."""
    at = clock.now()
    frame = enter(request)
    text = tidy(request.GET.get("q", ""))
    tree = count_sites(frame.account)
    fresh = account_freshness.of_accounts([frame.account.pk], at=at).get(frame.account.pk, NEVER)
    finds = search(frame.account, text) if text else None
    return render(
        request,
        "metering/installation.html",
        {
            "account": frame.account,
            "leads": frame.leads,
            "may_change": frame.may_change,
            "closed": why_closed(frame.account, at=at),
            "entitlement": entitlement(frame.account, at=at),
            "tree": tree,
            "site_count": sum(1 for _each in tree),
            **frame.account.datasources.aggregate(
                source_count=Count("id"),
                gateway_count=Count("id", filter=Q(kind=DataSource.Kind.INSERTION)),
            ),
            "calculated_count": frame.account.calculatedseriess.count(),
            "at": at,
            "fresh": fresh,
            "devices": waiting(frame.account, proposes=False),
            "most_devices": MOST_DEVICES,
            "text": text,
            "finds": finds,
            "services": SERVICES,
            "places": tree.paths() if finds else {},
        },
    )


urlpatterns = [path("accounts/<uuid:uid>/installation/", installation, name="installation")]
