"""«Configurar»: an account's name, client and time zone."""

from dataclasses import asdict
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.configuring import Details, configure
from vatio.accounts.labels import SECTORS
from vatio.accounts.models import Account
from vatio.dates import start_of
from vatio.refusal import Refused
from vatio.tenants.models import LANGUAGES
from vatio.web.shell.access import SUPERADMINISTRATOR, Request, only
from vatio.web.shell.fields import AddressField, NameField, NifField, time_zone_choices
from vatio.web.shell.way_back import WayBack

FIELD_OF = {"account_name": "name"}
"""The form's field for a field that a rule of openings names in a refusal."""


class DetailsForm(forms.Form):
    """An account's details; `seen` is the fingerprint of the details that filled the form."""

    name = NameField(label=gettext_lazy("Account name"), max_length=120)
    client = NameField(label=gettext_lazy("Client name"), max_length=120)
    nif = NifField(label="NIF", max_length=20, required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), choices=list(SECTORS.items()))
    contact_email = AddressField(label=gettext_lazy("Contact e-mail"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zone_choices)
    seen = forms.CharField(widget=forms.HiddenInput)

    def details(self) -> Details:
        """Return the cleaned values as the `Details` that the rule takes."""
        written: dict[str, Any] = {
            name: self.cleaned_data[name] for name in Details.__dataclass_fields__
        }
        return Details(**written)


@only(SUPERADMINISTRATOR)
def page(request: Request, uid: UUID) -> HttpResponse:
    """Configure an account; `?time_zone=` previews the instant of expiry in that time zone."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user)
        .led_by(request.user)
        .select_related("organisation"),
        uid=uid,
    )
    request.organisation = account.organisation
    details = Details.of(account)
    form = DetailsForm(
        request.POST or None,
        initial={**asdict(details), "seen": details.mark, **_tried_time_zone(request)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = configure(
                account,
                form.details(),
                seen=form.cleaned_data["seen"],
                by=request.user,
                at=clock.now(),
            )
        except Refused as refused:
            account.refresh_from_db()
            form.add_error(FIELD_OF.get(refused.field, refused.field) or None, str(refused))
        else:
            if changed:
                messages.success(request, _("The account is configured."))
            return redirect(WayBack(request).to_row(uid))
    time_zone = form["time_zone"].value()
    known = time_zone in dict(time_zone_choices())
    end = account.covered_until
    return render(
        request,
        "accounts/configure.html",
        {
            "account": account,
            "form": form,
            "seen": details.mark,
            "ends_at": start_of(end, time_zone).astimezone(ZoneInfo(time_zone))
            if end and known
            else None,
            "time_zone": time_zone,
        },
        status=422 if form.errors else 200,
    )


def _tried_time_zone(request: Request) -> dict[str, str]:
    tried = request.GET.get("time_zone", "")
    return {"time_zone": tried} if tried in dict(time_zone_choices()) else {}


urlpatterns = [path("accounts/<uuid:uid>/configure/", page, name="account_configure")]
