"""An account's page: what it holds, until when, and who agreed to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from vatio import clock, pagination
from vatio.accounts.holdings import Holding, held
from vatio.accounts.models import Account, Agreement, Grant, SmsTransaction, Term
from vatio.accounts.timeline import timeline
from vatio.dates import day_at
from vatio.history.models import Act
from vatio.metering.past import UsageStep, usage_steps
from vatio.orders.lockout import may_enter
from vatio.orders.models import Order
from vatio.portfolios.account_rows import AccountRow, account_rows
from vatio.reminders.models import Milestone, Reminder
from vatio.tenants.folding import SortKey
from vatio.tenants.models import Person
from vatio.units import Unit
from vatio.web.accounts import agreements, term_chart, usage_table
from vatio.web.analysis import overview
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter, frame
from vatio.web.shell.fields import parse_day

ORDERS_SHOWN = 12
ACTS_SHOWN = 20


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def account(request: Request, uid: UUID) -> HttpResponse:
    """Show an account: its overview to its own people, to others what was agreed."""
    found = frame(request)
    if found is None or not found.is_own or not found.may_enter:
        return _contract(request, uid)
    enter(request)
    role = found.account.roles.get(person=request.user).role
    return overview.show(found, request, role=role)


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def contract(request: Request, uid: UUID) -> HttpResponse:
    """Show what an account holds, until when, and from which agreements."""
    return _contract(request, uid)


def _contract(request: Request, uid: UUID) -> HttpResponse:
    at = clock.now()
    shown = get_object_or_404(
        Account.objects.visible_to(request.user).select_related("organisation"), uid=uid
    )
    leads = shown.organisation.is_led_by(request.user)
    if not may_enter(request.user, shown, leads=leads, at=at):
        return _shut(request, shown)
    if leads:
        request.organisation = shown.organisation
    elif not request.user.is_commercial:
        return _as_its_own_people_see_it(request, shown, at=at)
    (row,) = account_rows([shown.pk], request.user, at=at)
    terms = _terms(request, shown)
    today = day_at(at, shown.time_zone)
    billing = row.holding.billing if row.holding else ""
    moments, used = timeline(terms), usage_steps(shown)
    return render(
        request,
        "accounts/account_page.html",
        {
            "row": row,
            "account": shown,
            "at": at,
            "rows_here": {str(uid)},
            "leads": leads,
            "agreed": _agreed(request, shown, terms, today=today),
            "picture": term_chart.draw(
                term_chart.steps(moments, billing),
                unit=term_chart.unit_of(billing),
                today=today,
                next_end=None if row.is_expired else row.next_end,
                used=used,
            ),
            "usage": usage_table.table(moments, used, today=today),
            "unit": term_chart.unit_of(billing),
            "today": today,
            "then": _past(request, shown, used),
            "reminders": _reminders(row, today),
            "reminded": _reminded(request, shown, terms),
            "orders": Order.objects.visible_to(request.user)
            .filter(account=shown)
            .order_by("-submitted_at", "-id")[:ORDERS_SHOWN],
            "acts": pagination.page(
                Act.objects.visible_to(request.user)
                .filter(account_id=shown.pk)
                .select_related("person"),
                order=["-at", "-id"],
                parameters=request.GET,
                size=ACTS_SHOWN,
            ),
        },
    )


def _terms(request: Request, shown: Account) -> list[Term]:
    """Read an account's terms with their grants, including the terms that were taken back."""
    grants = Grant.objects.visible_to(request.user).select_related(
        "licence__licence", "agreement__order", "agreement__decided_by"
    )
    return list(
        Term.objects.visible_to(request.user)
        .filter(account=shown)
        .select_related("agreement")
        .prefetch_related(Prefetch("grants", grants))
        .order_by("starts_on", "id")
    )


def _agreed(
    request: Request, shown: Account, terms: list[Term], *, today: date
) -> agreements.Table:
    """Build the table of what was agreed, including credits and early ends."""
    others = (
        Agreement.objects.visible_to(request.user)
        .filter(account=shown, grants__isnull=True)
        .select_related("decided_by", "order")
        .order_by("id")
    )
    transactions = (
        SmsTransaction.objects.visible_to(request.user)
        .filter(account=shown, agreement__isnull=False)
        .values_list("agreement_id", "credits")
    )
    return agreements.table(
        terms, others, credits=dict(transactions), time_zone=shown.time_zone, today=today
    )


def _reminders(row: AccountRow, today: date) -> list[date]:
    """Return the days ahead on which an account's people will be reminded of its end."""
    end, is_left = row.account.covered_until, row.account.not_renewing_since is None
    if end is None or not is_left or row.is_expired:
        return []
    return [day for day in (each.due_on(end) for each in Milestone) if day > today]


def _reminded(request: Request, shown: Account, terms: list[Term]) -> list[date]:
    """Return the days on which an account's people were reminded of its current end."""
    last = [each.pk for each in terms if not each.is_void and each.over_on == shown.covered_until]
    told = Reminder.objects.visible_to(request.user).filter(term__in=last, overtaken=False)
    return [day_at(each.decided_at, shown.time_zone) for each in told.order_by("decided_at")]


def _shut(request: Request, shown: Account) -> HttpResponse:
    """Refuse an administrator or a viewer: show why they are locked out, and whom to ask."""
    leaders = Person.objects.filter(memberships__organisation=shown.organisation_id)
    known = {"account": shown, "leaders": leaders.filter(is_active=True).order_by(SortKey("name"))}
    return render(request, "accounts/shut.html", known, status=403)


def _as_its_own_people_see_it(request: Request, shown: Account, *, at: datetime) -> HttpResponse:
    """Show an administrator or a viewer what the account holds."""
    request.time_zone = shown.time_zone
    (row,) = account_rows([shown.pk], request.user, at=at)
    role = shown.roles.get(person=request.user).role
    return render(
        request,
        "accounts/own_account.html",
        {"account": shown, "row": row, "role": role, "at": at},
    )


@dataclass(frozen=True)
class Then:
    """What an account held and used on another day, and the agreements that granted it."""

    on: date
    holding: Holding | None
    used: dict[Unit, int]
    agreements: list[Agreement]


def _past(request: Request, shown: Account, steps: Sequence[UsageStep]) -> Then | None:
    """Return what the account held and used on the day in the query string («En otra fecha»)."""
    on = parse_day(request.GET.get("on"))
    if on is None:
        return None
    holding = held(shown, on)
    grants = (
        Grant.objects.visible_to(request.user)
        .filter(term_id=holding.term_id, effective_on__lte=on)
        .select_related("agreement__order")
        .order_by("id")
        if holding
        else []
    )
    used = {unit: usage_table.used_on(steps, unit, on) for unit in Unit}
    return Then(on, holding, used, [grant.agreement for grant in grants])


urlpatterns = [
    path("accounts/<uuid:uid>/", account, name="account"),
    path("accounts/<uuid:uid>/contract/", contract, name="contract"),
]
