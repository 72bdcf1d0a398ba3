"""Writes all that an account has into a zip: a workbook for people, and JSON for programs."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import IO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from vatio import workbooks
from vatio.accounts.models import Account
from vatio.purging import contents
from vatio.purging.contents import SUBJECTS, Row, Subject
from vatio.purging.models import Export
from vatio.tenants.models import Person

Rows = dict[str, list[Row]]
"""The rows of each subject, by its name."""

Words = Callable[[str, Row], object]
"""Says in words what a cell of a row holds, by the name of its column."""

WIDE, NARROW = 28, 16

SHEETS = {
    "account": _("Account"),
    "agreements": _("Agreements"),
    "terms": _("Terms"),
    "grants": _("Grants"),
    "sms_transactions": _("SMS credits"),
    "orders": _("Orders"),
    "bulk_renewal_items": _("Renewals together"),
    "said": _("Questions and answers"),
    "notes": _("Notes"),
    "people": _("People"),
    "invitations": _("Invitations"),
    "reminders": _("Reminders"),
    "messages": _("Messages"),
    "history": _("History"),
}

HEADINGS = {
    "account_name": _("Account name"),
    "address": _("Address"),
    "agreement": _("Agreement"),
    "anchor_day": _("Day of the month"),
    "asked_at": _("Requested"),
    "at": _("When"),
    "by": _("Who"),
    "cancelled_at": _("Taken back"),
    "client": _("Client"),
    "closed_by": _("Ended early by"),
    "closed_on": _("Ended early"),
    "comments": _("Comments"),
    "contact_email": _("Contact e-mail"),
    "context": _("What it says"),
    "created_at": _("Created"),
    "credits": _("Credits"),
    "data_points": _("DP"),
    "decided_at": _("Decided on"),
    "decided_by": _("Decided by"),
    "effective_on": _("From"),
    "email": _("E-mail address"),
    "ends_at": _("Instant of expiry"),
    "ends_on": _("Expires"),
    "extra_data_points": _("DP on top"),
    "extra_meters": _("Meters on top"),
    "extra_rtc_lines": _("RTC lines on top"),
    "extra_supply_points": _("CUPS on top"),
    "facts": _("Facts"),
    "key": _("Key"),
    "kind": _("Kind"),
    "language": _("Language"),
    "lapses_at": _("Until"),
    "leaving_at": _("Will not be renewed, since"),
    "licence": _("Licence"),
    "made_at": _("Made"),
    "made_by": _("Made by"),
    "meters": _("Meters"),
    "milestone": _("Reminder"),
    "months": _("Months"),
    "name": _("Name"),
    "nif": "NIF",
    "note": _("Reason"),
    "number": _("Number"),
    "opened_on": _("First day"),
    "order": _("Order"),
    "organisation": _("Organisation"),
    "outcome": _("What became of it"),
    "overtaken": _("Overtaken"),
    "queued_at": _("Queued"),
    "reason": _("Reason"),
    "recorded_at": _("Recorded"),
    "reference": _("Reference"),
    "role": _("Role"),
    "rtc_lines": _("RTC lines"),
    "rule": _("Rule"),
    "sector": _("Sector"),
    "settled_at": _("Settled"),
    "sms_credits": _("SMS credits"),
    "starts_on": _("Start of the term"),
    "state": _("State"),
    "submitted_at": _("Requested"),
    "submitted_by": _("Requested by"),
    "supply_points": _("CUPS"),
    "taken_by": _("In hand of"),
    "template": _("Message"),
    "until_on": _("Renewed until"),
    "used_at": _("Used"),
    "verb": _("What happened"),
    "withdrawn_at": _("Withdrawn"),
    "words": _("Words"),
    "time_zone": _("Time zone"),
}


@transaction.atomic
def export(account: Account, *, words: Words, by: Person, at: datetime) -> IO[bytes]:
    """Write the account's export into a temporary file, and keep that it was taken, and by whom.

    Days and moments of the JSON are in ISO 8601; the workbook's are those of the
    account's time zone.
    """
    found = contents.read(account)
    rows = _by_subject(found)
    made = tempfile.TemporaryFile()  # noqa: SIM115
    name = file_name(account)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{name}.json", _written(rows, at=at))
        with (
            _workbook(rows, account.time_zone, words) as book,
            packed.open(f"{name}.xlsx", "w") as place,
        ):
            shutil.copyfileobj(book, place)
    Export.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        made_by=by,
        made_at=at,
        digest=contents.digest(found),
    )
    made.seek(0)
    return made


def file_name(account: Account) -> str:
    """Name the export's files for their account, without what a disk might not take."""
    return slugify(account.name) or str(account.uid)


def _by_subject(found: Iterable[tuple[Subject, Row]]) -> Rows:
    """Put the rows of each subject together; one that has none is there too."""
    rows: Rows = {subject.name: [] for subject in SUBJECTS}
    for subject, row in found:
        rows[subject.name].append(row)
    return rows


def _written(rows: Rows, *, at: datetime) -> str:
    return json.dumps({"exported_at": at.isoformat(), **rows}, ensure_ascii=False, indent=1)


def _workbook(rows: Rows, time_zone: str, words: Words) -> IO[bytes]:
    """Write a sheet for each subject, its days and moments as such."""
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for subject in SUBJECTS:
        sheet = book.add_worksheet(str(SHEETS[subject.name]))
        for place, column in enumerate(subject.columns):
            sheet.set_column(place, place, NARROW if _is_date(column) else WIDE)
            sheet.write_string(0, place, str(HEADINGS[column]), bold)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows[subject.name], start=1):
            for place, column in enumerate(subject.columns):
                value = _cell(column, row, time_zone, words)
                sheet.write(line, place, value, moment if isinstance(value, datetime) else None)
    book.close()
    made.seek(0)
    return made


def _is_date(column: str) -> bool:
    return column == "at" or column.endswith(("_at", "_on"))


def _cell(column: str, row: Row, time_zone: str, words: Words) -> object:
    value = row[column]
    if value is not None and column.endswith("_on"):
        return date.fromisoformat(value)
    if value is not None and _is_date(column):
        return datetime.fromisoformat(value).astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    said = words(column, row)
    return json.dumps(said, ensure_ascii=False) if isinstance(said, dict) else said
