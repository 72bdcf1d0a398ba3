"""Licences: drafting, publishing and retiring by the commercial department."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.catalogue import publishing
from vatio.catalogue.models import Licence, LicenceVersion
from vatio.refusal import Refused
from vatio.units import Billing, Unit
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.fields import NameField, UnitsForm

BILLINGS = [
    (Billing.MTR, gettext_lazy("by Mtr")),
    (Billing.DP, gettext_lazy("by DP")),
]


class VersionForm(UnitsForm):
    """What a version includes of each unit; an empty field means 0."""

    description = NameField(label=gettext_lazy("Description"), max_length=200, required=False)

    field_order = [*Unit, "description"]

    @staticmethod
    def words_of(unit: Unit) -> Promise | str:
        return unit.in_full


class LicenceForm(VersionForm):
    """A new licence: its name, its billing, and the quantities of its first draft."""

    name = NameField(label=gettext_lazy("Name"), max_length=60)
    billing = forms.ChoiceField(label=gettext_lazy("Billed"), choices=BILLINGS)

    field_order = ["name", "billing", *Unit, "description"]


@only(COMMERCIAL)
def listing(request: Request) -> HttpResponse:
    """Show the catalogue: each licence with its versions, the latest first."""
    versions = LicenceVersion.objects.order_by("-number")
    licences = Licence.objects.prefetch_related(Prefetch("versions", versions)).order_by(
        "name_sorted"
    )
    return render(request, "catalogue/list.html", {"licences": licences})


@only(COMMERCIAL)
def new(request: Request) -> HttpResponse:
    """Create a licence with its first draft."""
    form = LicenceForm(request.POST or None, initial={"billing": Billing.MTR})
    if request.method == "POST" and form.is_valid():
        try:
            version = publishing.draft(
                form.cleaned_data["name"],
                billing=form.cleaned_data["billing"],
                quantities=form.quantities(),
                description=form.cleaned_data["description"],
                by=request.user,
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
        else:
            messages.success(request, _("The draft is saved. Publish it when it is right."))
            return redirect("licence_version", version.uid)
    return render(request, "catalogue/new.html", {"form": form}, status=422 if form.errors else 200)


@only(COMMERCIAL)
def version(request: Request, uid: UUID) -> HttpResponse:
    """Show a version: a draft can be changed and published, a published one retired."""
    shown = _version(uid)
    initial: dict[str, Any] = {
        **dict(shown.defaults.items()),
        "description": shown.description,
    }
    form = VersionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            publishing.change_draft(
                shown,
                quantities=form.quantities(),
                description=form.cleaned_data["description"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The draft is saved. Publish it when it is right."))
            return redirect("licence_version", uid)
    return render(
        request,
        "catalogue/version.html",
        {"version": shown, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
@only(COMMERCIAL)
def publish(request: Request, uid: UUID) -> HttpResponse:
    """Publish a draft in the catalogue."""
    shown = _version(uid)
    try:
        publishing.publish(shown, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            _("%(licence)s is published: it can be asked for now.")
            % {"licence": shown.licence.name},
        )
    return redirect("licences")


@require_POST
@only(COMMERCIAL)
def retire(request: Request, uid: UUID) -> HttpResponse:
    """Retire a version from the catalogue."""
    shown = _version(uid)
    try:
        publishing.retire(shown, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            _("%(licence)s is retired: who holds it keeps it.") % {"licence": shown.licence.name},
        )
    return redirect("licences")


@require_POST
@only(COMMERCIAL)
def next_version(request: Request, uid: UUID) -> HttpResponse:
    """Create a draft of the next version of a licence."""
    licence = get_object_or_404(Licence, uid=uid)
    try:
        begun = publishing.draft_next(licence, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("licences")
    return redirect("licence_version", begun.uid)


def _version(uid: UUID) -> LicenceVersion:
    return get_object_or_404(LicenceVersion.objects.select_related("licence"), uid=uid)


urlpatterns = [
    path("desk/licences/", listing, name="licences"),
    path("desk/licences/new/", new, name="licence_new"),
    path("desk/licences/<uuid:uid>/next/", next_version, name="licence_next"),
    path("desk/licence-versions/<uuid:uid>/", version, name="licence_version"),
    path("desk/licence-versions/<uuid:uid>/publish/", publish, name="licence_publish"),
    path("desk/licence-versions/<uuid:uid>/retire/", retire, name="licence_retire"),
]
