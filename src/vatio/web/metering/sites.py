"""The form of a site, and its removal."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.metering import sites
from vatio.metering.models import Site
from vatio.metering.sites import SiteDetails
from vatio.refusal import Refused
from vatio.web.metering.choosing import ThingField, sites_of
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import DecimalNumber, NameField, time_zone_choices


class SiteForm(ThingForm):
    """A site; without a time zone it has that of the site around it, or of the account."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    parent = ThingField[Site](label=gettext_lazy("Inside"), required=False)
    address = NameField(label=gettext_lazy("Address"), max_length=200, required=False)
    activity = NameField(label=gettext_lazy("Activity"), max_length=120, required=False)
    floor_area = DecimalNumber(
        label=gettext_lazy("Floor area (m²)"), most=100_000_000, places=2, required=False
    )
    working_hours = NameField(label=gettext_lazy("Working hours"), max_length=200, required=False)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, *args: Any, account: Account, site: Site | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(sites_of(account, but=site))  # type: ignore[attr-defined]
        around = gettext_lazy("That of the site around it, or of the account")
        self.fields["time_zone"].choices = [("", around), *time_zone_choices()]  # type: ignore[attr-defined]
        self.site = site

    def clean_floor_area(self) -> object:
        area = self.cleaned_data["floor_area"]
        if area == 0:
            raise forms.ValidationError(_("Leave it empty if it is not known."))
        return area

    def details(self) -> SiteDetails:
        """Return the cleaned values as the `SiteDetails` that the rule takes."""
        holidays = self.site.local_holidays if self.site else []
        return SiteDetails(**self.cleaned_data, local_holidays=holidays)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a site, `?inside=` another one."""
    account = enter(request, to_change=True).account
    form = SiteForm(
        request.POST or None,
        account=account,
        initial={"parent": parse_uuid(request.GET.get("inside")) or ""},
    )
    if request.method == "POST" and form.is_valid():
        made = form.attempt(
            lambda: sites.add_site(account, form.details(), by=request.user, at=clock.now())
        )
        if made:
            messages.success(request, _("Site added: %(name)s") % {"name": made.name})
            return redirect("installation", uid)
    return show(account, form, request, title=_("Add a site"), says=takes(account))


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Change a site, or move it in the tree."""
    account = enter(request, to_change=True).account
    site = _site(request, account, thing)
    known = {name: getattr(site, name) for name in SiteForm.base_fields if name not in ("parent",)}
    parent = site.parent.uid if site.parent else ""
    form = SiteForm(
        request.POST or None, account=account, site=site, initial={**known, "parent": parent}
    )
    name = site.name
    if request.method == "POST" and form.is_valid():
        changed = form.attempt(
            lambda: sites.change_site(site, form.details(), by=request.user, at=clock.now())
        )
        if changed:
            messages.success(request, _("Site changed: %(name)s") % {"name": changed.name})
            return redirect("installation", uid)
    removal = reverse("site_remove", args=[uid, thing])
    return show(account, form, request, title=name, removal=removal)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def remove(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Ask whether an empty site is to be removed; remove it once that is said."""
    account = enter(request, to_change=True).account
    site = _site(request, account, thing)
    refusal = ""
    if request.method == "POST" and request.POST.get("sure"):
        name = site.name
        try:
            sites.remove_site(site, by=request.user, at=clock.now())
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Site removed: %(name)s") % {"name": name})
            return redirect("installation", uid)
    return render(
        request,
        "metering/removing_site.html",
        {"account": account, "site": site, "refusal": refusal},
        status=409 if refusal else 200,
    )


def _site(request: Request, account: Account, uid: UUID) -> Site:
    sites_here = Site.objects.visible_to(request.user).filter(account=account)
    return get_object_or_404(
        sites_here.select_related("account", "organisation", "parent"), uid=uid
    )


urlpatterns = [
    path("accounts/<uuid:uid>/installation/sites/new/", new, name="site_new"),
    path("accounts/<uuid:uid>/installation/sites/<uuid:thing>/", change, name="site"),
    path("accounts/<uuid:uid>/installation/sites/<uuid:thing>/remove/", remove, name="site_remove"),
]
