"""«Descargar»: the rows of the table, all of them, as a workbook or as text."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import xlsxwriter
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext as _

from vatio import clock, workbooks
from vatio.consumption import entering
from vatio.consumption.buckets import By
from vatio.dates import day_at
from vatio.web.analysis.asked import read
from vatio.web.analysis.consumption import Shown, prepare
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.csv_files import DAY, MOMENT, Cell, csv_file
from vatio.web.shell.downloads import XLSX


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def download(request: Request, uid: UUID, kind: str) -> HttpResponseBase:
    """Return the table that the address asks for, as XLSX or CSV."""
    account = enter(request).account
    if kind not in ("xlsx", "csv"):
        raise Http404
    at = clock.now()
    entering.record_entry(account, by=request.user, at=at)
    asked = read(request.GET, today=day_at(at, account.time_zone))
    shown = prepare(account, asked, at=at)
    what = "-".join(each.subject.name for each in shown.together.looks[:3])
    name = slugify(f"{account.name} {what}")[:80] or "consumo"
    file_name = f"{name}-{asked.since}-{asked.last}.{kind}"
    if kind == "csv":
        moments = MOMENT if shown.table.by in (By.SLOT, By.HOUR) else DAY
        return csv_file(_headings(shown), _rows(shown), name=file_name, places=6, moments=moments)
    return FileResponse(_workbook(shown), as_attachment=True, filename=file_name, content_type=XLSX)


def _headings(shown: Shown) -> list[str]:
    table = shown.table
    found = [table.heading]
    if table.by in (By.SLOT, By.HOUR):
        found.append("UTC")
    found += [each.heading for each in table.columns]
    if table.has_peaks:
        found += [table.peak_heading, _("When")]
    return [*found, _("What is missing")]


def _rows(shown: Shown) -> Iterator[list[Cell]]:
    """Yield the rows: local times, and beside those of intervals the instant in UTC."""
    table = shown.table
    zone = ZoneInfo(table.look.subject.time_zone)
    for number, own in enumerate(table.rows[0]):
        row: list[Cell] = []
        if table.by in (By.SLOT, By.HOUR):
            at = datetime.fromtimestamp(own.starts, UTC)
            row += [at.astimezone(zone).replace(tzinfo=None), f"{at:%Y-%m-%dT%H:%M:%SZ}"]
        else:
            row.append(datetime.combine(own.day, datetime.min.time()))
        row += [
            None if value is None else round(value, 6)
            for value in (column.values[number] for column in table.columns)
        ]
        if table.has_peaks:
            value, when = table.peak(number)
            row += [value, when]
        yield [*row, table.note(number)]


def _workbook(shown: Shown) -> "tempfile._TemporaryFileWrapper[bytes]":
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    sheet = book.add_worksheet(_("Consumption")[:31])
    bold = book.add_format({"bold": True})
    is_fine = shown.table.by in (By.SLOT, By.HOUR)
    pattern = "dd/mm/yyyy hh:mm" if is_fine else "mmm yyyy"
    if shown.table.by == By.DAY:
        pattern = "dd/mm/yyyy"
    moment = book.add_format({"num_format": pattern})
    number = book.add_format({"num_format": "#,##0.000"})
    share = book.add_format({"num_format": "0.0%"})
    headings = _headings(shown)
    first = len(headings) - len(shown.table.columns) - 1 - 2 * shown.table.has_peaks
    changes = {first + place for place, each in enumerate(shown.table.columns) if each.is_change}
    for place, words in enumerate(headings):
        sheet.set_column(place, place, 22 if place < first else 18)
        sheet.write_string(0, place, words, bold)
    sheet.freeze_panes(1, 1)
    for line, row in enumerate(_rows(shown), start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(line, place, cell, moment)
            elif isinstance(cell, str):
                sheet.write_string(line, place, cell)
            elif cell is not None:
                sheet.write_number(line, place, cell, share if place in changes else number)
    book.close()
    made.seek(0)
    return made  # type: ignore[return-value]


urlpatterns = [
    path(
        "accounts/<uuid:uid>/consumption/download.<str:kind>",
        download,
        name="consumption_download",
    ),
]
