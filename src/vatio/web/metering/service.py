"""«Retirar» and «Volver a poner en servicio»: what they do is said before they are done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.entitlements.question import entitlement
from vatio.formats import joined, number
from vatio.metering import consequences
from vatio.metering.consequences import Consequence
from vatio.metering.labels import THINGS
from vatio.metering.models import DataPoint, Meter, RtcLine, Served, SupplyPoint
from vatio.metering.retiring import name_of, put_back, retire
from vatio.refusal import Refused
from vatio.web.metering.form_page import taken_words, ways_out
from vatio.web.metering.found import thing_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter
from vatio.web.shell.redirects import back_to


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def retire_thing(request: Request, uid: UUID, kind: str, thing: UUID) -> HttpResponse:
    """Take a thing out of service; ask first if something goes along, or a unit is taken."""
    account = enter(request, to_change=True).account
    served = thing_of(account, kind, thing, request.user)
    foreseen = consequences.of_retiring(served)
    asks = served.is_in_service and bool(foreseen.along or foreseen.takes)
    if asks and not request.POST.get("sure"):
        return _ask(request, account, served, foreseen)
    try:
        retire(served, by=request.user, at=clock.now())
    except Refused as refused:
        return _ask(request, account, served, foreseen, refused)
    messages.success(
        request, _("Retired: %(name)s. Its past stays readable.") % {"name": name_of(served)}
    )
    return redirect(back_to(request.POST, _page_of(account, served)))


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def return_thing(request: Request, uid: UUID, kind: str, thing: UUID) -> HttpResponse:
    """Put a retired thing back into service: it takes its unit again."""
    account = enter(request, to_change=True).account
    served = thing_of(account, kind, thing, request.user)
    foreseen = consequences.of_returning(served)
    try:
        put_back(served, by=request.user, at=clock.now())
    except Refused as refused:
        # The rule moved the row that is shown before it refused.
        served.refresh_from_db(fields=["service", "service_since"])
        return _ask(request, account, served, foreseen, refused)
    messages.success(request, _("Back in service: %(name)s") % {"name": name_of(served)})
    return redirect(back_to(request.POST, _page_of(account, served)))


def _ask(
    request: Request,
    account: Account,
    thing: Served,
    foreseen: Consequence,
    refused: Refused | None = None,
) -> HttpResponse:
    """Ask whether a thing is to be retired, saying what goes along, or say what was refused."""
    kind = str(THINGS[type(thing).__name__])
    return render(
        request,
        "metering/service.html",
        {
            "account": account,
            "thing": thing,
            "name": f"{kind} «{name_of(thing)}»",
            "says": says(account, foreseen),
            "refusal": str(refused) if refused else "",
            "stays": back_to(request.POST, _page_of(account, thing)),
            **ways_out(account, refused, request.user),
        },
        status=409 if refused else 200,
    )


def says(account: Account, foreseen: Consequence) -> list[str]:
    """Return in sentences what goes along, what is given back and what is taken."""
    rooms = entitlement(account, at=clock.now()).rooms
    sentences = [
        _("%(thing)s goes with it: %(name)s")
        % {"thing": THINGS[type(each).__name__], "name": name_of(each)}
        for each in foreseen.along
    ]
    if foreseen.frees:
        given = [
            unit.plural(count) % {"n": number(count)} for unit, count in foreseen.frees.items()
        ]
        sentences.append(_("It gives back %(what)s.") % {"what": joined(given)})
    sentences += [taken_words(unit, count, rooms[unit]) for unit, count in foreseen.takes.items()]
    return sentences


def _page_of(account: Account, thing: Served) -> str:
    """Return the address of the page on which a thing is shown."""
    if isinstance(thing, DataPoint):
        return reverse("meter", args=[account.uid, thing.meter.uid])
    if isinstance(thing, RtcLine):
        return reverse("line", args=[account.uid, thing.uid])
    name = "meter" if isinstance(thing, Meter) else "supply_point"
    assert isinstance(thing, Meter | SupplyPoint)
    return reverse(name, args=[account.uid, thing.uid])


PLACE = "accounts/<uuid:uid>/installation/<str:kind>/<uuid:thing>"

urlpatterns = [
    path(f"{PLACE}/retire/", retire_thing, name="thing_retire"),
    path(f"{PLACE}/return/", return_thing, name="thing_return"),
]
