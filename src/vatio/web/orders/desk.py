"""«Bandeja comercial»: the orders of all organisations, the oldest first."""

from datetime import timedelta

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.catalogue.models import LicenceVersion
from vatio.dates import day_at
from vatio.orders.labels import KINDS
from vatio.orders.models import Order
from vatio.tenants.folding import fold_in_database
from vatio.tenants.models import Membership, Organisation
from vatio.web.orders.consequences import asks
from vatio.web.orders.orders import matching
from vatio.web.shell.access import COMMERCIAL, Request, only

MONTH = timedelta(days=30)
HANDS = ("mine", "nobody")
MOST_ORGANISATIONS = 500
"""More are not listed in the filter: the search finds them."""


@only(COMMERCIAL)
def desk(request: Request) -> HttpResponse:
    """Show the queue, and how it stands."""
    at = clock.now()
    every = Order.objects.visible_to(request.user)
    state = request.GET.get("state", "open")
    kind = request.GET.get("kind", "")
    text = request.GET.get("q", "").strip()
    by_state = state in Order.State.values and state not in Order.OPEN
    is_decided = state == "decided" or by_state
    chosen = every.exclude(state__in=Order.OPEN) if is_decided else every.open()
    if by_state:
        chosen = chosen.filter(state=state)
    if kind in KINDS:
        chosen = chosen.filter(kind=kind)
    organisation = request.GET.get("organisation", "")
    hand = request.GET.get("hand", "")
    if organisation:
        chosen = chosen.filter(organisation__slug=organisation)
    if hand in HANDS:
        chosen = chosen.filter(taken_by=request.user if hand == "mine" else None)
    by_organisation = Q(organisation__name_folded__contains=fold_in_database(text))
    found = matching(chosen, text) | chosen.filter(by_organisation) if text else chosen
    page = pagination.page(
        found.select_related(
            "account", "organisation", "submitted_by", "licence__licence", "taken_by"
        ),
        order=["-submitted_at", "-id"] if is_decided else ["submitted_at", "id"],
        parameters=request.GET,
    )
    oldest = every.open().order_by("submitted_at", "id").first()
    decided = every.filter(decided_at__gt=at - MONTH)
    return render(
        request,
        "orders/desk.html",
        {
            "page": page,
            "asks": asks(page.rows),
            "waits": {
                order.pk: (
                    day_at(at, order.organisation.time_zone)
                    - day_at(order.submitted_at, order.organisation.time_zone)
                ).days
                for order in page.rows
            },
            "count": found.count(),
            "open_count": every.open().count(),
            "oldest": oldest,
            "oldest_waits": (at - oldest.submitted_at).days if oldest else 0,
            "accepted": decided.filter(state=Order.State.ACCEPTED).count(),
            "rejected": decided.filter(state=Order.State.REJECTED).count(),
            "state": state if is_decided else "open",
            "states": [each for each in Order.State.values if each not in Order.OPEN],
            "is_decided": is_decided,
            "narrows": bool(text or kind or organisation or hand or is_decided),
            "kind": kind,
            "kinds": KINDS,
            "organisation": organisation,
            "organisations": Organisation.objects.visible_to(request.user).order_by(
                "name_folded", "id"
            )[:MOST_ORGANISATIONS],
            "hand": hand if hand in HANDS else "",
            "text": text,
            "steps": _first_steps(request),
        },
    )


def _first_steps(request: Request) -> dict[str, bool]:
    """Say what an empty platform still lacks before somebody can ask for an account."""
    return {
        "organisation": Organisation.objects.visible_to(request.user).exists(),
        "licence": LicenceVersion.objects.published().exists(),
        "person": Membership.objects.visible_to(request.user).exists(),
    }


urlpatterns = [path("desk/", desk, name="desk")]
