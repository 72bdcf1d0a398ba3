"""The bar with which the demo's visitors advance its clock."""

import time
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.dates import DEPARTMENT_TIME_ZONE, written
from vatio.demo_clock import advancing
from vatio.refusal import Refused
from vatio.reminders.models import Reminder
from vatio.web.shell.access import SIGNED_IN, Request, only
from vatio.web.shell.redirects import back_to

PATIENCE = 8.0
"""Seconds for which a page waits for the worker to move the clock."""


@require_POST
@only(SIGNED_IN)
def advance(request: Request) -> HttpResponse:
    """Advance the clock by some days, or to the next expiry; 404 outside the demo.

    The worker moves it and lets each day's messages leave. What it has not done soon it goes on
    with, and the bar shows how far it is. Where there is no worker, and no mail to leave, the
    clock is moved here.
    """
    if not clock.follows():
        raise Http404
    if not advancing.may_advance(request.user):
        raise PermissionDenied
    before = clock.now()
    try:
        advancing.ask(_wanted(request.POST.get("days", "")))
    except Refused as refused:
        messages.warning(request, str(refused))
        return HttpResponseRedirect(back_to(request.POST, "/"))
    if settings.EMAIL_URL or advancing.worker_is_there():
        _wait()
    else:
        advancing.carry_on(lambda: 0)
    clock.forget()
    messages.success(request, _said(request, before=before))
    return HttpResponseRedirect(back_to(request.POST, "/"))


def _wanted(text: str) -> int:
    """Return the number of days that was asked for.

    :raises WrongDays: if it is none, or the next expiry is too far away.
    """
    if text != "next":
        return advancing.parse_days(text)
    days = advancing.days_to_the_next_end()
    if days is None or days > advancing.MOST_DAYS:
        raise advancing.WrongDays(
            _("No account expires within the next %(most)s days.") % {"most": advancing.MOST_DAYS}
        )
    return days


def _wait() -> None:
    """Wait until the clock has arrived, or `PATIENCE` is over."""
    deadline = time.monotonic() + PATIENCE
    while advancing.days_to_go() and time.monotonic() < deadline:
        time.sleep(0.1)


def _said(request: Request, *, before: datetime) -> str:
    """Return where the clock is, and what happened meanwhile to what the person sees."""
    to_go = advancing.days_to_go()
    if to_go:
        return ngettext(
            "The clock is on its way: %(num)s day to go. It goes on by itself.",
            "The clock is on its way: %(num)s days to go. It goes on by itself.",
            to_go,
        ) % {"num": to_go}
    reminders = Reminder.objects.visible_to(request.user)
    accounts = Account.objects.visible_to(request.user)
    return _("It is %(day)s now. Reminders: %(reminders)s. Accounts that expired: %(expired)s.") % {
        "day": written(clock.today(DEPARTMENT_TIME_ZONE)),
        "reminders": reminders.filter(decided_at__gt=before, overtaken=False).count(),
        "expired": accounts.filter(ends_at__gt=before, ends_at__lte=clock.now()).count(),
    }


urlpatterns = [path("demo/advance/", advance, name="demo_advance")]
