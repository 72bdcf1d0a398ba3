"""Workbooks of one sheet that pages return: headings, and rows of words, days and numbers."""

import tempfile
from collections.abc import Iterable
from datetime import date, datetime, time

import xlsxwriter
from django.http import FileResponse

from vatio import workbooks
from vatio.web.shell.csv_files import Cell
from vatio.web.shell.downloads import XLSX

LONGEST_TITLE = 31
"""Letters in the name of a sheet: no spreadsheet opens one of more."""


def sheet_file(
    title: str,
    headings: Iterable[tuple[str, float]],
    rows: Iterable[Iterable[Cell]],
    *,
    name: str,
    has_filter: bool = False,
) -> FileResponse:
    """Return rows as a workbook to download; a moment is local, without its time zone.

    :param headings: what stands above each column, and how many letters wide that is.
    :param has_filter: whether the headings offer to narrow the rows.
    """
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    sheet = book.add_worksheet(title[:LONGEST_TITLE])
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    number = book.add_format({"num_format": "#,##0.###"})
    last_line = last_place = 0
    for last_place, (words, width) in enumerate(headings):
        sheet.set_column(last_place, last_place, width)
        sheet.write_string(0, last_place, words, bold)
    sheet.freeze_panes(1, 1)
    for last_line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(last_line, place, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(last_line, place, datetime.combine(cell, time(0)), day)
            elif isinstance(cell, str):
                sheet.write_string(last_line, place, cell)
            elif cell is not None:
                sheet.write_number(last_line, place, cell, number)
    if has_filter:
        sheet.autofilter(0, 0, last_line, last_place)
    book.close()
    made.seek(0)
    return FileResponse(made, as_attachment=True, filename=name, content_type=XLSX)
