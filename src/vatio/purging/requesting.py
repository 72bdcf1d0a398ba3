"""Requests the permanent deletion of an expired account: «Eliminar para siempre»."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.expiry import grace_ends_on, is_expired, is_in_grace
from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.dates import written
from vatio.orders.models import BulkRenewalItem, Order
from vatio.purging import contents
from vatio.purging.models import Export, Purge
from vatio.refusal import Refused
from vatio.task_queue import defer
from vatio.tenants.folding import tidy
from vatio.tenants.models import Person

TASK = "purge"
"""Name of the worker's task that deletes: the database role of the pages may not."""


class StillHeld(Refused):
    """The account has not expired, or has yet to start."""


class InGrace(Refused):
    """The account's days of grace are running: its readings are still collected."""


class OrderWaits(Refused):
    """An order or a bulk renewal of the account is still undecided."""


class NotExported(Refused):
    """The account was not exported, or has changed since its export."""


class WrongName(Refused):
    """The name that was typed is not the account's."""


class PurgeWithoutReason(Refused):
    """The request has no reason."""


@transaction.atomic
def ask(account: Account, *, name: str, reason: str, by: Person, at: datetime) -> Purge:
    """Queue the deletion of an account that is over; return the purge that waits, if there is one.

    :param name: the account's name as it was typed: case and accents count.
    :raises StillHeld: if the account has not expired.
    :raises InGrace: if its days of grace are running.
    :raises OrderWaits: if an order of the account is open, or a bulk renewal is about to submit it.
    :raises NotExported: if the account was not exported since it last changed.
    :raises WrongName: if another name was typed.
    :raises PurgeWithoutReason: if the reason is blank.
    """
    lock(account)
    asked = Purge.objects.waiting().filter(account=account).first()
    if asked is not None:
        return asked
    ensure_over(account, at=at)
    ensure_exported(account)
    if tidy(name) != tidy(account.name):
        raise WrongName(
            _("This is not the account's name: capitals and accents count."), field="name"
        )
    if not tidy(reason):
        raise PurgeWithoutReason(_("Write the reason: it stays in the history."), field="reason")
    purge = Purge.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        account_uid=account.uid,
        account_name=account.name,
        asked_by=by,
        asked_at=at,
        reason=reason.strip(),
    )
    defer(TASK, number=purge.pk)
    return purge


def ensure_over(account: Account, *, at: datetime) -> None:
    """Refuse an account that is still in use, or has an order that awaits a decision.

    :raises StillHeld: if the account has not expired.
    :raises InGrace: if its days of grace are running.
    :raises OrderWaits: if an order of the account is open, or a bulk renewal is about to submit it.
    """
    if not is_expired(account, at=at):
        raise StillHeld(_("This account has not expired: only an expired one can be deleted."))
    over = grace_ends_on(account)
    if over is not None and is_in_grace(account, at=at):
        raise InGrace(
            _("Its readings are collected until %(day)s: it can be deleted from then on.")
            % {"day": written(over)}
        )
    waiting = Order.objects.open().filter(account=account).order_by("id").first()
    if waiting is not None:
        raise OrderWaits(
            _("The order %(number)s awaits a decision: decide it first.")
            % {"number": waiting.number}
        )
    if BulkRenewalItem.objects.filter(
        account=account, outcome=BulkRenewalItem.Outcome.WAITING
    ).exists():
        raise OrderWaits(_("It is among accounts that are being renewed: wait until that is done."))


def ensure_exported(account: Account) -> None:
    """Refuse an account that was not exported with its current contents.

    :raises NotExported: if there is no export, or the account has changed since.
    """
    exports = Export.objects.filter(account=account)
    if exports.filter(digest=contents.digest(contents.read(account))).exists():
        return
    if exports.exists():
        raise NotExported(_("The account has changed since it was exported: export it again."))
    raise NotExported(_("Nobody has exported this account: do it first."))
