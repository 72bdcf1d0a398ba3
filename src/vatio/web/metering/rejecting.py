"""«Rechazar» a device that waits, and taking that back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.keys import parse_number
from vatio.readings.accepting import NotWaiting
from vatio.readings.rejecting import reject, take_back_rejection
from vatio.readings.waiting import WaitingDevice
from vatio.web.metering.accepting import no_longer, waiting_device
from vatio.web.metering.found import source_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter

LARGEST_CODE = 999_999


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def reject_device(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Reject a device or some of its quantities, after asking."""
    account = enter(request, to_change=True).account
    source = source_of(account, thing, request.user)
    device = waiting_device(account, source, request)
    if device is None:
        return no_longer(account, request)
    chosen, listed = _codes(request, "quantity"), _codes(request, "listed")
    if not request.POST.get("sure") or not chosen:
        return _ask(request, account, device, asked=bool(request.POST.get("sure")))
    is_whole = device.meter_uid is None and chosen >= listed
    try:
        reject(source, device.did, None if is_whole else chosen, by=request.user, at=clock.now())
    except NotWaiting:
        return no_longer(account, request)
    messages.success(
        request,
        _("%(did)s is rejected: what it sends is refused.") % {"did": device.did}
        if is_whole
        else _("Rejected of %(did)s: what it sends of that is refused.") % {"did": device.did},
    )
    return redirect("installation_waiting", uid)


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def take_back(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Take the rejection of a device back: it waits again with what it sends from now on."""
    account = enter(request, to_change=True).account
    source = source_of(account, thing, request.user)
    did = request.POST.get("did", "")
    try:
        take_back_rejection(
            source, did if did.isprintable() else "", by=request.user, at=clock.now()
        )
    except NotWaiting as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request, _("%(did)s waits again with what it sends from now on.") % {"did": did}
        )
    return redirect("installation_waiting", uid)


def _ask(request: Request, account: Account, device: WaitingDevice, *, asked: bool) -> HttpResponse:
    return render(
        request,
        "metering/rejecting.html",
        {
            "account": account,
            "device": device,
            "refusal": _("Choose at least one quantity.") if asked else "",
        },
        status=422 if asked else 200,
    )


def _codes(request: Request, name: str) -> set[int]:
    """Return the codes of quantities that a form sends; what is no code is left out."""
    sent = (parse_number(each, most=LARGEST_CODE) for each in request.POST.getlist(name))
    return {each for each in sent if each is not None}


PLACE = "accounts/<uuid:uid>/installation/sources/<uuid:thing>"

urlpatterns = [
    path(f"{PLACE}/reject/", reject_device, name="source_reject"),
    path(f"{PLACE}/take-back/", take_back, name="source_take_back"),
]
