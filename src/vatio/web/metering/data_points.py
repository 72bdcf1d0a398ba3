"""The form of a data point, or of another resolution of one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.metering.labels import RESOLUTIONS
from vatio.metering.models import DataSource, Meter
from vatio.metering.quantities import QUANTITIES
from vatio.metering.resolutions import add_quantity
from vatio.units import Unit
from vatio.web.metering.choosing import ThingField, meters_of, sources_of
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter

ACTIVE_ENERGY, QUARTER = 402, 15


def quantity_choices() -> list[tuple[int, str]]:
    """Return the quantities to choose from, each with the unit that is shown."""
    return [
        (each.code, f"{each.label} ({each.shown})" if each.shown else str(each.label))
        for each in QUANTITIES.values()
    ]


class DataPointForm(ThingForm):
    """A quantity of a meter, at a resolution."""

    meter = ThingField[Meter](label=gettext_lazy("Meter"), nothing=gettext_lazy("Choose one"))
    quantity = forms.TypedChoiceField(
        label=gettext_lazy("Quantity"), choices=quantity_choices, coerce=int
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Resolution"), choices=list(RESOLUTIONS.items()), coerce=int
    )
    source = ThingField[DataSource](label=gettext_lazy("Data source"), required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meter"].offer(meters_of(account))  # type: ignore[attr-defined]
        self.fields["source"].offer(sources_of(account))  # type: ignore[attr-defined]


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add a data point to a meter (`?meter=`), or another resolution of a quantity it has."""
    account = enter(request, to_change=True).account
    form = DataPointForm(
        request.POST or None,
        account=account,
        initial={
            "meter": parse_uuid(request.GET.get("meter")) or "",
            "quantity": ACTIVE_ENERGY,
            "minutes": QUARTER,
        },
    )
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        point = form.attempt(
            lambda: add_quantity(
                written["meter"],
                quantity=written["quantity"],
                minutes=written["minutes"],
                source=written["source"],
                by=request.user,
                at=clock.now(),
            )
        )
        if point:
            messages.success(request, _("Data point added: %(name)s") % {"name": point.name})
            return redirect("meter", uid, point.meter.uid)
    return show(account, form, request, title=_("Add a data point"), says=_says(account))


def _says(account: Account) -> list[str]:
    says = [
        *takes(account, Unit.DATA_POINTS),
        _("Another resolution of a quantity that the meter has takes none."),
    ]
    inserted = account.datasources.filter(kind=DataSource.Kind.INSERTION).exists()
    if inserted and account.rtclines.in_service().exists():
        (meter,) = takes(account, Unit.METERS)
        says.append(_("From a gateway, on a meter that is called:") + f" {meter}")
    return says


urlpatterns = [
    path("accounts/<uuid:uid>/installation/data-points/new/", new, name="data_point_new"),
]
