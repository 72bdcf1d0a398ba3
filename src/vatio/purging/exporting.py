"""Writes all that an account has into a zip: a workbook for people, and JSON for programs."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from textwrap import indent
from typing import IO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db import transaction
from django.utils.text import slugify

from vatio import workbooks
from vatio.accounts.models import Account
from vatio.purging import contents
from vatio.purging.contents import SUBJECTS, Row
from vatio.purging.models import Export
from vatio.tenants.belongings import Subject
from vatio.tenants.models import Person

Rows = dict[str, Callable[[], Iterator[Row]]]
"""How to read the rows of each subject, by its name; each time from the first."""

Words = Callable[[str, Row], object]
"""Says in words what a cell of a row holds, by the name of its column."""

WIDE, NARROW = 28, 16


@transaction.atomic
def export(account: Account, *, words: Words, by: Person, at: datetime) -> IO[bytes]:
    """Write the account's export into a temporary file, and keep that it was taken, and by whom.

    Days and moments of the JSON are in ISO 8601; the workbook's are those of the
    account's time zone.
    """
    found = contents.read(account)
    rows = _by_subject(account, found)
    made = tempfile.TemporaryFile()  # noqa: SIM115
    name = file_name(account)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(f"{name}.json", "w") as place:
            for text in _written(rows, at=at):
                place.write(text.encode())
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


def _by_subject(account: Account, found: Iterable[tuple[Subject, Row]]) -> Rows:
    """Return how to read the rows of each subject, from what was read whole or as a stream."""
    whole: dict[str, list[Row]] = {subject.name: [] for subject in SUBJECTS}
    for subject, row in found:
        whole[subject.name].append(row)
    return {
        subject.name: partial(contents.stream, account, subject)
        if subject.watermark
        else partial(iter, whole[subject.name])
        for subject in SUBJECTS
    }


def _written(rows: Rows, *, at: datetime) -> Iterator[str]:
    """Write the JSON piece by piece, as `json.dumps` indents it, holding no list whole."""
    yield f'{{\n "exported_at": {json.dumps(at.isoformat())}'
    for name, read in rows.items():
        yield f",\n {json.dumps(name)}: ["
        last = ""
        for row in read():
            yield last + "\n" + indent(json.dumps(row, ensure_ascii=False, indent=1), "  ")
            last = ","
        yield "\n ]" if last else "]"
    yield "\n}"


def _workbook(rows: Rows, time_zone: str, words: Words) -> IO[bytes]:
    """Write a sheet for each subject, its days and moments as such."""
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for subject in SUBJECTS:
        sheet = book.add_worksheet(str(subject.label))
        for place, column in enumerate(subject.columns):
            sheet.set_column(place, place, NARROW if _is_date(column) else WIDE)
            sheet.write_string(0, place, str(subject.heading(column)), bold)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows[subject.name](), start=1):
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
