"""«Gestionar cuentas»: the active and the expired accounts, «Renovar», an account's page."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts import holdings, renewal
from vatio.accounts.expiry import GRACE_DAYS, grace_ends_on, has_started, is_expired
from vatio.accounts.holdings import Holding
from vatio.accounts.models import Account, AccountSet, Agreement, Grant, Purse
from vatio.accounts.searching import matching
from vatio.dates import day_at
from vatio.history.models import Act
from vatio.orders import submitting
from vatio.orders.models import Order
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.web import keyset
from vatio.web.access import COMMERCIAL, SUPERADMINISTRATOR, Request, only
from vatio.web.zones import zones

SORTS = {
    "name": ("name_folded", "id"),
    "created": ("opened_on", "id"),
    "ends": ("ends_at", "id"),
}
HISTORY_SHOWN = 30


@dataclass(frozen=True)
class Line:
    """One account as the list and its own page show it."""

    account: Account
    holding: Holding | None
    credits: int
    days_left: int
    is_expired: bool
    starts_on: date | None
    collected_until: date | None
    open_orders: list[Order]
    renewed_until: date | None
    next_end: date | None

    @property
    def open_renewal(self) -> Order | None:
        """The renewal that awaits a decision, if one does."""
        return next((o for o in self.open_orders if o.kind == Order.Kind.RENEWAL), None)

    @property
    def open_growth(self) -> list[Order]:
        """The expansion and the upgrade that await a decision."""
        return [order for order in self.open_orders if order.kind != Order.Kind.RENEWAL]

    @property
    def can_renew(self) -> bool:
        """Whether «Renovar» would send something now."""
        return not (self.open_renewal or self.renewed_until or self.starts_on)

    @property
    def grace_left(self) -> int:
        """How many days readings are still collected after the end; 0 or less if no longer."""
        return self.days_left + GRACE_DAYS

    @property
    def is_urgent(self) -> bool:
        """Whether the account, or its grace, ends within a week: then its button is filled."""
        return 0 < (self.grace_left if self.is_expired else self.days_left) <= WEEK


WEEK = 7


def lines(accounts: list[Account], person: Person, *, at: datetime) -> list[Line]:
    """Say what each account holds and what can be done: as many queries for 1 as for 50."""
    held = holdings.shown(accounts, at=at)
    ids = [account.pk for account in accounts]
    credits = dict(
        Purse.objects.visible_to(person)
        .filter(account__in=ids)
        .values_list("account_id", "balance")
    )
    open_orders: dict[int | None, list[Order]] = {}
    for order in Order.objects.visible_to(person).open().filter(account__in=ids).order_by("id"):
        open_orders.setdefault(order.account_id, []).append(order)
    return [
        _line(account, held.get(account.pk), credits, open_orders.get(account.pk, []), at=at)
        for account in accounts
    ]


def _line(
    account: Account,
    holding: Holding | None,
    credits: dict[int, int],
    open_orders: list[Order],
    *,
    at: datetime,
) -> Line:
    today = day_at(at, account.zone)
    end = account.covered_until or today
    expired = is_expired(account, at=at)
    started = has_started(account, at=at)
    renewed = started and not expired and holding is not None and holding.ends_on < end
    next_end = None
    if holding is not None and started and not renewed:
        year = renewal.foresee(account, asked_at=at, at=at, anchor_day=holding.anchor_day)
        next_end = None if expired else year.ends_on
    return Line(
        account=account,
        holding=holding,
        credits=credits.get(account.pk, 0),
        days_left=(end - today).days,
        is_expired=expired,
        starts_on=None if started else account.opened_on,
        collected_until=grace_ends_on(account) if expired else None,
        open_orders=open_orders,
        renewed_until=end if renewed else None,
        next_end=next_end,
    )


@only(SUPERADMINISTRATOR)
def active(request: Request, slug: str) -> HttpResponse:
    """Show the active accounts, those that have yet to start among them."""
    at = clock.now()
    return _list(request, "accounts", at=at, accounts=_own(request).filter(ends_at__gt=at))


@only(SUPERADMINISTRATOR)
def expired(request: Request, slug: str) -> HttpResponse:
    """Show the expired accounts, and how long readings are still collected."""
    at = clock.now()
    return _list(request, "accounts_expired", at=at, accounts=_own(request).filter(ends_at__lte=at))


def _own(request: Request) -> AccountSet:
    """Narrow to the accounts of the organisation in the address."""
    return Account.objects.visible_to(request.user).filter(organisation=request.organisation)


def _list(request: Request, name: str, *, at: datetime, accounts: AccountSet) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = matching(accounts, text)
    sort = request.GET.get("sort", "")
    order = _order(sort, "-ends" if name == "accounts_expired" else "ends")
    page = keyset.page(found, order=order, parameters=request.GET)
    zone_list = zones(request.organisation, request.user, at=at, current=name)
    return render(
        request,
        "accounts/list.html",
        {
            "zones": zone_list,
            "zone": name,
            "at": at,
            "lines": lines(page.rows, request.user, at=at),
            "page": page,
            "count": found.count(),
            "elsewhere": sum(zone.count for zone in zone_list if zone.name != "orders"),
            "text": text,
            "headings": {key: _heading(request, key, order, SORTS[key]) for key in SORTS},
        },
    )


def _order(sort: str, usual: str) -> list[str]:
    """Turn `ends` or `-ends` of the address into columns; anything else is the usual order."""
    if sort.lstrip("-") not in SORTS:
        sort = usual
    columns = SORTS[sort.lstrip("-")]
    return [f"-{column}" for column in columns] if sort.startswith("-") else list(columns)


def _heading(
    request: Request, key: str, order: list[str], columns: tuple[str, ...]
) -> dict[str, str]:
    """Say which way a column is sorted now, and where its heading leads."""
    upwards = order[0] == columns[0]
    downwards = order[0] == f"-{columns[0]}"
    return {
        "url": keyset.without_place(request.GET, sort=f"-{key}" if upwards else key),
        "sorted": "ascending" if upwards else "descending" if downwards else "",
    }


@require_POST
@only(SUPERADMINISTRATOR)
def renew(request: Request, uid: UUID) -> HttpResponse:
    """Ask for another year: the one click of «Renovar»."""
    account = get_object_or_404(
        Account.objects.visible_to(request.user).filter(
            organisation__memberships__person=request.user
        ),
        uid=uid,
    )
    try:
        order = submitting.submit_renewal(
            account,
            shown_end=parse_date(request.POST.get("end", "")) or date.min,
            by=request.user,
            at=clock.now(),
        )
    except Refused as refused:
        messages.warning(request, str(refused), extra_tags=f"row {account.uid}")
    else:
        messages.success(
            request,
            _("Renewal requested: %(number)s.") % {"number": order.number},
            extra_tags=f"row {account.uid}",
        )
    return HttpResponseRedirect(_back(request, account))


def _back(request: Request, account: Account) -> str:
    """Return to the page on which the button stood, at the row of the account."""
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    page = back if safe else reverse("account", args=[account.uid])
    return f"{page}#a-{account.uid}"


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


urlpatterns = [
    path("o/<slug:slug>/accounts/", active, name="accounts"),
    path("o/<slug:slug>/accounts/expired/", expired, name="accounts_expired"),
    path("accounts/<uuid:uid>/", account, name="account"),
    path("accounts/<uuid:uid>/renew/", renew, name="account_renew"),
]
