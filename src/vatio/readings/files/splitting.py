"""Splits the bytes of a file into rows of cells: a text here, a workbook in a process apart."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.spreadsheets.files import kinds, process
from vatio.spreadsheets.files.cells import CannotRead
from vatio.spreadsheets.files.delimited import LONGEST_CELL, LONGEST_LINE, MARKED, decoded
from vatio.spreadsheets.tables import WORDS, Unreadable

DELIMITERS = ";\t,|"
LOOKED_AT = 40
"""How many lines are split to tell what the file is."""

OF_A_CURVE: dict[str, Promise] = {
    "lines": _("The workbook has more lines than a curve of many years: hand in parts of it."),
    "large": _("The file holds more than can be read at once: hand in parts of it."),
    "memory": _(
        "The workbook has cells far to the right or far down, or holds too much: copy the curve"
        " alone into a new one."
    ),
    "time": _("Reading the workbook takes too long: copy the curve alone into a new one."),
    "columns": _("Line %(line)s has more columns than any curve."),
    "long_line": _("Line %(line)s is longer than any of a curve."),
}


@dataclass
class SplitTable:
    """The rows of a text at one delimiter, or of a sheet, with the line of each, from 1."""

    lines: list[int]
    rows: list[list[object]]
    typed: bool = False
    delimiter: str = ""
    encoding: str = ""


def unreadable(error: CannotRead) -> Unreadable:
    """Return why a file cannot be read, in words about curves."""
    words = OF_A_CURVE.get(error.code) or WORDS.get(error.code, WORDS["damaged"])
    return Unreadable(words % {"line": error.line}, line=error.line)


def is_text(content: bytes) -> bool:
    """Return whether a file is a text, not a workbook.

    :raises Unreadable: if it is neither.
    """
    try:
        return kinds.kind_of(content) == "text"
    except CannotRead as error:
        raise unreadable(error) from None


def text_of(content: bytes) -> tuple[str, str]:
    """Decode a text, and return it with the name of its encoding.

    :raises Unreadable: if its letters cannot be told.
    """
    try:
        text = decoded(content)
    except CannotRead as error:
        raise unreadable(error) from None
    return text, _encoding(content)


def _encoding(content: bytes) -> str:
    for mark, encoding in MARKED.items():
        if content.startswith(mark):
            return encoding
    if b"\x00" in content:
        return "utf-16"
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def beginnings(text: str, encoding: str) -> Iterator[SplitTable]:
    """Yield the first lines of a text split at each delimiter, the likeliest first."""
    end = 0
    for _line in range(LOOKED_AT):
        end = text.find("\n", end) + 1
        if not end:
            end = len(text)
            break
    start = text[:end]
    for delimiter in sorted(DELIMITERS, key=start.count, reverse=True):
        if delimiter in start:
            yield split(start, delimiter, encoding)


def split(text: str, delimiter: str, encoding: str) -> SplitTable:
    """Split a text at a delimiter; blank lines are left out.

    :raises Unreadable: if a line or a cell is far too long.
    """
    if '"' in text:
        table = _split_quoted(text, delimiter, encoding)
        if table is not None:
            return table
        # A quotation mark that is not closed has swallowed lines: then it means nothing.
        text = text.replace('"', "")
    lines = _lines(text)
    if len(max(lines, key=len)) > LONGEST_LINE:
        long = next(at for at, line in enumerate(lines, 1) if len(line) > LONGEST_LINE)
        raise unreadable(CannotRead("long_line", line=long))
    numbers = [at for at, line in enumerate(lines, 1) if line and not line.isspace()]
    rows = [list[object](lines[at - 1].split(delimiter)) for at in numbers]
    return SplitTable(numbers, rows, delimiter=delimiter, encoding=encoding)


def _lines(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def columns(text: str, delimiter: str) -> tuple[list[int], list[list[object]]] | None:
    """Return the lines of a text and its columns, or None where lines differ in cells.

    No list is made for each row: of a long file that would cost more than all the rest.
    """
    if '"' in text:
        return None
    lines = _lines(text)
    numbers: Sequence[int] = range(1, len(lines) + 1)
    if not all(lines) or any(map(str.isspace, lines)):
        numbers = [at for at, line in enumerate(lines, 1) if line and not line.isspace()]
        lines = [lines[at - 1] for at in numbers]
    widths = {line.count(delimiter) + 1 for line in lines}
    if len(widths) != 1:
        return None
    width = widths.pop()
    cells: list[object] = list(delimiter.join(lines).split(delimiter))
    return list(numbers), [cells[at::width] for at in range(width)]


def _split_quoted(text: str, delimiter: str, encoding: str) -> SplitTable | None:
    """Split a text with quotation marks, or return None where one is not closed."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    table = SplitTable([], [], delimiter=delimiter, encoding=encoding)
    begun = 1
    try:
        for cells in reader:
            if reader.line_num > begun and any("\n" in c and delimiter in c for c in cells):
                return None
            if any(cells):
                table.lines.append(begun)
                table.rows.append(list[object](cells))
            begun = reader.line_num + 1
    except csv.Error:
        return None
    return table


def sheets(content: bytes) -> Iterator[SplitTable]:
    """Yield the sheets of a workbook, each as a table of typed cells, with what a filter hides.

    :raises Unreadable: if the workbook cannot be read.
    """
    try:
        for sheet in process.sheets(content):
            rows = list(sheet.rows)
            yield SplitTable([row.number for row in rows], [row.cells for row in rows], typed=True)
    except CannotRead as error:
        raise unreadable(error) from None
