"""A meter: its page, the forms that add and change it, and «Cambiar el contador»."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.models import Account
from vatio.entitlements.limits import why_closed
from vatio.keys import parse_uuid
from vatio.metering import installing
from vatio.metering.changing import NewDevice
from vatio.metering.installing import Measures, MeterDetails
from vatio.metering.labels import RESOLUTIONS, ROLES
from vatio.metering.measuring import change_measuring_meter, measured_now
from vatio.metering.models import Site, SupplyPoint
from vatio.metering.quantities import QUANTITIES
from vatio.metering.site_paths import site_paths
from vatio.readings import resettling
from vatio.units import Unit
from vatio.web.metering.choosing import ThingField, sites_of, supply_points_of
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.metering.found import meter_of
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import DayField, DecimalNumber, NameField


class ChangedMeterForm(ThingForm):
    """A meter, and which supply point it measures in which role, from which day on."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    make = NameField(label=gettext_lazy("Make"), max_length=60, required=False)
    site = ThingField[Site](label=gettext_lazy("Site"), required=False)
    supply_point = ThingField[SupplyPoint](
        label=gettext_lazy("Supply point that it measures"), required=False
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=list(ROLES.items()),
        required=False,
        help_text=gettext_lazy("One principal meter at a time measures a supply point."),
    )
    since = DayField(
        label=gettext_lazy("Measures from"),
        required=False,
        help_text=gettext_lazy("Empty: since always, earlier readings included."),
    )

    def __init__(
        self, *args: Any, account: Account, measured: SupplyPoint | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        points = {**supply_points_of(account)}
        if measured is not None:
            points.setdefault(measured, measured.name)
        self.fields["site"].offer(sites_of(account))  # type: ignore[attr-defined]
        self.fields["supply_point"].offer(points)  # type: ignore[attr-defined]

    def measures(self) -> Measures | None:
        """Return the supply point that is measured, if one is chosen."""
        written = self.cleaned_data
        if written["supply_point"] is None:
            return None
        return Measures(written["supply_point"], written["role"] or "principal", written["since"])


class MeterForm(ChangedMeterForm):
    """A new meter."""

    serial = NameField(label=gettext_lazy("Serial number"), max_length=60, required=False)
    groups = (
        ("", ["name", "serial", "make", "site"]),
        (gettext_lazy("What it measures"), ["supply_point", "role", "since"]),
    )

    def details(self) -> MeterDetails:
        """Return the cleaned values as the `MeterDetails` that the rule takes."""
        written = self.cleaned_data
        return MeterDetails(
            name=written["name"],
            serial=written["serial"],
            make=written["make"],
            site=written["site"],
            measures=self.measures(),
            measured_from=written["since"],
        )


class DeviceForm(ThingForm):
    """The device that takes a meter's place."""

    day = DayField(label=gettext_lazy("Day"))
    last_register = DecimalNumber(
        label=gettext_lazy("Last register of the old one"), most=10**15, required=False
    )
    serial = NameField(label=gettext_lazy("Serial number of the new one"), max_length=60)
    first_register = DecimalNumber(
        label=gettext_lazy("First register of the new one"), most=10**15, required=False
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a meter, `?supply_point=` that it measures."""
    account = enter(request, to_change=True).account
    chosen = {
        "supply_point": parse_uuid(request.GET.get("supply_point")) or "",
        "site": parse_uuid(request.GET.get("inside")) or "",
    }
    form = MeterForm(request.POST or None, account=account, initial=chosen)
    if request.method == "POST" and form.is_valid():
        meter = form.attempt(
            lambda: installing.add_meter(
                account,
                form.details(),
                by=request.user,
                at=clock.now(),
                insist="insist" in request.POST,
            )
        )
        if meter:
            messages.success(request, _("Meter added: %(name)s") % {"name": meter.name})
            return redirect("meter", uid, meter.uid)
    says = takes(account, Unit.METERS)
    return show(account, form, request, title=_("Add a meter"), says=says)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Change a meter's name, make and site, and which supply point it measures."""
    account = enter(request, to_change=True).account
    meter = meter_of(account, thing, request.user)
    name, now = meter.name, measured_now(meter)
    known: dict[str, object] = {"name": meter.name, "make": meter.make}
    known["site"] = meter.site.uid if meter.site else ""
    if now is not None:
        known |= {"supply_point": now.supply_point.uid, "role": now.role, "since": now.since}
    form = ChangedMeterForm(
        request.POST or None,
        account=account,
        measured=now.supply_point if now else None,
        initial=known,
    )
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        changed = form.attempt(
            lambda: change_measuring_meter(
                meter,
                form.measures(),
                since=written["since"],
                name=written["name"],
                make=written["make"],
                site=written["site"],
                by=request.user,
                at=clock.now(),
            )
        )
        if changed:
            messages.success(request, _("Meter changed: %(name)s") % {"name": meter.name})
            return redirect("meter", uid, thing)
    return show(
        account,
        form,
        request,
        title=_("Change %(name)s") % {"name": name},
        says=takes(account),
        above=(name, "meter", thing),
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def device(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """«Cambiar el contador»: record that another device stands in the meter's place."""
    account = enter(request, to_change=True).account
    meter = meter_of(account, thing, request.user)
    form = DeviceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(
            lambda: resettling.change_device(
                meter, NewDevice(**form.cleaned_data), by=request.user, at=clock.now()
            )
        )
        if changed:
            messages.success(
                request,
                _("The meter %(name)s has another device: %(serial)s")
                % {"name": meter.name, "serial": changed.new_serial},
            )
            return redirect("meter", uid, thing)
    says = [
        *takes(account),
        _("Its place, what it measures, its data points and its line stay as they are."),
    ]
    return show(
        account,
        form,
        request,
        title=_("Change the meter device"),
        says=says,
        above=(meter.name, "meter", thing),
    )


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Show a meter: what it measures, its data points, its RTC line, its changes of device."""
    frame = enter(request)
    account = frame.account
    meter = meter_of(account, thing, request.user)
    points = meter.data_points.select_related("source").prefetch_related("series")
    return render(
        request,
        "metering/meter.html",
        {
            "account": account,
            "meter": meter,
            "path_of_site": site_paths(account).get(meter.site) if meter.site else "",
            "measured": meter.measurements.select_related("supply_point").order_by("-since", "id"),
            "points": points.order_by("service", "name_sorted", "id"),
            "lines": meter.rtc_lines.select_related("supply_point").order_by("service", "id"),
            "changes": meter.changes.order_by("-day"),
            "found_changes": resettling.changes_found(meter),
            "quantities": QUANTITIES,
            "resolutions": RESOLUTIONS,
            "may_change": frame.may_change,
            "closed": why_closed(account, at=clock.now()),
        },
    )


urlpatterns = [
    path("accounts/<uuid:uid>/installation/meters/new/", new, name="meter_new"),
    path("accounts/<uuid:uid>/installation/meters/<uuid:thing>/", page, name="meter"),
    path(
        "accounts/<uuid:uid>/installation/meters/<uuid:thing>/change/", change, name="meter_change"
    ),
    path(
        "accounts/<uuid:uid>/installation/meters/<uuid:thing>/device/", device, name="meter_device"
    ),
]
