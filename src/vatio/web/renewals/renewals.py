"""«Renovaciones»: the accounts that end in the months ahead, of an organisation or of all."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock
from vatio.accounts.expiry import GRACE_DAYS, in_grace
from vatio.accounts.holdings import held_by_many
from vatio.accounts.models import Account, AccountSet
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.orders import renewals
from vatio.orders.models import Order
from vatio.orders.outlook import outlook, span
from vatio.orders.renewals import Due
from vatio.people.models import CalendarLink
from vatio.tenants.models import Person
from vatio.web.renewals import month_chart
from vatio.web.renewals.calendars import SHOWN_ONCE
from vatio.web.shell.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only

GRACE_SHOWN = 20
"""How many accounts in grace stand above the months; the list of the expired has the others."""
A_WEEK = timedelta(days=7)
FURTHEST_BACK = timedelta(days=GRACE_DAYS) + A_WEEK
"""A span that holds every account in grace, on whichever day its time zone is."""


@dataclass(frozen=True)
class RenewalRow:
    """A row of the page: when an account ends, under which licence, and its renewal's standing."""

    due: Due
    days_left: int
    licence: str
    order: Order | None

    @property
    def collected_until(self) -> date:
        """The exclusive end of grace, if the account has expired."""
        return self.due.due_on + timedelta(days=GRACE_DAYS)


@only(SUPERADMINISTRATOR)
def of_organisation(request: Request, slug: str) -> HttpResponse:
    """Show the renewals ahead of an organisation, and the person's calendar link."""
    accounts = Account.objects.visible_to(request.user).filter(organisation=request.organisation)
    own = CalendarLink.objects.visible_to(request.user).open()
    more = {
        "fresh_link": request.session.pop(SHOWN_ONCE, ""),
        "link": own.filter(organisation=request.organisation).first(),
    }
    return _page(request, accounts, time_zone=request.organisation.time_zone, more=more)


@only(COMMERCIAL)
def of_all(request: Request) -> HttpResponse:
    """Show the renewals ahead of every organisation."""
    accounts = Account.objects.visible_to(request.user)
    return _page(request, accounts, time_zone=DEPARTMENT_TIME_ZONE, more={})


def _page(
    request: Request, accounts: AccountSet, *, time_zone: str, more: dict[str, object]
) -> HttpResponse:
    """Show the chart, and the accounts of the month in the query string or of all months."""
    at = clock.now()
    today = day_at(at, time_zone)
    first, until = span(today)
    ahead = outlook(renewals.counted(accounts, since=first, until=until, at=at), today=today)
    month = ahead.month(request.GET.get("month", ""))
    page = renewals.page(
        accounts,
        since=month.first if month else first,
        until=month.after if month else until,
        parameters=request.GET,
        at=at,
    )
    expired = in_grace(accounts, at=at)
    running_out = renewals.listed(
        expired, since=today - FURTHEST_BACK, until=today + A_WEEK, at=at, size=GRACE_SHOWN
    )
    return render(
        request,
        "renewals/renewals.html",
        {
            "outlook": ahead,
            "drawn": month_chart.draw(ahead.months),
            "month": month,
            "in_grace": _renewal_rows(running_out, request.user, at=at),
            "in_grace_count": expired.count(),
            "page": page,
            "rows": _renewal_rows(page.rows, request.user, at=at),
            "at_desk": not hasattr(request, "organisation"),
            "time_zone": time_zone,
            **more,
        },
    )


def _renewal_rows(dues: list[Due], person: Person, *, at: datetime) -> list[RenewalRow]:
    """Build the rows of the page; the number of queries does not depend on its length."""
    held = held_by_many((due.id, due.last_day) for due in dues)
    waiting = Order.objects.visible_to(person).open().filter(kind=Order.Kind.RENEWAL)
    asked = waiting.filter(account__in=[due.id for due in dues])
    orders = {order.account_id: order for order in asked}
    return [
        RenewalRow(
            due=due,
            days_left=(due.due_on - day_at(at, due.account.time_zone)).days,
            licence=held[due.id].licence if due.id in held else "",
            order=orders.get(due.id),
        )
        for due in dues
    ]


urlpatterns = [
    path("o/<slug:slug>/renewals/", of_organisation, name="renewals"),
    path("desk/renewals/", of_all, name="desk_renewals"),
]
