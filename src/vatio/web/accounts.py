"""«Gestionar cuentas»: the active and the expired accounts."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock
from vatio.accounts.models import Account, AccountSet
from vatio.accounts.searching import matching
from vatio.web import keyset
from vatio.web.access import SUPERADMINISTRATOR, Request, only
from vatio.web.lines import lines
from vatio.web.zones import zones

SORTS = {
    "name": ("name_folded", "id"),
    "created": ("opened_on", "id"),
    "ends": ("ends_at", "id"),
}


@only(SUPERADMINISTRATOR)
def active(request: Request, slug: str) -> HttpResponse:
    """Show the active accounts, those that have yet to start among them."""
    at = clock.now()
    return _list(request, "accounts", at=at, accounts=_own(request).filter(ends_at__gt=at))


@only(SUPERADMINISTRATOR)
def expired(request: Request, slug: str) -> HttpResponse:
    """Show the expired accounts, and how long readings are still collected."""
    at = clock.now()
    return _list(request, "accounts_expired", at=at, accounts=_own(request).filter(ends_at__lte=at))


def _own(request: Request) -> AccountSet:
    """Narrow to the accounts of the organisation in the address."""
    return Account.objects.visible_to(request.user).filter(organisation=request.organisation)


def _list(request: Request, name: str, *, at: datetime, accounts: AccountSet) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = matching(accounts, text)
    sort = request.GET.get("sort", "")
    order = _order(sort, "-ends" if name == "accounts_expired" else "ends")
    page = keyset.page(found, order=order, parameters=request.GET)
    zone_list = zones(request.organisation, request.user, at=at, current=name)
    return render(
        request,
        "accounts/list.html",
        {
            "zones": zone_list,
            "zone": name,
            "at": at,
            "lines": lines(page.rows, request.user, at=at),
            "page": page,
            "count": found.count(),
            "elsewhere": sum(zone.count for zone in zone_list if zone.name != "orders"),
            "text": text,
            "headings": {key: _heading(request, key, order, SORTS[key]) for key in SORTS},
        },
    )


def _order(sort: str, usual: str) -> list[str]:
    """Turn `ends` or `-ends` of the address into columns; anything else is the usual order."""
    if sort.lstrip("-") not in SORTS:
        sort = usual
    columns = SORTS[sort.lstrip("-")]
    return [f"-{column}" for column in columns] if sort.startswith("-") else list(columns)


def _heading(
    request: Request, key: str, order: list[str], columns: tuple[str, ...]
) -> dict[str, str]:
    """Say which way a column is sorted now, and where its heading leads."""
    upwards = order[0] == columns[0]
    downwards = order[0] == f"-{columns[0]}"
    return {
        "url": keyset.without_place(request.GET, sort=f"-{key}" if upwards else key),
        "sorted": "ascending" if upwards else "descending" if downwards else "",
    }


urlpatterns = [
    path("o/<slug:slug>/accounts/", active, name="accounts"),
    path("o/<slug:slug>/accounts/expired/", expired, name="accounts_expired"),
]
