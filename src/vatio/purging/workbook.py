"""Writes the workbook of an export row by row: a sheet for each subject, in words."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import IO
from zoneinfo import ZoneInfo

import xlsxwriter

from vatio import workbooks
from vatio.purging.contents import Row
from vatio.tenants.belongings import Subject

Words = Callable[[str, Row], object]
"""Returns what a cell shows, from the name of its column and its row."""

MOST_LINES = 1_048_576
"""How many lines a sheet can have, the one of the headings among them."""

WIDE, NARROW = 28, 16


class ExportWorkbook:
    """The workbook of an export, of which no more than a row is held in memory.

    Dates and times are cells of that type, in the account's time zone.
    """

    def __init__(self, file: IO[bytes], *, time_zone: str, words: Words) -> None:
        self._book = xlsxwriter.Workbook(file, workbooks.OPTIONS)
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        self._clock = ZoneInfo(time_zone)
        self._words = words

    def begin(self, subject: Subject) -> None:
        """Begin the sheet of a subject."""
        self._subject, self._sheets = subject, 0
        self._add_sheet()

    def add(self, row: Row) -> None:
        """Write a row below the last one, on a further sheet where one is full."""
        if self._line == MOST_LINES:
            self._add_sheet()
        for place, column in enumerate(self._subject.columns):
            value = self._cell(column, row)
            look = self._moment if isinstance(value, datetime) else None
            self._sheet.write(self._line, place, value, look)
        self._line += 1

    def close(self) -> None:
        """Write what is left into the file."""
        self._book.close()

    def _add_sheet(self) -> None:
        self._sheets += 1
        label = str(self._subject.label)
        self._sheet = self._book.add_worksheet(
            label if self._sheets == 1 else f"{label} {self._sheets}"
        )
        for place, column in enumerate(self._subject.columns):
            self._sheet.set_column(place, place, NARROW if _is_date(column) else WIDE)
            self._sheet.write_string(0, place, self._heading(column), self._bold)
        self._sheet.freeze_panes(1, 0)
        self._line = 1

    def _heading(self, column: str) -> str:
        """Return the heading of a column; that of an instant names the time zone of its cells."""
        heading = str(self._subject.heading(column))
        is_instant = _is_date(column) and not column.endswith("_on")
        return f"{heading} ({self._clock.key})" if is_instant else heading

    def _cell(self, column: str, row: Row) -> object:
        value = row[column]
        if value is not None and column.endswith("_on"):
            return date.fromisoformat(value)
        if value is not None and _is_date(column):
            return datetime.fromisoformat(value).astimezone(self._clock).replace(tzinfo=None)
        said = self._words(column, row)
        return json.dumps(said, ensure_ascii=False) if isinstance(said, dict) else said


def _is_date(column: str) -> bool:
    return column == "at" or column.endswith(("_at", "_on"))
