"""Stores a portfolio's file between its upload and its import."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.portfolios import importing
from vatio.portfolios.columns import HEADINGS, LEFT_OUT
from vatio.portfolios.importing import Plan
from vatio.portfolios.models import ImportDraft
from vatio.portfolios.values import Ends
from vatio.refusal import Refused
from vatio.spreadsheets.tables import tables
from vatio.spreadsheets.uploads import ensure_readable
from vatio.tenants.models import Organisation, Person

KEPT = timedelta(days=7)
SHEET_NAME = 200


class AlreadyImported(Refused):
    """The draft was imported before, or deleted as too old."""


@transaction.atomic
def keep(
    organisation: Organisation, file_name: str, content: bytes, *, by: Person, at: datetime
) -> ImportDraft:
    """Store an uploaded file as a draft, and delete the drafts that are older than a week.

    :raises TooLarge: if the file has more than 20 MB.
    :raises Unreadable: if the file is no spreadsheet.
    """
    ensure_readable(content)
    ImportDraft.objects.filter(made_at__lt=at - KEPT).delete()
    return ImportDraft.objects.create(
        organisation=organisation,
        made_by=by,
        made_at=at,
        file_name=file_name[-200:],
        content=content,
    )


def settle(
    draft: ImportDraft,
    *,
    ends: Ends,
    licences: Mapping[str, str],
    columns: Mapping[str, str],
    sheet: str = "",
) -> None:
    """Write how a draft is to be read: which sheet, what its ends are, what its names mean.

    A column is mapped to the key of one of ours, or to "" if it is to be left out.
    """
    ImportDraft.objects.filter(pk=draft.pk).update(
        ends=ends,
        sheet=sheet[:SHEET_NAME],
        licences={theirs: ours for theirs, ours in licences.items() if theirs and ours},
        columns={
            theirs: ours for theirs, ours in columns.items() if ours in HEADINGS or ours == LEFT_OUT
        },
    )


def plan(draft: ImportDraft, *, at: datetime) -> Plan:
    """Compute what importing a draft would do; nothing is written.

    :raises Unreadable: if the draft has no headings.
    """
    return importing.plan(
        draft.organisation,
        bytes(draft.content),
        licences=draft.licences,
        columns=draft.columns,
        ends=draft.ends,  # type: ignore[arg-type]
        sheet=draft.sheet,
        at=at,
    )


def length(draft: ImportDraft) -> int:
    """Count the lines of a draft that are not empty: about as many as it has accounts."""
    longest = 0
    for table in tables(bytes(draft.content)):
        if draft.sheet in {"", table.name}:
            longest = max(longest, len(table.rows))
        if not table.typed:
            break
    return longest


@transaction.atomic
def carry_out(
    draft: ImportDraft, *, by: Person, at: datetime, tell: Callable[[int], None] = lambda done: None
) -> list[Account]:
    """Import a draft, all or nothing, and delete the draft.

    :param tell: called after each batch with the number of accounts created so far.
    :raises AlreadyImported: if the draft is gone, imported by somebody else or too old.
    :raises Faulty: if the draft has faults.
    """
    held = ImportDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise AlreadyImported(_("This file was already imported, or is no longer kept."))
    made = importing.carry_out(plan(held, at=at), by=by, at=at, tell=tell)
    held.delete()
    return made
