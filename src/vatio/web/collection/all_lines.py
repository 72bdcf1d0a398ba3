"""«Líneas RTC» of every organisation, for the commercial department."""

from datetime import timedelta

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from vatio import clock
from vatio.collection.outcomes import ANSWERED, CallOutcome
from vatio.collection.watching import line_listing
from vatio.collection.watching.line_listing import SORTS, WHY
from vatio.collection.watching.standing import LineStanding
from vatio.metering.models import RtcLine
from vatio.people.telephones import masked
from vatio.web.collection.line_files import line_file
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.fields import organisation_choices
from vatio.web.shell.query_string import query_string, sort_headings

KINDS = ("xlsx", "csv")
ONE_DAY = timedelta(days=1)


@only(COMMERCIAL)
def all_lines(request: Request) -> HttpResponseBase:
    """Show the lines in service of all accounts as the query string filters them; or as a file."""
    at = clock.now()
    asked = line_listing.read(request.GET, request.user)
    lines = RtcLine.objects.visible_to(request.user).in_service()
    found = line_listing.narrowed(lines, asked, at=at)
    kind = request.GET.get("as")
    if kind in KINDS:
        return line_file(found.order_by(*asked.order), kind, at=at)
    counts = line_listing.counted(lines, at=at)
    return render(
        request,
        "collection/all_lines.html",
        {
            "at": at,
            "asked": asked,
            "page": line_listing.page(found, asked, request.GET),
            "count": found.count() if asked.narrows else sum(counts.values()),
            "counts": counts,
            "every": sum(counts.values()),
            "standings": dict(LineStanding.choices),
            "outcomes": dict(CallOutcome.choices),
            "why": WHY,
            "answered": ANSWERED,
            "masked": masked,
            "one_day": ONE_DAY,
            "headings": sort_headings(request.GET, asked.sort, SORTS, upwards="name"),
            "organisations": organisation_choices(request.user, asked.organisation),
            "with_standing": {
                standing: query_string(
                    request.GET, {"state": "" if asked.standing == standing else standing}
                )
                for standing in LineStanding.values
            },
            "export_urls": {
                each.upper(): query_string(request.GET, {"as": each}) for each in KINDS
            },
        },
    )


urlpatterns = [path("desk/lines/", all_lines, name="desk_lines")]
