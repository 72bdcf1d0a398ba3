"""«No hubo cambio»: takes back a change of meter that was found in what a register showed."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.keys import parse_key
from vatio.readings import resettling
from vatio.refusal import Refused
from vatio.web.metering.found import meter_of
from vatio.web.shell.access import ADMINISTRATOR, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.account_frame import enter


@require_POST
@only(SUPERADMINISTRATOR, ADMINISTRATOR)
def undo(request: Request, uid: UUID, thing: UUID) -> HttpResponse:
    """Say that a found change of meter was none: its registers are held, and settled anew."""
    account = enter(request, to_change=True).account
    meter = meter_of(account, thing, request.user)
    answer = redirect("meter", uid, thing)
    found = _found(meter_changes=resettling.changes_found(meter), request=request)
    try:
        if found is None:
            raise resettling.NoChangeFound(_("No change of meter was found there."))
        resettling.undo_change(
            account, found.series_id, found_at=found.at, by=request.user, at=clock.now()
        )
    except Refused as refused:
        messages.warning(request, str(refused))
        return answer
    messages.success(request, _("It counts as no change of meter, and what it counted goes."))
    return answer


def _found(
    *, meter_changes: list[resettling.FoundChange], request: Request
) -> resettling.FoundChange | None:
    """Return the change of the meter that the form names; None if it names none."""
    series = parse_key(request.POST.get("series"))
    try:
        at = datetime.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        return None
    named = [each for each in meter_changes if each.series_id == series]
    return next((each for each in named if at.tzinfo is not None and each.at == at), None)


urlpatterns = [
    path(
        "accounts/<uuid:uid>/installation/meters/<uuid:thing>/no-change/",
        undo,
        name="meter_no_change",
    ),
]
