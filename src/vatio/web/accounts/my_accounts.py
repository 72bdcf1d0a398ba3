"""«Mis cuentas»: the accounts in which somebody has a role."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.accounts.models import Account, AccountRole
from vatio.accounts.searching import matching
from vatio.orders.lockout import shut_among
from vatio.portfolios.account_rows import account_rows
from vatio.tenants.folding import tidy
from vatio.web.shell.access import (
    SIGNED_IN,
    Request,
    only,
)


@only(SIGNED_IN)
def listing(request: Request) -> HttpResponse:
    """Show the accounts in which the person has a role."""
    text = tidy(request.GET.get("q", ""))
    roles = dict(
        AccountRole.objects.visible_to(request.user)
        .filter(person=request.user)
        .values_list("account_id", "role")
    )
    found = matching(
        Account.objects.visible_to(request.user).filter(roles__person=request.user), text
    )
    page = pagination.page(found, order=["name_sorted", "id"], parameters=request.GET)
    at = clock.now()
    return render(
        request,
        "accounts/my_accounts.html",
        {
            "page": page,
            "rows": account_rows([each.pk for each in page.rows], request.user, at=at),
            "shut": shut_among(page.rows, at=at),
            "roles": roles,
            "count": found.count(),
            "text": text,
        },
    )


urlpatterns = [path("my-accounts/", listing, name="my_accounts")]
