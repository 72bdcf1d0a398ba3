"""Writes all that an account has into a zip: a workbook for people, and JSON for programs."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
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
"""For each subject's name, a function that reads its rows from the first."""

Words = Callable[[str, Row], object]
"""Returns what a cell shows, from the name of its column and its row."""

WIDE, NARROW = 28, 16


@transaction.atomic
def export(account: Account, *, words: Words, by: Person, at: datetime) -> IO[bytes]:
    """Write the account's export into a temporary file, and record who exported it and when.

    Dates and times are in ISO 8601 in the JSON, and in the account's time zone in the workbook.
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
    """Return the name of the export's files: the account's name as a slug, else its uid."""
    return slugify(account.name) or str(account.uid)


def _by_subject(account: Account, found: Iterable[tuple[Subject, Row]]) -> Rows:
    """Return a reader of each subject's rows: those in memory, or a stream from the database."""
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
    """Yield the JSON piece by piece, indented as by `json.dumps`, with no whole list in memory."""
    yield f'{{\n "exported_at": {json.dumps(at.isoformat())}'
    for name, read in rows.items():
        yield f",\n {json.dumps(name)}: ["
        last = ""
        for row in read():
            text = json.dumps(row, ensure_ascii=False, indent=1)
            yield f"{last}\n  " + text.replace("\n", "\n  ")
            last = ","
        yield "\n ]" if last else "]"
    yield "\n}"


def _workbook(rows: Rows, time_zone: str, words: Words) -> IO[bytes]:
    """Write a workbook with a sheet for each subject; dates and times are cells of that type."""
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
