"""Submits the renewals of several accounts in one request, and records the outcome of each."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vatio.accounts.models import Account
from vatio.notifications.work_done import Work, tell_done
from vatio.orders.models import BulkRenewal, BulkRenewalItem, Order
from vatio.orders.submitting import submit_renewal
from vatio.refusal import Refused
from vatio.task_queue import defer, each_by_itself
from vatio.tenants.models import Organisation, Person

AT_ONCE = 10
"""A bulk renewal of more accounts than this runs in the worker."""

TASK = "renew_in_bulk"

Now = Callable[[], datetime]


def ask(
    organisation: Organisation,
    asked: Sequence[tuple[Account, date]],
    *,
    by: Person,
    at: datetime,
    now: Now,
) -> BulkRenewal:
    """Create a bulk renewal of these accounts, and run it here or queue it for the worker.

    Up to `AT_ONCE` accounts are renewed before this returns; more are left to the worker.

    :param asked: each account with the end that the page showed for it.
    """
    with transaction.atomic():
        begun = BulkRenewal.objects.create(organisation=organisation, asked_by=by, asked_at=at)
        BulkRenewalItem.objects.bulk_create(
            [
                BulkRenewalItem(
                    bulk_renewal=begun,
                    organisation=organisation,
                    account=account,
                    shown_end=shown_end,
                )
                for account, shown_end in asked
            ]
        )
        if len(asked) > AT_ONCE:
            defer(TASK, number=begun.pk)
    if len(asked) <= AT_ONCE:
        carry_on(begun, now=now)
    return begun


def carry_on(begun: BulkRenewal, *, now: Now) -> None:
    """Submit the renewal of every waiting item, and close the bulk renewal after the last.

    Each item is a transaction of its own: a refusal rolls back no other item, and a process
    that is killed leaves the rest waiting for the next one. Processes may run concurrently:
    each skips the items that another has locked. An item that fails waits on, and keeps
    none behind it from being submitted.
    """
    items = begun.items.filter(outcome=BulkRenewalItem.Outcome.WAITING).order_by("id")
    numbers = list(items.values_list("pk", flat=True))
    each_by_itself(numbers, lambda number: _renew(begun, number))
    _close(begun, at=now())
    begun.refresh_from_db(fields=["finished_at"])


def carry_all_on(*, now: Now) -> None:
    """Resume the bulk renewals that are unfinished."""
    unfinished = BulkRenewal.objects.filter(finished_at__isnull=True).order_by("id")
    each_by_itself(unfinished, lambda begun: carry_on(begun, now=now))


@transaction.atomic
def _close(begun: BulkRenewal, *, at: datetime) -> None:
    """Close a bulk renewal once no item waits; tell who asked for one that the worker did."""
    waiting = BulkRenewalItem.objects.filter(
        bulk_renewal=OuterRef("pk"), outcome=BulkRenewalItem.Outcome.WAITING
    )
    unfinished = BulkRenewal.objects.filter(~Exists(waiting), pk=begun.pk, finished_at__isnull=True)
    if not unfinished.update(finished_at=at):
        return
    refused = Q(outcome=BulkRenewalItem.Outcome.REFUSED)
    counts = begun.items.aggregate(
        done=Count("id", filter=~refused), refused=Count("id", filter=refused)
    )
    if sum(counts.values()) > AT_ONCE:
        tell_done(
            Work.RENEWALS,
            begun.pk,
            begun.asked_by,
            name=begun.organisation.name,
            count=counts["done"],
            refused=counts["refused"],
            path=f"/o/{begun.organisation.slug}/rounds/{begun.uid}/",
            at=at,
            organisation=begun.organisation,
        )


class LeadsNoLonger(Refused):
    """The person who requested the bulk renewal no longer leads the organisation."""


def _ensure_still_leads(begun: BulkRenewal) -> None:
    if not begun.organisation.memberships.filter(person=begun.asked_by, person__is_active=True):
        raise LeadsNoLonger(
            _("%(who)s no longer leads the organisation.") % {"who": begun.asked_by.name}
        )


@transaction.atomic
def _renew(begun: BulkRenewal, number: int) -> None:
    """Submit a waiting item, unless another process has locked or submitted it."""
    item = (
        BulkRenewalItem.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=number, outcome=BulkRenewalItem.Outcome.WAITING)
        .select_related("account__organisation")
        .first()
    )
    if item is None:
        return
    account = item.account
    try:
        _ensure_still_leads(begun)
        order = submit_renewal(
            account, shown_end=item.shown_end, by=begun.asked_by, at=begun.asked_at
        )
    except Refused as refused:
        item.outcome = BulkRenewalItem.Outcome.REFUSED
        with override(begun.asked_by.language):
            item.words = str(refused)
    else:
        item.order = order
        accepted = order.state == Order.State.ACCEPTED
        item.outcome = (
            BulkRenewalItem.Outcome.RENEWED if accepted else BulkRenewalItem.Outcome.ASKED
        )
        item.until = account.covered_until if accepted else None
    item.save(update_fields=["outcome", "order", "until", "words"])
