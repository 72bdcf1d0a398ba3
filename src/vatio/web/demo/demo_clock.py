"""The bar with which the demo's visitors advance its clock."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.dates import DEPARTMENT_TIME_ZONE, written
from vatio.demo_clock import advancing
from vatio.keys import parse_key
from vatio.refusal import Refused
from vatio.reminders.models import Reminder
from vatio.web.shell.access import SIGNED_IN, Request, only
from vatio.web.shell.redirects import back_to

MOST = 400


@require_POST
@only(SIGNED_IN)
def advance(request: Request) -> HttpResponse:
    """Advance the clock by a day, a week, or the days to the next expiry; 404 outside the demo."""
    if not clock.follows():
        raise Http404
    wanted = request.POST.get("days", "")
    days = advancing.days_to_the_next_end() if wanted == "next" else None
    if days is None:
        days = min(parse_key(wanted) or 1, MOST)
    before = clock.now()
    try:
        advancing.advance(days)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(
            request,
            _("It is %(day)s now. Reminders: %(reminders)s. Accounts that expired: %(expired)s.")
            % {
                "day": written(_today()),
                "reminders": Reminder.objects.visible_to(request.user)
                .filter(decided_at__gt=before, overtaken=False)
                .count(),
                "expired": Account.objects.visible_to(request.user)
                .filter(ends_at__gt=before, ends_at__lte=clock.now())
                .count(),
            },
        )
    return HttpResponseRedirect(back_to(request.POST, "/"))


def _today() -> date:
    return clock.today(DEPARTMENT_TIME_ZONE)


urlpatterns = [path("demo/advance/", advance, name="demo_advance")]
