"""«Por aceptar»: the devices that wait, and the form that accepts one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vatio import clock
from vatio.accounts.models import Account
from vatio.entitlements.limits import why_closed
from vatio.entitlements.question import entitlement
from vatio.formats import number
from vatio.metering.installing import Measures, MeterDetails
from vatio.metering.labels import RESOLUTIONS, ROLES
from vatio.metering.models import DataSource, Meter, Site, SupplyPoint
from vatio.readings.accepting import Accepted, NotWaiting, TooLittleRoom, accept, units_taken
from vatio.readings.insertion import WORDS
from vatio.readings.waiting import WaitingDevice, rejected, waiting
from vatio.tenants.folding import tidy
from vatio.web.metering.choosing import ThingField, meters_of, sites_of, supply_points_of
from vatio.web.metering.form_page import ThingForm, show, taken_words
from vatio.web.metering.found import meter_of, source_of
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import NameField


class AcceptanceForm(ThingForm):
    """Which meter a device is, and which of its quantities are accepted at which resolution."""

    meter = ThingField[Meter](
        label=gettext_lazy("Meter"), nothing=gettext_lazy("A new one"), required=False
    )
    name = NameField(label=gettext_lazy("Name"), max_length=120, required=False)
    site = ThingField[Site](label=gettext_lazy("Site"), required=False)
    supply_point = ThingField[SupplyPoint](
        label=gettext_lazy("Supply point that it measures"), required=False
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=list(ROLES.items()), required=False
    )
    of_new_meter = ("name", "site", "supply_point", "role")

    def __init__(
        self,
        data: QueryDict | None,
        *,
        account: Account,
        device: WaitingDevice,
        known: Meter | None,
    ) -> None:
        super().__init__(data, initial={"name": proposed_name(device)})
        self.device, self.known = device, known
        if known is not None:
            for name in ("meter", *self.of_new_meter):
                del self.fields[name]
        else:
            self.fields["meter"].offer(meters_of(account))  # type: ignore[attr-defined]
            self.fields["site"].offer(sites_of(account))  # type: ignore[attr-defined]
            self.fields["supply_point"].offer(  # type: ignore[attr-defined]
                supply_points_of(account)
            )
        for each in device.acceptable:
            code = each.measures.code
            self.fields[f"take_{code}"] = forms.BooleanField(
                label=str(each.measures.label), required=False, initial=True
            )
            self.fields[f"minutes_{code}"] = forms.TypedChoiceField(
                label=_("Resolution"),
                choices=list(RESOLUTIONS.items()),
                coerce=int,
                initial=each.minutes,
            )

    def clean(self) -> dict[str, Any]:
        written = super().clean() or self.cleaned_data
        is_new = self.known is None and "meter" in written and not written["meter"]
        if is_new and not written.get("name"):
            self.add_error("name", ValidationError(_("Give the new meter a name.")))
        return written

    def quantities(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Return each quantity that can be accepted, with its checkbox and its resolution."""
        return [
            (each, self[f"take_{each.measures.code}"], self[f"minutes_{each.measures.code}"])
            for each in self.device.acceptable
        ]

    def choices(self) -> dict[int, int]:
        """Return the resolution of each quantity that is ticked: all where nothing is sent."""
        written = self.cleaned_data if self.is_bound else None
        return {
            each.measures.code: each.minutes
            if written is None
            else written.get(f"minutes_{each.measures.code}", each.minutes)
            for each in self.device.acceptable
            if written is None or written.get(f"take_{each.measures.code}")
        }

    def chosen_meter(self) -> Meter | MeterDetails:
        """Return the meter that the device is, or what the new one is to be."""
        written = self.cleaned_data if self.is_bound else {}
        meter = self.known or written.get("meter")
        if meter is not None:
            return meter
        point = written.get("supply_point")
        return MeterDetails(
            name=written.get("name", ""),
            site=written.get("site"),
            measures=Measures(point, written.get("role") or "principal") if point else None,
        )


def proposed_name(device: WaitingDevice) -> str:
    """Return what a new meter may be called: as the device, or as its source if that is blank."""
    return tidy(device.did) or device.source


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def devices(request: Request, uid: UUID) -> HttpResponse:
    """Show all devices that wait, and those that were rejected."""
    frame = enter(request)
    return render(
        request,
        "metering/waiting.html",
        {
            "account": frame.account,
            "leads": frame.leads,
            "may_change": frame.may_change,
            "closed": why_closed(frame.account, at=clock.now()),
            "devices": waiting(frame.account, proposes=False),
            "rejected": rejected(frame.account),
        },
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def accept_device(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Accept a device (`?did=`): as a new meter or one that is there, with its quantities."""
    account = enter(request, to_change=True).account
    source = source_of(account, thing, request.user)
    device = waiting_device(account, source, request)
    if device is None:
        return no_longer(account, request)
    known = meter_of(account, device.meter_uid, request.user) if device.meter_uid else None
    form = AcceptanceForm(request.POST or None, account=account, device=device, known=known)
    if request.method == "POST" and form.is_valid():
        made = form.attempt(
            lambda: accept(
                account,
                source,
                device.did,
                form.choices(),
                meter=form.chosen_meter(),
                by=request.user,
                at=clock.now(),
            )
        )
        if made:
            _say(request, made)
            return redirect("meter", uid, made.meter.uid)
        if isinstance(form.refused, NotWaiting):
            return no_longer(account, request)
    return show(
        account,
        form,
        request,
        title=_("Accept a device"),
        says=_says(account, form),
        template="metering/accepting.html",
        device=device,
        known=known,
        source=source,
        lacking=_lacking(form.refused),
    )


def waiting_device(account: Account, source: DataSource, request: Request) -> WaitingDevice | None:
    """Return the device that a request names, with what waits of it; None if nothing does."""
    did = request.POST.get("did") or request.GET.get("did") or ""
    if not did.isprintable():
        return None
    return next(iter(waiting(account, source=source, did=did)), None)


def no_longer(account: Account, request: Request) -> HttpResponse:
    """Say that a device no longer waits, and show those that do."""
    messages.warning(
        request, _("This no longer waits: somebody accepted or rejected it meanwhile.")
    )
    return redirect("installation_waiting", account.uid)


def _says(account: Account, form: AcceptanceForm) -> list[str]:
    rooms = entitlement(account, at=clock.now()).rooms
    meter = form.chosen_meter()
    taken = units_taken(meter, form.choices())
    says = [taken_words(unit, count, rooms[unit]) for unit, count in taken.items()]
    if not says:
        says = [_("It takes none of what is contracted.")]
    if isinstance(meter, MeterDetails):
        says.append(
            _("As a meter that is there already, it takes no meter, unless that is only called.")
        )
    says.append(
        _("The readings that are held come in at once; what is not ticked goes on waiting.")
    )
    return says


def _lacking(refused: Exception | None) -> str:
    """Return in words how much has to be freed before a device can be accepted."""
    if not isinstance(refused, TooLittleRoom):
        return ""
    what = refused.unit.plural(refused.lacking) % {"n": number(refused.lacking)}
    return _("There is no room for %(what)s more.") % {"what": what}


def _say(request: Request, made: Accepted) -> None:
    """Show how many readings came in, and how many were refused and why."""
    count = made.counts.new + made.counts.corrected
    words = ngettext(
        "%(name)s accepted: %(count)s reading came in.",
        "%(name)s accepted: %(count)s readings came in.",
        count,
    )
    messages.success(request, words % {"name": made.meter.name, "count": number(count)})
    if made.refused:
        codes = dict.fromkeys(each.code for each in made.refused)
        refused = ngettext(
            "%(count)s reading was refused. %(why)s",
            "%(count)s readings were refused. %(why)s",
            len(made.refused),
        )
        why = " ".join(str(WORDS[code]) for code in codes)
        messages.warning(request, refused % {"count": number(len(made.refused)), "why": why})


PLACE = "accounts/<uuid:uid>/installation"

urlpatterns = [
    path(f"{PLACE}/waiting/", devices, name="installation_waiting"),
    path(f"{PLACE}/sources/<uuid:thing>/accept/", accept_device, name="source_accept"),
]
