"""A supply point: its page, and the forms that add and change it."""

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
from vatio.dates import day_at
from vatio.entitlements.limits import why_closed
from vatio.keys import parse_uuid
from vatio.metering import changing, contracting
from vatio.metering.contracting import ContractDetails
from vatio.metering.cups import Cups, NotACups, parse_cups
from vatio.metering.elsewhere import same_cups_elsewhere
from vatio.metering.installing import SupplyDetails
from vatio.metering.labels import ENERGIES, TERRITORIES
from vatio.metering.models import Site, SupplyPoint
from vatio.metering.site_paths import site_paths
from vatio.units import Unit
from vatio.web.metering.choosing import ThingField, sites_of
from vatio.web.metering.contracts import FIELDS, POWERS, ContractFields
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.metering.found import supply_point_of
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

BY_CUPS = (SupplyPoint.Energy.ELECTRICITY, SupplyPoint.Energy.GAS)
"""What is known by a CUPS, from a retailer; others are known by supplier and policy."""


class SupplyForm(ThingForm):
    """A supply point."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    site = ThingField[Site](label=gettext_lazy("Site"), required=False)
    energy = forms.ChoiceField(label=gettext_lazy("Energy"), choices=list(ENERGIES.items()))
    cups = forms.CharField(label="CUPS", max_length=60, required=False)
    policy = NameField(label=gettext_lazy("Policy"), max_length=60, required=False)
    territory = forms.ChoiceField(
        label=gettext_lazy("Territory"),
        choices=[("", "–"), *TERRITORIES.items()],
        required=False,
        help_text=gettext_lazy("Electricity needs it: its clock and its tariffs follow from it."),
    )
    manages_bills = forms.BooleanField(
        label=gettext_lazy("Manage its bills"), required=False, initial=True
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].offer(sites_of(account))  # type: ignore[attr-defined]

    def clean_cups(self) -> Cups | None:
        text = self.cleaned_data["cups"]
        try:
            return parse_cups(text) if text else None
        except NotACups as refused:
            raise forms.ValidationError(str(refused)) from None

    def details(self, *, supplier: str) -> SupplyDetails:
        """Return the cleaned values as the `SupplyDetails` that the rule takes."""
        written = {name: self.cleaned_data[name] for name in SupplyForm.base_fields}
        if written["energy"] != SupplyPoint.Energy.ELECTRICITY:
            written["territory"] = ""
        return SupplyDetails(**written, supplier=supplier)


class NewSupplyForm(SupplyForm, ContractFields):
    """A supply point with its first contract."""

    field_order = [*SupplyForm.base_fields, *FIELDS]
    groups = (
        (gettext_lazy("Supply point"), [*SupplyForm.base_fields]),
        (gettext_lazy("Its contract"), ["retailer", "tariff"]),
        (gettext_lazy("Contracted powers"), POWERS),
        ("", ["since"]),
    )

    @property
    def is_by_cups(self) -> bool:
        """Whether it is known by a CUPS, so that who sells it is a retailer."""
        return self.cleaned_data.get("energy") in BY_CUPS

    def clean(self) -> dict[str, Any]:
        written = super().clean()
        agreed = [name for name in FIELDS if name != "since" and written.get(name) is not None]
        agreed = [name for name in agreed if written[name] != ""]
        needs_day = agreed if self.is_by_cups else [each for each in agreed if each != "retailer"]
        if needs_day and not written.get("since") and "since" not in self.errors:
            self.add_error("since", _("Say from which day on the contract runs."))
        return written

    def supplier(self) -> str:
        """Return who supplies what has no CUPS: water, heat."""
        return "" if self.is_by_cups else str(self.cleaned_data["retailer"])

    def first_contract(self) -> ContractDetails | None:
        """Return the first contract, if there is a day from which on it runs."""
        if not self.cleaned_data["since"]:
            return None
        return self.contract(policy=self.cleaned_data["policy"])


class ChangedSupplyForm(SupplyForm):
    """What is known of a supply point; who supplies it, where it has no CUPS."""

    supplier = NameField(
        label=gettext_lazy("Supplier"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Of water, heat and the like; the retailer is in the contract."),
    )
    groups = (("", [*SupplyForm.base_fields, "supplier"]),)


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a supply point with its first contract."""
    account = enter(request, to_change=True).account
    form = NewSupplyForm(
        request.POST or None,
        account=account,
        initial={"site": parse_uuid(request.GET.get("inside")) or "", "territory": "peninsula"},
    )
    if request.method == "POST" and form.is_valid():
        point = form.attempt(
            lambda: contracting.add_supplied(
                account,
                form.details(supplier=form.supplier()),
                form.first_contract(),
                by=request.user,
                at=clock.now(),
                insist="insist" in request.POST,
            )
        )
        if point:
            messages.success(request, _("Supply point added: %(name)s") % {"name": point.name})
            return redirect("supply_point", uid, point.uid)
    return show(account, form, request, title=_("Add a supply point"), says=_says(account))


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def change(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Change what is known of a supply point."""
    account = enter(request, to_change=True).account
    point = supply_point_of(account, thing, request.user)
    name, managed = point.name, point.manages_bills
    known = {each: getattr(point, each) for each in ChangedSupplyForm.base_fields}
    known |= {"cups": point.cups + point.cups_suffix, "site": point.site.uid if point.site else ""}
    form = ChangedSupplyForm(request.POST or None, account=account, initial=known)
    if request.method == "POST" and form.is_valid():
        details = form.details(supplier=form.cleaned_data["supplier"])
        changed = form.attempt(
            lambda: changing.change_supply_point(point, details, by=request.user, at=clock.now())
        )
        if changed:
            messages.success(request, _("Supply point changed: %(name)s") % {"name": point.name})
            return redirect("supply_point", uid, thing)
    says = [_("It takes one CUPS, and gives it back once its bills are no longer managed.")]
    return show(
        account,
        form,
        request,
        title=_("Change %(name)s") % {"name": name},
        says=says if managed else _says(account),
        above=(name, "supply_point", thing),
    )


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def page(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Show a supply point: its contracts, the meters that measure it, its RTC lines."""
    frame = enter(request)
    account = frame.account
    point = supply_point_of(account, thing, request.user)
    today = day_at(clock.now(), account.time_zone)
    measured = list(point.measurements.select_related("meter").order_by("-since", "role", "id"))
    return render(
        request,
        "metering/supply_point.html",
        {
            "account": account,
            "point": point,
            "path_of_site": site_paths(account).get(point.site) if point.site else "",
            "contracts": point.contracts.order_by("-since"),
            "measured": measured,
            "principal": [each for each in measured if each.is_principal_on(today)],
            "lines": point.rtc_lines.select_related("meter").order_by("-service_since", "id"),
            "same_cups": same_cups_elsewhere(point, request.user),
            "may_change": frame.may_change,
            "closed": why_closed(account, at=clock.now()),
        },
    )


def _says(account: Account) -> list[str]:
    return [
        *takes(account, Unit.SUPPLY_POINTS),
        _("If its bills are not managed, it takes none."),
    ]


urlpatterns = [
    path("accounts/<uuid:uid>/installation/supply-points/new/", new, name="supply_point_new"),
    path("accounts/<uuid:uid>/installation/supply-points/<uuid:thing>/", page, name="supply_point"),
    path(
        "accounts/<uuid:uid>/installation/supply-points/<uuid:thing>/change/",
        change,
        name="supply_point_change",
    ),
]
