"""Stores an inventory workbook between its upload and its import."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.metering.inventory import reading, writing
from vatio.metering.inventory.planning import InventoryPlan
from vatio.metering.models import InventoryDraft
from vatio.refusal import Refused
from vatio.spreadsheets.uploads import ensure_readable
from vatio.tenants.models import Person

KEPT = timedelta(days=7)


class InventoryImported(Refused):
    """The draft was imported before, or deleted as too old."""


@transaction.atomic
def keep(
    account: Account, file_name: str, content: bytes, *, by: Person, at: datetime
) -> InventoryDraft:
    """Store an uploaded workbook, and delete those of the account that are older than a week.

    :raises TooLarge: if the file has more than 20 MB.
    :raises Unreadable: if the file is no spreadsheet.
    """
    ensure_readable(content)
    InventoryDraft.objects.filter(account=account, made_at__lt=at - KEPT).delete()
    return InventoryDraft.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        made_by=by,
        made_at=at,
        file_name=file_name[-200:],
        content=content,
    )


@transaction.atomic
def carry_out(draft: InventoryDraft, *, by: Person, at: datetime) -> InventoryPlan:
    """Import a draft, and delete it.

    :raises InventoryImported: if somebody imported it meanwhile.
    :raises FaultyInventory: if it has faults, or adds more than the account holds.
    """
    inventory = reading.read(bytes(draft.content))
    done = writing.carry_out(draft.account, inventory, file_name=draft.file_name, by=by, at=at)
    if not InventoryDraft.objects.filter(pk=draft.pk).delete()[0]:
        raise InventoryImported(_("This file was imported already."))
    return done
