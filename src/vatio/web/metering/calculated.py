"""The page of a calculated series: what it adds up, its versions by day, and its removal."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.dates import day_at
from vatio.entitlements.limits import why_closed
from vatio.metering import calculating
from vatio.metering.calculated_terms import shown_versions
from vatio.metering.labels import RESOLUTIONS
from vatio.metering.quantities import QUANTITIES
from vatio.refusal import Refused
from vatio.web.metering.found import calculated_of
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import parse_day


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Show a calculated series: the terms of each of its versions, the last one first."""
    frame = enter(request)
    account = frame.account
    series = calculated_of(account, thing, request.user)
    at = clock.now()
    today = day_at(at, account.time_zone)
    versions = shown_versions(series)
    current = next((each for each in versions if each.is_valid_on(today)), None)
    return render(
        request,
        "metering/calculated.html",
        {
            "account": account,
            "series": series,
            "versions": versions[::-1],
            "current": current,
            "quantity": QUANTITIES[(current or versions[0]).terms[0].data_point.quantity],
            "quantities": QUANTITIES,
            "resolutions": RESOLUTIONS,
            "may_change": frame.may_change,
            "closed": why_closed(account, at=at),
        },
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def remove(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Ask whether a calculated series is to be removed; remove it once that is said."""
    account = enter(request, to_change=True).account
    series = calculated_of(account, thing, request.user)
    refusal = ""
    if request.method == "POST" and request.POST.get("sure"):
        name = series.name
        try:
            calculating.remove_calculated(series, by=request.user, at=clock.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Calculated series removed: %(name)s") % {"name": name})
            return redirect("installation_calculated", uid)
    return render(
        request,
        "metering/removing_calculated.html",
        {"account": account, "series": series, "refusal": refusal},
        status=409 if refusal else 200,
    )


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def remove_version(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Remove the version of a day (`since`, empty for that from the beginning)."""
    account = enter(request, to_change=True).account
    series = calculated_of(account, thing, request.user)
    since = parse_day(request.POST.get("since", ""))
    version = next((each.version for each in shown_versions(series) if each.since == since), None)
    if version is None:
        raise Http404
    try:
        calculating.remove_version(version, by=request.user, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Version removed."))
    return redirect("calculated", uid, thing)


PLACE = "accounts/<uuid:uid>/installation/calculated/<uuid:thing>"

urlpatterns = [
    path(f"{PLACE}/", page, name="calculated"),
    path(f"{PLACE}/remove/", remove, name="calculated_remove"),
    path(f"{PLACE}/versions/remove/", remove_version, name="calculated_version_remove"),
]
