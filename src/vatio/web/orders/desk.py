"""«Bandeja comercial»: the orders of all organisations, the oldest first."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock
from vatio.catalogue.models import LicenceVersion
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.orders import listing
from vatio.orders.labels import KINDS
from vatio.orders.models import Order
from vatio.tenants.models import Membership, Organisation
from vatio.web.orders.consequences import asks
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.fields import organisation_choices

MONTH = timedelta(days=30)


@only(COMMERCIAL)
def desk(request: Request) -> HttpResponse:
    """Show the queue of orders, and its figures."""
    at = clock.now()
    every = Order.objects.visible_to(request.user)
    filters = listing.read_at_desk(request.GET, request.user)
    found = listing.narrowed(every, filters, request.user)
    page = listing.page(
        found.select_related(
            "account", "organisation", "submitted_by", "licence__licence", "taken_by"
        ),
        filters,
        request.GET,
    )
    # A parameter with an unknown value filters nothing, but can be cleared all the same.
    is_filtered = any(request.GET.get(name) for name in ("kind", "hand"))
    oldest = every.open().order_by("submitted_at", "id").first()
    decided = every.filter(decided_at__gt=at - MONTH)
    return render(
        request,
        "orders/desk.html",
        {
            "page": page,
            "asks": asks(page.rows),
            "waits": {order.pk: _days_waited(order, at=at) for order in page.rows},
            "count": found.count(),
            "open_count": every.open().count(),
            "oldest": oldest,
            "oldest_waits": _days_waited(oldest, at=at) if oldest else 0,
            "accepted": decided.filter(state=Order.State.ACCEPTED).count(),
            "rejected": decided.filter(state=Order.State.REJECTED).count(),
            "state": filters.state or filters.among,
            "states": listing.OUTCOMES,
            "is_decided": filters.among == listing.DECIDED,
            "narrows": filters.narrows or is_filtered,
            "kinds": KINDS,
            "asked": filters,
            "organisations": organisation_choices(request.user, filters.organisation),
            "steps": _first_steps(request),
        },
    )


def _days_waited(order: Order, *, at: datetime) -> int:
    """Return how many days ago an order was sent, by the department's calendar."""
    return (
        day_at(at, DEPARTMENT_TIME_ZONE) - day_at(order.submitted_at, DEPARTMENT_TIME_ZONE)
    ).days


def _first_steps(request: Request) -> dict[str, bool]:
    """Return which prerequisites of a first order exist: an organisation, a licence, a person."""
    return {
        "organisation": Organisation.objects.visible_to(request.user).exists(),
        "licence": LicenceVersion.objects.published().exists(),
        "person": Membership.objects.visible_to(request.user).exists(),
    }


urlpatterns = [path("desk/", desk, name="desk")]
