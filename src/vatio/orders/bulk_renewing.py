"""Asks for another year of several accounts with one press, and says of each what became of it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vatio.accounts.models import Account
from vatio.orders.models import BulkRenewal, BulkRenewalItem, Order
from vatio.orders.submitting import submit_renewal
from vatio.refusal import Refused
from vatio.task_queue import defer
from vatio.tenants.models import Organisation, Person

AT_ONCE = 10
"""A round of more accounts than this is the worker's."""

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
    """Ask to renew each account, with the end that the page showed of it.

    A short round is done before this returns; a long one is written down for the worker.
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
    """Give every account that still waits its turn, and close the round after the last.

    Each item is a transaction of its own: one that is refused takes none of the others back,
    and whoever is killed on the way leaves the rest to the next. Any number may do it at once.
    """
    while _renew_next(begun):
        pass
    waiting = BulkRenewalItem.objects.filter(
        bulk_renewal=OuterRef("pk"), outcome=BulkRenewalItem.Outcome.WAITING
    )
    BulkRenewal.objects.filter(~Exists(waiting), pk=begun.pk, finished_at__isnull=True).update(
        finished_at=now()
    )
    begun.refresh_from_db(fields=["finished_at"])


def carry_all_on(*, now: Now) -> None:
    """Carry on the rounds that somebody left unfinished."""
    for begun in BulkRenewal.objects.filter(finished_at__isnull=True).order_by("id"):
        carry_on(begun, now=now)


class LeadsNoLonger(Refused):
    """Whoever began the round lost their place before it was finished."""


def _ensure_still_leads(begun: BulkRenewal) -> None:
    if not begun.organisation.memberships.filter(person=begun.asked_by, person__is_active=True):
        raise LeadsNoLonger(
            _("%(who)s no longer leads the organisation.") % {"who": begun.asked_by.name}
        )


@transaction.atomic
def _renew_next(begun: BulkRenewal) -> bool:
    """Ask for one account; tell whether there was one that nobody else is asking for."""
    item = (
        BulkRenewalItem.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(bulk_renewal=begun, outcome=BulkRenewalItem.Outcome.WAITING)
        .select_related("account__organisation")
        .order_by("id")
        .first()
    )
    if item is None:
        return False
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
    return True
