"""The renewal of one account: «Renovar», «Deshacer», «No voy a renovar»."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts import non_renewal, undoing
from vatio.accounts.models import Account
from vatio.dates import written
from vatio.orders import submitting
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.web.shell.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.fields import parse_day
from vatio.web.shell.way_back import WayBack


@require_POST
@only(SUPERADMINISTRATOR)
def renew(request: Request, uid: UUID) -> HttpResponse:
    """Request another year («Renovar», one click)."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user).led_by(request.user), uid=uid
    )
    try:
        order = submitting.submit_renewal(
            account,
            shown_end=parse_day(request.POST.get("end")) or date.min,
            by=request.user,
            at=clock.now(),
        )
    except Refused as refused:
        messages.warning(request, str(refused), extra_tags=f"row {account.uid}")
    else:
        _say(request, order, account)
    return HttpResponseRedirect(WayBack(request).to_row(uid))


def _say(request: Request, order: Order, account: Account) -> None:
    """Show the outcome of «Renovar» and, if it took effect at once, how to take it back."""
    if order.state == Order.State.ACCEPTED:
        messages.success(
            request,
            _("%(account)s is renewed until %(day)s.")
            % {"account": account.name, "day": written(account.covered_until or date.max)},
            extra_tags=f"undo {account.uid}",
        )
    else:
        messages.success(
            request,
            _("Renewal of %(account)s requested: %(number)s.")
            % {"account": account.name, "number": order.number},
        )


@require_POST
@only(SUPERADMINISTRATOR, COMMERCIAL)
def undo(request: Request, uid: UUID) -> HttpResponse:
    """Take a renewal back: «Deshacer»."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user).overseen_by(request.user), uid=uid
    )
    try:
        undoing.undo(account, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused), extra_tags=f"row {account.uid}")
    else:
        messages.success(
            request,
            _("The renewal of %(account)s is undone: it ends on %(day)s.")
            % {"account": account.name, "day": written(account.covered_until or date.max)},
        )
    return HttpResponseRedirect(WayBack(request).to_row(uid))


@require_POST
@only(SUPERADMINISTRATOR)
def leave(request: Request, uid: UUID) -> HttpResponse:
    """Record that an account will not be renewed, or revoke that: «No voy a renovar»."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user).led_by(request.user), uid=uid
    )
    rule = non_renewal.stay if request.POST.get("leaving") == "no" else non_renewal.leave
    try:
        rule(account, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused), extra_tags=f"row {account.uid}")
    return HttpResponseRedirect(WayBack(request).to_row(uid))


urlpatterns = [
    path("accounts/<uuid:uid>/renew/", renew, name="account_renew"),
    path("accounts/<uuid:uid>/leaving/", leave, name="account_leaving"),
    path("accounts/<uuid:uid>/renewal/undo/", undo, name="renewal_undo"),
]
