"""Who spent how many SMS credits, by account and month: for the commercial department."""

from datetime import date

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.accounts.models import Account
from vatio.accounts.sms_movements import spent_between
from vatio.dates import DEPARTMENT_TIME_ZONE, add_months, start_of
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.fields import parse_day

MONTHS = 24
"""How many months can be chosen: this one and those before."""


@only(COMMERCIAL)
def listing(request: Request) -> HttpResponse:
    """Show the accounts that spent credits in a month, those that spent most first."""
    this = clock.today(DEPARTMENT_TIME_ZONE).replace(day=1)
    months = [add_months(this, -back, anchor_day=1) for back in range(MONTHS)]
    month = _chosen(request, months)
    since = start_of(month, DEPARTMENT_TIME_ZONE)
    until = start_of(add_months(month, 1, anchor_day=1), DEPARTMENT_TIME_ZONE)
    within = Q(
        sms_transactions__message_id__isnull=False,
        sms_transactions__at__gte=since,
        sms_transactions__at__lt=until,
    )
    spenders = (
        Account.objects.visible_to(request.user)
        .filter(within)
        .annotate(moved=Sum("sms_transactions__credits"))
        .select_related("organisation", "wallet")
    )
    page = pagination.page(spenders, order=["moved", "id"], parameters=request.GET)
    spent = spent_between([each.pk for each in page.rows], since, until)
    return render(
        request,
        "accounts/sms_spent.html",
        {
            "page": page,
            "rows": [(each, *spent[each.pk]) for each in page.rows],
            "month": month,
            "months": months,
            "count": spenders.count(),
        },
    )


def _chosen(request: Request, months: list[date]) -> date:
    asked = parse_day(f"{request.GET.get('month', '')}-01")
    return asked if asked in months else months[0]


urlpatterns = [path("desk/sms/", listing, name="desk_sms")]
