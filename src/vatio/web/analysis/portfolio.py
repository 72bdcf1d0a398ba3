"""«Cartera»: the accounts of an organisation with what they consume, and how fresh that is."""

from datetime import datetime

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.accounts.labels import SECTORS
from vatio.alerts.listing import OPEN_OF_ACCOUNTS
from vatio.consumption.portfolio import exporting, listing
from vatio.consumption.portfolio.listing import SORTS, ListedFigures
from vatio.dates import day_at
from vatio.web.shell.access import SUPERADMINISTRATOR, Request, only
from vatio.web.shell.csv_files import csv_file
from vatio.web.shell.downloads import XLSX
from vatio.web.shell.query_string import query_string, sort_headings


@only(SUPERADMINISTRATOR)
def portfolio(request: Request, slug: str) -> HttpResponseBase:
    """Show the active accounts, or the expired ones, with their figures; or as a file."""
    at = clock.now()
    asked = listing.read(request.GET)
    accounts = request.organisation.accounts.all()
    rows = listing.listed(accounts, asked, request.user, at=at, open_alerts=OPEN_OF_ACCOUNTS)
    if request.GET.get("as") in {"xlsx", "csv"}:
        return _file(request, rows, at=at)
    made = listing.page(rows, asked, request.GET, request.user, at=at)
    return render(
        request,
        "analysis/portfolio.html",
        {
            "at": at,
            "asked": asked,
            "page": made.page,
            "rows": made.page.rows,
            "total": made.total,
            "count": made.count,
            "late": made.late,
            "compared": made.compared,
            "used": made.used,
            "headings": sort_headings(request.GET, asked.sort, SORTS, upwards="name"),
            "sectors": SECTORS,
            "late_url": query_string(request.GET, {"data": "" if asked.with_late else "late"}),
            "expired_url": query_string(request.GET, {"state": "" if asked.expired else "expired"}),
            "export_urls": {
                kind.upper(): query_string(request.GET, {"as": kind}) for kind in ("xlsx", "csv")
            },
        },
    )


def _file(request: Request, rows: list[ListedFigures], *, at: datetime) -> HttpResponseBase:
    """Return the accounts as a workbook, or as a CSV."""
    time_zone = request.organisation.time_zone
    name = _("portfolio-%(day)s") % {"day": day_at(at, time_zone).isoformat()}
    if request.GET["as"] == "csv":
        found = exporting.rows(rows, request.user, time_zone=time_zone, at=at)
        return csv_file(exporting.headings(), found, name=f"{name}.csv", places=4)
    made = exporting.workbook(rows, request.user, time_zone=time_zone, at=at)
    return FileResponse(made, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


urlpatterns = [path("o/<slug:slug>/portfolio/", portfolio, name="portfolio")]
