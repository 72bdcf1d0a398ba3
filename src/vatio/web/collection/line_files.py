"""The list of all RTC lines as a workbook or as text; telephones are masked in both."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from vatio.collection.models import LineSettings
from vatio.collection.outcomes import CallOutcome
from vatio.collection.watching.standing import LineStanding
from vatio.dates import DEPARTMENT_TIME_ZONE, day_at
from vatio.people.telephones import masked
from vatio.web.shell.csv_files import Cell, csv_file
from vatio.web.shell.sheet_files import sheet_file

TOGETHER = 1_000
"""How many lines are read at a time."""

WIDTHS = (28, 30, 30, 24, 24, 10, 26, 14, 18, 40, 20, 18)

HERE = ZoneInfo(DEPARTMENT_TIME_ZONE)


def line_file(lines: QuerySet[Any], kind: str, *, at: datetime) -> HttpResponseBase:
    """Return lines as XLSX or CSV; moments are those of the department's clock."""
    name = _("rtc-lines-%(day)s") % {"day": day_at(at, DEPARTMENT_TIME_ZONE).isoformat()}
    found = _rows(lines)
    if kind == "csv":
        return csv_file(_headings(), found, name=f"{name}.csv", places=0)
    headings = zip(_headings(), WIDTHS, strict=True)
    return sheet_file(_("RTC lines"), headings, found, name=f"{name}.xlsx", has_filter=True)


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


def _rows(lines: QuerySet[Any]) -> Iterator[list[Cell]]:
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
