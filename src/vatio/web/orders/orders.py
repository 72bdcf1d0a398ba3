"""«Solicitudes» and an order's page: its request, its outcome, withdrawing and deciding it."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.expiry import is_expired
from vatio.accounts.holdings import Holding
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.entitlements import shortfall
from vatio.history.models import Act
from vatio.orders import consequences, deciding, listing
from vatio.orders.labels import KINDS
from vatio.orders.models import Comment, Order
from vatio.orders.possible_duplicates import find_duplicates
from vatio.refusal import Refused
from vatio.units import Unit
from vatio.web.orders.consequences import Told, asks, consequence
from vatio.web.shell.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only
from vatio.web.shell.query_string import query_string
from vatio.web.shell.redirects import back_to
from vatio.web.shell.tabs import tabs


@only(SUPERADMINISTRATOR)
def of_organisation(request: Request, slug: str) -> HttpResponse:
    """Show the organisation's orders: the open ones, or all."""
    at = clock.now()
    own = Order.objects.visible_to(request.user).filter(organisation=request.organisation)
    filters = listing.read(request.GET)
    found = listing.narrowed(own, filters, request.user)
    page = listing.page(
        found.select_related("account", "submitted_by", "decided_by", "licence__licence"),
        filters,
        request.GET,
    )
    return render(
        request,
        "orders/order_list.html",
        {
            "tabs": tabs(request.organisation, at=at, current="orders"),
            "page": page,
            "asks": asks(page.rows),
            "count": found.count(),
            "show_all": filters.among == listing.ALL,
            "state": filters.state,
            "states": listing.STATES,
            "kind": filters.kind,
            "kinds": KINDS,
            "text": filters.text,
            "all_url": query_string(request.GET, {"show": "all"}),
            "open_url": query_string(request.GET, {"show": "open", "state": ""}),
            "decided": own.decided().exists(),
        },
    )


@only(SUPERADMINISTRATOR, COMMERCIAL)
def order(request: Request, uid: UUID) -> HttpResponse:
    """Show an order to the organisation that submitted it, and to the commercial department."""
    return show(request, visible(request, uid))


def show(request: Request, shown: Order, *, refused: Refused | None = None) -> HttpResponse:
    """Render an order's page, with the refusal of a rule if there is one."""
    at = clock.now()
    leads = shown.organisation.is_led_by(request.user)
    if leads:
        request.organisation = shown.organisation
    time_zone = shown.organisation.time_zone if leads else DEPARTMENT_TIME_ZONE
    account = shown.account
    holding = consequences.held_before(shown, account, at=at) if account else None
    told = consequence(shown, holding, at=at) if shown.is_open else Told("")
    used = shortfall.used_by(account) if shown.is_open and account else {}
    said = list(
        Comment.objects.visible_to(request.user)
        .filter(order=shown)
        .select_related("person")
        .order_by("at", "id")
    )
    refused_field = refused.field if refused else ""
    return render(
        request,
        "orders/order.html",
        {
            "order": shown,
            "leads": leads,
            "asked": consequences.quantities(shown, shown.proposal, holding),
            "holding": holding,
            "consequence": told.words,
            "is_possible": told.is_possible,
            "used": used,
            "short": _short(shown, holding, used) if told.is_possible else [],
            "credits": consequences.credits(shown, request.user),
            "is_expired": account is not None and is_expired(account, at=at),
            "acts": Act.objects.visible_to(request.user)
            .filter(order_id=shown.pk)
            .select_related("person")
            .order_by("-at", "-id"),
            "may_decide": shown.awaits(request.user),
            "said": [each for each in said if not each.is_note],
            "notes": [each for each in said if each.is_note],
            "likeness": find_duplicates(shown) if request.user.is_commercial else None,
            "is_own": shown.is_submitted_by(request.user),
            "waits": (day_at(at, time_zone) - day_at(shown.submitted_at, time_zone)).days,
            "refused": refused,
            "refused_reason": refused_field == "reason",
            "reason": request.POST.get("reason", "") if refused else "",
        },
        status=409 if refused else 200,
    )


def _short(shown: Order, holding: Holding | None, used: Mapping[Unit, int]) -> list[str]:
    """Return a sentence for each unit of which fewer would be held than are used."""
    if holding is None or not used:
        return []
    proposal = shown.proposal
    totals = holding.under(proposal.licence) if proposal.licence else holding.totals
    return shortfall.sentences(totals.plus(proposal.quantities), used)


@require_POST
@only(SUPERADMINISTRATOR)
def withdraw(request: Request, uid: UUID) -> HttpResponse:
    """Withdraw an order."""
    shown = visible(request, uid, led=True)
    try:
        deciding.withdraw(shown, by=request.user, at=clock.now())
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("Order %(number)s withdrawn.") % {"number": shown.number})
    return HttpResponseRedirect(back_to(request.POST, reverse("order", args=[uid])))


@require_POST
@only(COMMERCIAL)
def accept(request: Request, uid: UUID) -> HttpResponse:
    """Accept an order."""
    shown, at = visible(request, uid), clock.now()
    account = shown.account
    holding = consequences.held_before(shown, account, at=at) if account else None
    told = consequence(shown, holding, at=at)
    try:
        agreement = deciding.accept(shown, by=request.user, at=at)
    except Refused as refused:
        return show(request, visible(request, uid), refused=refused)
    account = agreement.account
    messages.success(
        request,
        _("You accepted %(number)s of %(account)s (%(organisation)s). %(what)s.")
        % {
            "number": shown.number,
            "account": account.name,
            "organisation": account.organisation.name,
            "what": told.words,
        },
        extra_tags=f"account {account.uid}",
    )
    return HttpResponseRedirect(back_to(request.POST, reverse("desk")))


@require_POST
@only(COMMERCIAL)
def reject(request: Request, uid: UUID) -> HttpResponse:
    """Reject an order with a reason."""
    shown = visible(request, uid)
    try:
        deciding.reject(
            shown, reason=request.POST.get("reason", ""), by=request.user, at=clock.now()
        )
    except Refused as refused:
        return show(request, visible(request, uid), refused=refused)
    messages.success(
        request,
        _("You rejected %(number)s of %(account)s (%(organisation)s). The reason is on its page.")
        % {
            "number": shown.number,
            "account": shown.account.name if shown.account else shown.account_name,
            "organisation": shown.organisation.name,
        },
    )
    return HttpResponseRedirect(back_to(request.POST, reverse("desk")))


def visible(request: Request, uid: UUID, *, led: bool = False) -> Order:
    """Return an order that the person may see; with `led`, only of an organisation they lead."""
    orders = Order.objects.visible_to(request.user).select_related(
        "organisation", "account", "licence__licence", "submitted_by", "decided_by", "taken_by"
    )
    if led:
        orders = orders.led_by(request.user)
    return get_object_or_404(orders, uid=uid)


urlpatterns = [
    path("o/<slug:slug>/orders/", of_organisation, name="orders"),
    path("orders/<uuid:uid>/", order, name="order"),
    path("orders/<uuid:uid>/withdraw/", withdraw, name="order_withdraw"),
    path("orders/<uuid:uid>/accept/", accept, name="order_accept"),
    path("orders/<uuid:uid>/reject/", reject, name="order_reject"),
]
