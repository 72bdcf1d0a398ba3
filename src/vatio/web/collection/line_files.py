"""The list of all RTC lines as a workbook or as text; telephones are masked in both."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from vatio import workbooks
from vatio.collection.models import LineSettings
from vatio.collection.outcomes import CallOutcome
from vatio.collection.watching.standing import LineStanding
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.people.telephones import masked
from vatio.web.shell.csv_files import Cell, csv_file
from vatio.web.shell.downloads import XLSX

TOGETHER = 1_000
"""How many lines are read at a time."""

WIDTHS = (28, 30, 30, 24, 24, 10, 26, 14, 18, 40, 20, 18)

HERE = ZoneInfo(DEPARTMENT_TIME_ZONE)


def line_file(lines: QuerySet[Any], kind: str, *, at: datetime) -> HttpResponseBase:
    """Return lines as XLSX or CSV; moments are those of the department's clock."""
    name = _("rtc-lines-%(day)s") % {"day": day_at(at, DEPARTMENT_TIME_ZONE).isoformat()}
    found = _rows(lines)
    if kind == "csv":
        return csv_file(_headings(), map(_flat, found), name=f"{name}.csv", places=0)
    return FileResponse(
        _workbook(found), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX
    )


def _headings() -> list[str]:
    return [
        _("Organisation"),
        _("Account"),
        _("Supply point"),
        "CUPS",
        _("Meter"),
        _("Transport"),
        _("What is called"),
        _("Last good day"),
        _("Last call"),
        _("How it ended"),
        _("State"),
        _("Failing since"),
    ]


def _rows(lines: QuerySet[Any]) -> Iterator[list[Any]]:
    outcomes, standings = dict(CallOutcome.choices), dict(LineStanding.choices)
    for line in lines.iterator(TOGETHER):
        settings: LineSettings | None = getattr(line, "settings", None)
        yield [
            line.organisation.name,
            line.account.name,
            line.supply_point.name,
            line.supply_point.cups,
            line.meter.name,
            str(settings.get_transport_display()) if settings else None,
            called(settings) if settings else None,
            line.read_until - timedelta(days=1) if line.read_until else None,
            _local(line.last_called_at),
            str(outcomes[line.last_outcome]) if line.last_outcome else None,
            str(standings[line.standing]),
            _local(line.failing_since),
        ]


def called(settings: LineSettings) -> str:
    """Return what is called of a line, for those who may not see its telephone whole."""
    if settings.transport == LineSettings.Transport.MODEM:
        return f"{masked(settings.telephone)} · {settings.modem}"
    return settings.endpoint


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(HERE).replace(tzinfo=None) if at else None


def _flat(row: list[Any]) -> list[Cell]:
    """Return a row of a text file: days are written as such, not as their first moment."""
    return [
        cell.isoformat() if isinstance(cell, date) and not isinstance(cell, datetime) else cell
        for cell in row
    ]


def _workbook(rows: Iterator[list[Any]]) -> IO[bytes]:
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    sheet = book.add_worksheet(_("RTC lines")[:31])
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for place, (words, width) in enumerate(zip(_headings(), WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, words, bold)
    sheet.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(last, place, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(last, place, datetime.combine(cell, time(0)), day)
            elif cell is not None:
                sheet.write_string(last, place, cell)
    sheet.autofilter(0, 0, last, len(WIDTHS) - 1)
    book.close()
    made.seek(0)
    return made
