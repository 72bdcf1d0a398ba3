"""An account's page: what it holds, until when, and who agreed to it."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from vatio import clock
from vatio.accounts.models import Account, Agreement, Grant
from vatio.dates import day_at
from vatio.history.models import Act
from vatio.orders.models import Order
from vatio.web.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only
from vatio.web.lines import lines

HISTORY_SHOWN = 30


@only(SUPERADMINISTRATOR, COMMERCIAL)
def account(request: Request, uid: UUID) -> HttpResponse:
    """Show what an account holds, until when, and from which agreements."""
    at = clock.now()
    shown = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("organisation"), uid=uid
    )
    leads = shown.organisation.memberships.filter(person=request.user).exists()
    if leads:
        request.organisation = shown.organisation
    (line,) = lines([shown], request.user, at=at)
    agreements = (
        Agreement.objects.visible_to(request.user)
        .filter(account=shown)
        .select_related("decided_by", "order")
        .prefetch_related(
            Prefetch(
                "grants",
                Grant.objects.visible_to(request.user)
                .select_related("licence__licence")
                .order_by("id"),
                to_attr="given",
            ),
            Prefetch("terms", to_attr="began"),
        )
        .order_by("-decided_at", "-id")
    )
    terms = shown.terms.filter(cancelled_at__isnull=True).order_by("starts_on")
    return render(
        request,
        "accounts/account.html",
        {
            "line": line,
            "account": shown,
            "at": at,
            "leads": leads,
            "agreements": agreements,
            "terms": terms,
            "today": day_at(at, shown.zone),
            "orders": Order.objects.visible_to(request.user)
            .filter(account=shown)
            .order_by("-submitted_at", "-id")[:HISTORY_SHOWN],
            "acts": Act.objects.visible_to(request.user)
            .filter(account_id=shown.pk)
            .select_related("person")
            .order_by("-at", "-id")[:HISTORY_SHOWN],
        },
    )


urlpatterns = [path("accounts/<uuid:uid>/", account, name="account")]
