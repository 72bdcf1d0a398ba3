"""An RTC line: its page, and the forms that add it and change how it is called."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.collection.line_zones import zone_of
from vatio.collection.models import LineSettings
from vatio.collection.setting_up import add_line, change_line
from vatio.entitlements.limits import why_closed
from vatio.keys import parse_uuid
from vatio.metering import installing
from vatio.metering.models import RtcLine
from vatio.people.telephones import masked, spelled
from vatio.tenants.models import Person
from vatio.units import Unit
from vatio.web.metering.form_page import show, takes
from vatio.web.metering.found import line_of
from vatio.web.metering.line_calls import shown
from vatio.web.metering.line_form import CalledForm, LineForm
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add an RTC line, with how it is called if that is said: its meter costs that line now."""
    account = enter(request, to_change=True).account
    chosen = {name: parse_uuid(request.GET.get(name)) or "" for name in ("supply_point", "meter")}
    form = LineForm(request.POST or None, account=account, initial=chosen)
    if request.method == "POST" and form.is_valid():
        line = form.attempt(lambda: _add(form, by=request.user))
        if line:
            name = line.supply_point.name
            messages.success(request, _("RTC line added: %(name)s") % {"name": name})
            return redirect("line", uid, line.uid)
    says = [
        *takes(account, Unit.RTC_LINES),
        _("Its meter takes no meter any more, unless a gateway sends readings of it."),
        _("It can be said later how it is called; it is not called before."),
    ]
    return show(account, form, request, title=_("Add an RTC line"), says=says)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Change how an RTC line is called; an empty key keeps the one that is stored."""
    account = enter(request, to_change=True).account
    line = line_of(account, thing, request.user)
    settings = LineSettings.objects.visible_to(request.user).filter(line=line).first()
    name = line.supply_point.name
    form = CalledForm(request.POST or None, settings=settings)
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(
            lambda: change_line(line, form.details(), by=request.user, at=clock.now())
        )
        if changed:
            messages.success(request, _("RTC line changed: %(name)s") % {"name": name})
            return redirect("line", uid, thing)
    return show(
        account,
        form,
        request,
        title=_("How %(name)s is called") % {"name": name},
        says=[_("It takes nothing more: the line stays as it is.")],
        above=(name, "line", thing),
    )


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Show an RTC line: its supply point and meter, how it is called, what came, its calls."""
    frame, at = enter(request), clock.now()
    account = frame.account
    line = line_of(account, thing, request.user)
    settings = LineSettings.objects.visible_to(request.user).filter(line=line).first()
    telephone = settings.telephone if settings else ""
    zone = zone_of(line)
    return render(
        request,
        "metering/line.html",
        {
            "account": account,
            "line": line,
            "settings": settings,
            "zone": zone,
            "telephone": spelled(telephone) if frame.may_change else masked(telephone),
            "may_change": frame.may_change,
            "closed": why_closed(account, at=at),
            **shown(request.GET, line, settings, zone=zone, at=at),
        },
    )


def _add(form: LineForm, *, by: Person) -> RtcLine:
    point, meter = form.cleaned_data["supply_point"], form.cleaned_data["meter"]
    if not form.is_said:
        return installing.add_rtc_line(point, meter, by=by, at=clock.now())
    return add_line(point, meter, form.details(), by=by, at=clock.now())


PLACE = "accounts/<uuid:uid>/installation/lines"

urlpatterns = [
    path(f"{PLACE}/new/", new, name="line_new"),
    path(f"{PLACE}/<uuid:thing>/", page, name="line"),
    path(f"{PLACE}/<uuid:thing>/change/", change, name="line_change"),
]
