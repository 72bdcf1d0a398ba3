"""Reads a spreadsheet's cells: workbooks, and CSV as Spanish programs write it."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineWorkbook

from vatio.refusal import Refused

OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
ZIPPED, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DELIMITERS = ";,\t"
LONGEST_CELL = 1_000_000
MOST_LINES = 200_000
LARGEST_UNPACKED = 300_000_000
FAR = re.compile(
    rb' r="(?:[A-Z]{3}\d|[D-Z][A-Z]\d|[A-Z]{1,2}(?:[2-9]\d{5}|\d{7}))'
    rb'|repeated="(?:[2-9]\d{5}|\d{7})'
)
"""Matches a cell right of column CZ or below line 200,000 in xlsx; as many repeats in ods."""


class Unreadable(Refused):
    """The file is empty, damaged, too large, or of an unsupported format."""


@dataclass(frozen=True)
class SheetRow:
    """The cells of one line, and its number in the file, from 1."""

    number: int
    cells: list[object]

    def is_empty(self) -> bool:
        """Return whether every cell of the line is blank."""
        return all(str(cell).strip() == "" for cell in self.cells)


def tables(content: bytes) -> Iterator[list[SheetRow]]:
    """Yield the tables that a file may hold, the likeliest first.

    A workbook has one table for each sheet, a CSV one for each delimiter. Cells of a workbook
    keep their types; those of a CSV are text.

    :raises Unreadable: if the file is empty, damaged, too large, or no spreadsheet.
    """
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if content.startswith((ZIPPED, OLE)):
        yield from _sheets(content)
    elif content.startswith(OTHERS):
        raise Unreadable(_("This is not a spreadsheet: hand in xlsx, xls, ods or csv."))
    else:
        text = _decoded(content)
        for delimiter in sorted(DELIMITERS, key=text.count, reverse=True):
            yield _split(text, delimiter)


def _sheets(content: bytes) -> Iterator[list[SheetRow]]:
    if content.startswith(ZIPPED):
        _ensure_small(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield [SheetRow(number, list(cells)) for number, cells in enumerate(rows, 1)]
    except Exception as error:
        raise Unreadable(
            _("The workbook cannot be read: %(why)s.") % {"why": str(error)[:200] or "?"}
        ) from None


def _ensure_small(content: bytes) -> None:
    """Refuse a workbook that would exhaust memory: once unpacked, or by one cell far away.

    The parser allocates every cell up to the last one of each sheet.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [part for part in packed.infolist() if part.filename.endswith(".xml")]
            if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable(_("The workbook is larger than any portfolio."))
            for part in parts:
                if FAR.search(packed.read(part)):
                    raise Unreadable(
                        _("The workbook has cells far to the right or far down: delete them.")
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
        raise Unreadable(
            _("The workbook cannot be read: %(why)s.") % {"why": str(error)[:200]}
        ) from None


def _decoded(content: bytes) -> str:
    """Decode the bytes: as UTF-16 if they have its byte order mark, as UTF-8, or Windows-1252."""
    if content.startswith(UTF16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _split(text: str, delimiter: str) -> list[SheetRow]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[SheetRow] = []
    begun = 1
    try:
        for cells in reader:
            rows.append(SheetRow(begun, list(cells)))
            if len(rows) > MOST_LINES:
                raise Unreadable(_("The file has more lines than any portfolio."))
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s cannot be read: %(why)s.") % {"line": begun, "why": str(error)}
        ) from None
    return rows
