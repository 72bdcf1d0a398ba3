"""The fields of a supply contract, and the form that adds one to a supply point."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.metering import contracting
from vatio.metering.contracting import ContractDetails
from vatio.metering.labels import TARIFFS
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.metering.found import supply_point_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.web.shell.fields import DayField, DecimalNumber, NameField

POWERS = [f"power_{period}" for period in range(1, 7)]
FIELDS = ["retailer", "tariff", *POWERS, "since"]


def _power_label(period: int) -> Promise:
    return format_lazy("{word} P{period} (kW)", word=gettext_lazy("Power"), period=period)


class ContractFields(ThingForm):
    """The fields of a supply contract; `powers` is where a refusal of powers stands: at P1."""

    retailer = NameField(label=gettext_lazy("Retailer"), max_length=120, required=False)
    tariff = forms.ChoiceField(
        label=gettext_lazy("Tariff"),
        choices=[("", "–"), *((tariff, tariff) for tariff in TARIFFS)],
        required=False,
    )
    power_1 = DecimalNumber(label=_power_label(1), required=False)
    power_2 = DecimalNumber(label=_power_label(2), required=False)
    power_3 = DecimalNumber(label=_power_label(3), required=False)
    power_4 = DecimalNumber(label=_power_label(4), required=False)
    power_5 = DecimalNumber(label=_power_label(5), required=False)
    power_6 = DecimalNumber(label=_power_label(6), required=False)
    since = DayField(label=gettext_lazy("Since"), required=False)

    field_of = {"powers": "power_1"}

    def clean(self) -> dict[str, Any]:
        written = super().clean() or self.cleaned_data
        powers = [written.get(name) for name in POWERS]
        for name, power, later in zip(POWERS, powers, range(1, 7), strict=True):
            if power is None and any(each is not None for each in powers[later:]):
                if name not in self.errors:
                    self.add_error(name, _("Write the powers from P1 on, without leaving any out."))
                break
        return written

    def powers(self) -> list[Decimal]:
        """Return the cleaned powers, from P1 on."""
        written = (self.cleaned_data[name] for name in POWERS)
        return [power for power in written if power is not None]

    def contract(self, *, policy: str) -> ContractDetails:
        """Return the cleaned values as the `ContractDetails` that the rule takes."""
        written = self.cleaned_data
        return ContractDetails(
            since=written["since"],
            until=written.get("until"),
            retailer=written["retailer"],
            tariff=written["tariff"],
            powers=self.powers(),
            policy=policy,
        )


class ContractForm(ContractFields):
    """A further contract of a supply point."""

    since = DayField(label=gettext_lazy("Since"))
    until = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The first day that it no longer covers. Empty while it goes on."),
    )
    policy = NameField(label=gettext_lazy("Policy"), max_length=60, required=False)

    groups = (
        ("", ["retailer", "policy", "tariff"]),
        (gettext_lazy("Contracted powers"), POWERS),
        (gettext_lazy("Days"), ["since", "until"]),
    )


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Add a contract to a supply point."""
    account = enter(request, to_change=True).account
    point = supply_point_of(account, thing, request.user)
    form = ContractForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        details = form.contract(policy=form.cleaned_data["policy"])
        made = form.attempt(
            lambda: contracting.add_contract(point, details, by=request.user, at=clock.now())
        )
        if made:
            messages.success(request, _("Supply contract added: %(name)s") % {"name": point.name})
            return redirect("supply_point", uid, thing)
    return show(
        account,
        form,
        request,
        title=_("Add a contract"),
        says=[
            *takes(account),
            _("A contract without end that began earlier ends where this one begins."),
        ],
        above=(point.name, "supply_point", thing),
    )


urlpatterns = [
    path(
        "accounts/<uuid:uid>/installation/supply-points/<uuid:thing>/contracts/new/",
        new,
        name="contract_new",
    ),
]
