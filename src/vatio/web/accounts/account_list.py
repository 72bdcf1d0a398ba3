"""«Gestionar cuentas» and, for the commercial department, «Cuentas» of every organisation."""

from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.labels import SECTORS
from vatio.accounts.models import Account, AccountSet
from vatio.catalogue.listing import known_licences
from vatio.consumption import account_freshness
from vatio.consumption.account_freshness import NEVER
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.downloads.models import Download
from vatio.portfolios import exporting, listing
from vatio.portfolios.labels import COLUMNS, UNSORTED
from vatio.web.accounts.headings import headings, shares
from vatio.web.renewals import bulk_renewing
from vatio.web.shell.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.downloads import XLSX, leave_to_worker
from vatio.web.shell.fields import organisation_choices
from vatio.web.shell.query_string import query_string
from vatio.web.shell.redirects import back_to
from vatio.web.shell.tabs import Tab, all_tabs, tabs


@only(SUPERADMINISTRATOR)
def active(request: Request, slug: str) -> HttpResponseBase:
    """Show the active accounts, including those that have yet to start."""
    at = clock.now()
    tab_list = tabs(request.organisation, at=at, current="accounts")
    return _list(request, tab_list, _own(request), at=at, expired=False)


@only(SUPERADMINISTRATOR)
def expired(request: Request, slug: str) -> HttpResponseBase:
    """Show the expired accounts, and how long readings are still collected."""
    at = clock.now()
    tab_list = tabs(request.organisation, at=at, current="accounts_expired")
    return _list(request, tab_list, _own(request), at=at, expired=True)


@only(COMMERCIAL)
def all_active(request: Request) -> HttpResponseBase:
    """Show the active accounts of every organisation."""
    at = clock.now()
    tab_list = all_tabs(at=at, current="desk_accounts")
    return _list(request, tab_list, _every(request), at=at, expired=False)


@only(COMMERCIAL)
def all_expired(request: Request) -> HttpResponseBase:
    """Show the expired accounts of every organisation."""
    at = clock.now()
    tab_list = all_tabs(at=at, current="desk_accounts_expired")
    return _list(request, tab_list, _every(request), at=at, expired=True)


def _own(request: Request) -> AccountSet:
    """Return the accounts of the organisation in the address: `only` has seen that it is led."""
    return request.organisation.accounts.all()


def _every(request: Request) -> AccountSet:
    return Account.objects.visible_to(request.user)


def _list(
    request: Request, tab_list: list[Tab], accounts: AccountSet, *, at: datetime, expired: bool
) -> HttpResponseBase:
    """Show a tab of accounts as the query string filters it, or return it as a workbook."""
    if request.GET.get("as") == "xlsx":
        return _workbook(request, at=at, expired=expired)
    asked = listing.read(request.GET, request.user, usual="-ends" if expired else "ends")
    inside = accounts.filter(ends_at__lte=at) if expired else accounts.filter(ends_at__gt=at)
    found = listing.narrowed(inside, asked, request.user, at=at)
    page = listing.page(found, asked, request.GET, request.user, at=at)
    at_desk = not hasattr(request, "organisation")
    hidden = set(request.user.hidden_columns)
    keys = [row.account.pk for row in page.rows]
    here = next(tab for tab in tab_list if tab.current)
    return render(
        request,
        "accounts/account_list.html",
        {
            "tabs": tab_list,
            "tab": here,
            "expired": expired,
            "at_desk": at_desk,
            "at": at,
            "rows": page.rows,
            "rows_here": set() if at_desk else {row.key for row in page.rows},
            "page": page,
            "count": found.count() if asked.narrows else here.count,
            "asked": asked,
            "headings": headings(asked, request.GET),
            "shares": shares(asked, request.GET, page.rows),
            "hidden": hidden,
            "fresh": {} if "last_data" in hidden else account_freshness.of_accounts(keys, at=at),
            "never": NEVER,
            "unsorted": UNSORTED,
            "column_names": {
                name: words for name, words in COLUMNS.items() if at_desk or name != "organisation"
            },
            "licences": known_licences(),
            "sectors": SECTORS,
            "within": [
                (
                    days,
                    query_string(request.GET, {"ends": "" if asked.within == days else str(days)}),
                )
                for days in listing.WITHIN
            ],
            "with_order_url": query_string(
                request.GET, {"order": "" if asked.with_order else "open"}
            ),
            "export_url": query_string(request.GET, {"as": "xlsx"}),
            "organisations": organisation_choices(request.user, asked.organisation)
            if at_desk
            else [],
            "report": None if at_desk else _report(request),
        },
    )


def _report(request: Request) -> bulk_renewing.Report | None:
    return bulk_renewing.latest(request.session, request.organisation, request.user)


def _workbook(request: Request, *, at: datetime, expired: bool) -> HttpResponseBase:
    """Return the filtered accounts as a workbook; a long list is left to the worker."""
    organisation = getattr(request, "organisation", None)
    parameters = {name: request.GET[name] for name in request.GET if name != "as"}
    accounts, asked = exporting.asked_for(
        parameters, request.user, organisation=organisation, expired=expired, at=at
    )
    time_zone = organisation.time_zone if organisation else DEPARTMENT_TIME_ZONE
    name = _("accounts-%(day)s.xlsx") % {"day": day_at(at, time_zone).isoformat()}
    rows = accounts.count()
    if rows <= exporting.AT_ONCE:
        made = exporting.workbook(
            accounts,
            asked,
            request.user,
            at=at,
            with_organisation=organisation is None,
            last_data=partial(account_freshness.last_data, at=at),
        )
        return FileResponse(made, as_attachment=True, filename=name, content_type=XLSX)
    return leave_to_worker(
        Download.Kind.ACCOUNTS,
        request,
        otherwise=("downloads",),
        at=at,
        file_name=name,
        content_type=XLSX,
        rows=rows,
        organisation=organisation,
        what={"parameters": parameters, "expired": expired},
    )


@require_POST
@only(SUPERADMINISTRATOR, COMMERCIAL)
def columns(request: Request) -> HttpResponse:
    """Save which columns of the list the person hides."""
    shown = set(request.POST.getlist("column"))
    person = request.user
    person.hidden_columns = [name for name in COLUMNS if name not in shown]
    person.save(update_fields=["hidden_columns"])
    messages.success(request, _("The columns are as you chose."))
    return HttpResponseRedirect(back_to(request.POST, reverse("home")))


urlpatterns = [
    path("o/<slug:slug>/accounts/", active, name="accounts"),
    path("o/<slug:slug>/accounts/expired/", expired, name="accounts_expired"),
    path("desk/accounts/", all_active, name="desk_accounts"),
    path("desk/accounts/expired/", all_expired, name="desk_accounts_expired"),
    path("columns/", columns, name="columns"),
]
