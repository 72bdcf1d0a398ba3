"""Writes «Cartera» to a workbook, row by row as a CSV has it: the accounts in the same order."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _

from vatio import workbooks
from vatio.accounts.labels import SECTORS
from vatio.consumption.portfolio.listing import ListedFigures, used_of
from vatio.tenants.models import Person

WIDTHS = (32, 32, 22, 16, 16, 16, 12, 10, 10, 16, 18, 10, 10, 24)
ENERGY, SHARE, MOMENT = "#,##0.0", "0.0%", "dd/mm/yyyy hh:mm"
FORMATS = {3: ENERGY, 4: ENERGY, 5: ENERGY, 6: SHARE, 9: ENERGY, 10: MOMENT}
"""The number formats of the columns that need one, by their places."""


def headings() -> list[str]:
    """Return the headings of the columns, in the reader's language."""
    return [
        _("Account"),
        _("Client"),
        _("Sector"),
        _("This month (kWh)"),
        _("Same days of this year (kWh)"),
        _("Same days of last year (kWh)"),
        _("Against last year"),
        _("Days compared"),
        _("Days left out"),
        _("Yesterday (kWh)"),
        _("Last data"),
        _("Points late"),
        _("Open alerts"),
        _("In use"),
    ]


def rows(
    listed: Sequence[ListedFigures], person: Person, *, time_zone: str, at: datetime
) -> Iterator[list[Any]]:
    """Yield the values of each account; moments are in the time zone, without it."""
    used = used_of([each.id for each in listed], person, at=at)
    for each in listed:
        own = each.figures
        last = own.freshness.last_at
        compares = own.change is not None
        yield [
            each.name,
            each.client,
            str(SECTORS[each.sector]),
            _rounded(own.month),
            _rounded(own.compared) if compares else None,
            _rounded(own.before) if compares else None,
            own.change,
            own.days,
            own.left_out,
            _rounded(own.yesterday),
            last.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None) if last else None,
            own.freshness.late,
            own.open_alerts,
            ", ".join(
                f"{one.unit.label} {one.room.used} / "
                f"{'–' if one.room.held is None else one.room.held}"
                for one in used.get(each.id, ())
            ),
        ]


def workbook(
    listed: Sequence[ListedFigures], person: Person, *, time_zone: str, at: datetime
) -> IO[bytes]:
    """Write the accounts to a workbook in a temporary file."""
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    sheet = book.add_worksheet(_("Portfolio"))
    bold = book.add_format({"bold": True})
    formats = {place: book.add_format({"num_format": own}) for place, own in FORMATS.items()}
    for place, words in enumerate(headings()):
        sheet.set_column(place, place, WIDTHS[place])
        sheet.write_string(0, place, words, bold)
    sheet.freeze_panes(1, 1)
    last = 0
    for last, values in enumerate(rows(listed, person, time_zone=time_zone, at=at), start=1):
        for place, value in enumerate(values):
            sheet.write(last, place, value, formats.get(place))
    sheet.autofilter(0, 0, last, len(WIDTHS) - 1)
    book.close()
    made.seek(0)
    return made


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
