"""«Renovar las marcadas»: the bulk renewal of the ticked accounts, and its progress."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vatio import clock
from vatio.accounts.models import Account
from vatio.keys import parse_uuid
from vatio.orders import bulk_renewing
from vatio.orders.models import BulkRenewal, BulkRenewalItem
from vatio.tenants.models import Organisation, Person
from vatio.web.shell.access import SUPERADMINISTRATOR, Request, only
from vatio.web.shell.fields import parse_day
from vatio.web.shell.redirects import back_to

REPORT = "round"
"""Session key of the latest bulk renewal, until the list has shown its report."""


@dataclass(frozen=True)
class Report:
    """The progress of a bulk renewal, and the outcome for each account."""

    bulk_renewal: BulkRenewal
    items: list[BulkRenewalItem]
    all: int
    done: int
    refused: int

    @property
    def is_finished(self) -> bool:
        """Whether every account has an outcome."""
        return self.done == self.all


@require_POST
@only(SUPERADMINISTRATOR)
def renew_ticked(request: Request, slug: str) -> HttpResponse:
    """Request the renewal of every ticked account: at once if they are few, else by the worker."""
    ticked = (choice.partition("|") for choice in request.POST.getlist("ticked"))
    ends = {parse_uuid(uid): parse_day(end) or date.min for uid, _bar, end in ticked}
    uids = [uid for uid in ends if uid is not None]
    accounts = list(
        Account.objects.visible_to(request.user)
        .led_by(request.user)
        .filter(organisation=request.organisation, uid__in=uids)
        .order_by("name_sorted", "id")
    )
    if accounts:
        begun = bulk_renewing.ask(
            request.organisation,
            [(each, ends[each.uid]) for each in accounts],
            by=request.user,
            at=clock.now(),
            now=clock.now,
        )
        request.session[REPORT] = str(begun.uid)
    else:
        messages.warning(request, _("Tick the accounts to renew first."))
    return HttpResponseRedirect(back_to(request.POST, reverse("accounts", args=[slug])))


@only(SUPERADMINISTRATOR)
def page(request: Request, slug: str, uid: UUID) -> HttpResponse:
    """Show the progress of a bulk renewal, and the outcome for each account.

    Once the bulk renewal is finished, a page that polls is reloaded, to refresh its rows too.
    """
    shown = get_object_or_404(
        BulkRenewal.objects.visible_to(request.user), organisation=request.organisation, uid=uid
    )
    told = report(shown, request.user)
    response = render(request, "renewals/bulk_renewal.html", {"report": told})
    if told.is_finished and "HX-Request" in request.headers:
        response.headers["HX-Refresh"] = "true"
    return response


def report(shown: BulkRenewal, person: Person) -> Report:
    """Build the report of a bulk renewal: its counts, and its items in the order of the list."""
    items = BulkRenewalItem.objects.visible_to(person).filter(bulk_renewal=shown)
    counts = items.aggregate(
        all=Count("id"),
        done=Count("id", filter=~Q(outcome=BulkRenewalItem.Outcome.WAITING)),
        refused=Count("id", filter=Q(outcome=BulkRenewalItem.Outcome.REFUSED)),
    )
    listed = items.select_related("account", "order").order_by("id")
    return Report(shown, list(listed), **counts)


def latest(session: SessionBase, organisation: Organisation, person: Person) -> Report | None:
    """Return the report that the list shows: of the bulk renewal that the person began last.

    A running bulk renewal is shown on every visit, a finished one only once more.
    """
    uid = parse_uuid(session.get(REPORT))
    if uid is None:
        return None
    begun = BulkRenewal.objects.visible_to(person).filter(organisation=organisation, uid=uid)
    found = begun.first()
    shown = report(found, person) if found else None
    if shown is None or shown.is_finished:
        session.pop(REPORT)
    return shown


urlpatterns = [
    path("o/<slug:slug>/accounts/renew/", renew_ticked, name="accounts_renew"),
    path("o/<slug:slug>/rounds/<uuid:uid>/", page, name="bulk_renewal"),
]
