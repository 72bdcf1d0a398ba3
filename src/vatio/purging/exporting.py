"""Writes all that an account has into a zip: a workbook for people, and JSON for programs.

Readings are in CSV files beside them, which both list.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from vatio.accounts.locking import AccountGone, ensure_open
from vatio.accounts.models import Account
from vatio.downloads.models import Download
from vatio.purging import contents
from vatio.purging.contents import Row
from vatio.purging.models import Export
from vatio.purging.workbook import ExportWorkbook, Words
from vatio.readings import belongings as readings
from vatio.readings.exporting import files
from vatio.tenants.belongings import Subject
from vatio.tenants.models import Person

AT_ONCE = 5_000
"""An account with more rows than this is exported by the worker."""

TELL_EVERY = 1_000

Tell = Callable[[int], None]


@transaction.atomic
def export(account: Account, *, words: Words, by: Person, at: datetime) -> IO[bytes]:
    """Write the account's export into a temporary file, and record who exported it and when."""
    made, digest = _write(account, words=words, at=at)
    _record(account, digest, by=by, at=at)
    return made


def size(account: Account) -> int:
    """Return about how many rows the account's export has, its readings among them."""
    return sum(_rows(subject, row) for subject, row in contents.read(account))


def _rows(subject: Subject, row: Row) -> int:
    if subject.watermark:
        return int(row["rows"])
    if subject.name == readings.FILES.name:
        return 1 + int(row["readings"]) + int(row["registers"])
    return 1


@transaction.atomic
def write_download(begun: Download, tell: Tell, *, words: Words) -> IO[bytes]:
    """Write the export that a person asked for; whoever takes the file is recorded then.

    :raises AccountGone: if the account was deleted.
    """
    if begun.account is None:
        raise AccountGone(_("This account was deleted meanwhile."))
    made, begun.what["digest"] = _write(begun.account, words=words, at=begun.asked_at, tell=tell)
    return made


def record_taken(account: Account, taken: Download, *, at: datetime) -> None:
    """Record that the person who asked for an account's export has it, the first time."""
    exports = Export.objects.filter(account=account, made_by=taken.asked_by)
    if not exports.filter(digest=taken.what["digest"], made_at__gte=taken.asked_at).exists():
        _record(account, taken.what["digest"], by=taken.asked_by, at=at)


def _write(
    account: Account,
    *,
    words: Words,
    at: datetime,
    tell: Tell = lambda done: None,
) -> tuple[IO[bytes], str]:
    """Write the account's export into a temporary file; return it and its contents' digest.

    Dates and times are in ISO 8601 in the JSON, and in the account's time zone in the workbook.
    A process that is killed leaves nothing, and the next one begins again.

    :raises AccountGone: if the account is being deleted, also if that began meanwhile.
    """
    ensure_open(account)
    found, progress = contents.read(account), Progress(tell)
    made = tempfile.TemporaryFile()  # noqa: SIM115
    name = file_name(account)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        with tempfile.TemporaryFile() as sheets:
            with (
                packed.open(f"{name}.json", "w", force_zip64=True) as texts,
                closing(ExportDocument(texts, at=at)) as document,
                closing(ExportWorkbook(sheets, time_zone=account.time_zone, words=words)) as book,
            ):
                _write_rows(account, found, document, book, progress)
            sheets.seek(0)
            with packed.open(f"{name}.xlsx", "w", force_zip64=True) as place:
                shutil.copyfileobj(sheets, place)
        _write_readings(account, packed, progress)
    _ensure_still_open(account)
    made.seek(0)
    return made, contents.digest(found)


def _write_rows(
    account: Account,
    found: Iterable[tuple[Subject, Row]],
    document: "ExportDocument",
    book: ExportWorkbook,
    progress: "Progress",
) -> None:
    """Write every subject into both files at once, row by row.

    So they hold the same, and a subject that is streamed is read once.
    """
    for subject, rows in contents.by_subject(account, found):
        document.begin(subject)
        book.begin(subject)
        for row in rows:
            document.add(row)
            book.add(row)
            progress.add(1)


def _write_readings(account: Account, packed: zipfile.ZipFile, progress: "Progress") -> None:
    for file in files(account.pk):
        with packed.open(file.name, "w", force_zip64=True) as place:
            for part, lines in file.parts:
                place.write(part)
                progress.add(lines)


def _ensure_still_open(account: Account) -> None:
    """Refuse what was written if the account is being deleted by now: it may lack readings.

    :raises AccountGone: if it is.
    """
    now = Account.objects.filter(pk=account.pk).first()
    if now is None:
        raise AccountGone(_("This account was deleted meanwhile."))
    ensure_open(now)


class Progress:
    """Counts the rows that are written, and tells their number now and then."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._done, self._told = tell, 0, 0

    def add(self, rows: int) -> None:
        """Count rows that were written."""
        self._done += rows
        if self._done - self._told >= max(TELL_EVERY, self._done // 100):
            self._told = self._done
            self._tell(self._done)


def _record(account: Account, digest: str, *, by: Person, at: datetime) -> None:
    Export.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        made_by=by,
        made_at=at,
        digest=digest,
    )


def file_name(account: Account) -> str:
    """Return the name of the export's files: the account's name as a slug, else its uid."""
    return slugify(account.name) or str(account.uid)


class ExportDocument:
    """The JSON of an export: a list for each subject, indented as by `json.dumps`.

    No more than a row is held in memory.
    """

    def __init__(self, file: IO[bytes], *, at: datetime) -> None:
        self._file = file
        self._end = ""
        self._write(f'{{\n "exported_at": {_json(at.isoformat())}')

    def begin(self, subject: Subject) -> None:
        """Begin the list of a subject, and end the one before."""
        self._write(f"{self._end},\n {_json(subject.name)}: [")
        self._between, self._end = "\n  ", "]"

    def add(self, row: Row) -> None:
        """Write a row into the list."""
        self._write(self._between + _json(row).replace("\n", "\n  "))
        self._between, self._end = ",\n  ", "\n ]"

    def close(self) -> None:
        """End the list and the document."""
        self._write(f"{self._end}\n}}")

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
