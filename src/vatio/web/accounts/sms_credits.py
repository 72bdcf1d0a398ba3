"""«Créditos SMS» of an account: its balance, what moved it and what for."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.accounts.expiry import is_expired
from vatio.accounts.models import SmsTransaction, SmsWallet
from vatio.accounts.sms_movements import balances, movements
from vatio.dates import day_at
from vatio.notifications.sms_queueing import is_set_up
from vatio.people.telephones import masked
from vatio.web.accounts import sms_chart
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def credits(request: Request, uid: UUID) -> HttpResponse:
    """Show an account's SMS credits: the texts' words to its own people and leaders alone."""
    found = enter(request)
    account, at = found.account, clock.now()
    own = SmsTransaction.objects.visible_to(request.user).filter(account=account)
    page = pagination.page(
        own.select_related("agreement__order"), order=["-at", "-id"], parameters=request.GET
    )
    return render(
        request,
        "accounts/sms_credits.html",
        {
            "account": account,
            "leads": found.leads,
            "may_expand": found.leads and not is_expired(account, at=at),
            "sees_texts": found.leads or found.administers or found.is_own,
            "balance": SmsWallet.objects.visible_to(request.user).get(account=account).balance,
            "page": page,
            "movements": movements(page.rows),
            "picture": sms_chart.draw(balances(account), today=day_at(at, account.time_zone)),
            "masked": masked,
            "can_text": is_set_up(),
            "most_a_day": settings.SMS_A_DAY_ACCOUNT,
            "most_a_person": settings.SMS_A_DAY_PERSON,
        },
    )


urlpatterns = [path("accounts/<uuid:uid>/sms/", credits, name="account_sms")]
