"""The faults of a file, cell by cell: on the page, and in the marked file."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from math import isfinite
from typing import IO

import xlsxwriter

from vatio import workbooks
from vatio.portfolios.columns import NAMES
from vatio.portfolios.importing import Plan
from vatio.portfolios.parsing import Fault
from vatio.spreadsheets.files.cells import NoValue, SheetRow
from vatio.spreadsheets.values import shown


@dataclass(frozen=True)
class Cell:
    """A cell of a faulty row: its text and its faults."""

    heading: str
    text: str
    faults: list[str]


def faulty(
    plan: Plan, faults: Mapping[int, list[Fault]], *, most: int
) -> list[tuple[int, list[Cell]]]:
    """Return the first faulty rows of a file, each cell under our heading and with its faults.

    A fault of a column that the file lacks has a cell of its own.
    """
    portfolio, found = plan.portfolio, list[tuple[int, list[Cell]]]()
    by_number = {line.number: line for line in portfolio.lines}
    wanted = [number for number in faults if number][:most]
    for number in wanted:
        told: dict[str, list[str]] = {}
        for fault in faults[number]:
            told.setdefault(fault.column, []).append(fault.words)
        cells = [
            Cell(str(NAMES[key]), _text(by_number[number], place), told.pop(str(NAMES[key]), []))
            for key, place in sorted(
                portfolio.columns.positions.items(), key=lambda column: column[1]
            )
        ]
        cells += [Cell(column, "", words) for column, words in told.items()]
        found.append((number, cells))
    return found


def _text(line: SheetRow, place: int) -> str:
    cell = line.cells[place] if place < len(line.cells) else ""
    return shown(cell).strip()[:120]


def marked_file(plan: Plan) -> IO[bytes]:
    """Write the file again, each fault marked in its cell and described at the end of its row."""
    portfolio = plan.portfolio
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    sheet = book.add_worksheet()
    red = {"bg_color": "#F8D0CB", "font_color": "#A3231B"}
    wrong = book.add_format(red)
    wrong_day = book.add_format({**red, "num_format": workbooks.OPTIONS["default_date_format"]})
    faults: dict[int, list[Fault]] = {}
    for fault in plan.faults:
        faults.setdefault(fault.line or portfolio.headings_at, []).append(fault)
    width = max((len(line.cells) for line in portfolio.lines), default=0)
    for line in portfolio.lines:
        told = faults.get(line.number, [])
        cells = {portfolio.position_of(fault) for fault in told}
        for place, cell in enumerate(line.cells):
            look = wrong_day if isinstance(cell, date) else wrong
            sheet.write(line.number - 1, place, _legible(cell), look if place in cells else None)
        if told:
            words = "; ".join(f"{each.column}: {each.words}".strip(": ") for each in told)
            sheet.write(line.number - 1, width, words, wrong)
    book.close()
    made.seek(0)
    return made


def _legible(cell: object) -> object:
    """Return a cell's value; as text where a workbook would show a date or an error instead."""
    if isinstance(cell, float) and not isfinite(cell):
        return str(cell)
    if isinstance(cell, time | timedelta | NoValue):
        return str(cell)
    return cell
