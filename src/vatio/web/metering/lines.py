"""The form of an RTC line."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import clock
from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.metering import installing
from vatio.metering.models import Meter, SupplyPoint
from vatio.units import Unit
from vatio.web.metering.choosing import ThingField, meters_of, supply_points_of
from vatio.web.metering.form_page import ThingForm, show, takes
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter


class LineForm(ThingForm):
    """A supply point, and its meter that is called."""

    supply_point = ThingField[SupplyPoint](
        label=gettext_lazy("Supply point"), nothing=gettext_lazy("Choose one")
    )
    meter = ThingField[Meter](label=gettext_lazy("Meter"), nothing=gettext_lazy("Choose one"))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supply_point"].offer(supply_points_of(account))  # type: ignore[attr-defined]
        self.fields["meter"].offer(meters_of(account))  # type: ignore[attr-defined]


@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def new(request: Request, uid: UUID) -> HttpResponse:
    """Add an RTC line: its meter costs that line from now on."""
    account = enter(request, to_change=True).account
    chosen = {name: parse_uuid(request.GET.get(name)) or "" for name in ("supply_point", "meter")}
    form = LineForm(request.POST or None, account=account, initial=chosen)
    if request.method == "POST" and form.is_valid():
        point, meter = form.cleaned_data["supply_point"], form.cleaned_data["meter"]
        line = form.attempt(
            lambda: installing.add_rtc_line(point, meter, by=request.user, at=clock.now())
        )
        if line:
            messages.success(request, _("RTC line added: %(name)s") % {"name": point.name})
            return redirect("supply_point", uid, point.uid)
    says = [
        *takes(account, Unit.RTC_LINES),
        _("Its meter takes no meter any more, unless a gateway sends readings of it."),
    ]
    return show(account, form, request, title=_("Add an RTC line"), says=says)


urlpatterns = [path("accounts/<uuid:uid>/installation/lines/new/", new, name="line_new")]
