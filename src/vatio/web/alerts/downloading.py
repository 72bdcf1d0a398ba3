"""«Descargar» of episodes: all that are asked for, as a workbook or as text."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.text import slugify
from django.utils.translation import gettext as _

from vatio import clock
from vatio.accounts.models import Account
from vatio.alerts.listing import narrowed, order_of, read
from vatio.alerts.models import AlertEpisode
from vatio.alerts.wording import Facts, described
from vatio.dates import day_at
from vatio.web.alerts import words
from vatio.web.alerts.entering import look
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.csv_files import Cell, csv_file
from vatio.web.shell.sheet_files import sheet_file

TOGETHER = 1_000
"""How many episodes are described at a time."""

WIDTHS = (32, 22, 32, 10, 18, 18, 14, 14, 14, 10, 18, 24, 18, 28)


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def download(request: Request, uid: UUID, kind: str) -> HttpResponseBase:
    """Return the episodes that the address asks for, as XLSX or CSV."""
    at = clock.now()
    account = look(request, at=at).account
    if kind not in ("xlsx", "csv"):
        raise Http404
    asked = read(request.GET)
    rows = narrowed(account, asked, at=at).order_by(*order_of(asked))
    if asked.state:
        rows = rows.filter(ends__isnull=asked.state == "open")
    found = _rows(account, rows.iterator(TOGETHER), at=at)
    day = day_at(at, account.time_zone).isoformat()
    name = f"{slugify(account.name)[:80] or 'vatio'}-{slugify(_('Alerts'))}-{day}.{kind}"
    if kind == "csv":
        return csv_file(_headings(), found, name=name, places=3)
    return sheet_file(_("Alerts"), zip(_headings(), WIDTHS, strict=True), found, name=name)


def _headings() -> list[str]:
    return [
        _("Alert"),
        _("Kind"),
        _("What it looks at"),
        _("Severity"),
        _("Begins"),
        _("Ends"),
        _("Lasted (minutes)"),
        _("Worst value"),
        _("Threshold"),
        _("Unit"),
        _("Worst at"),
        _("Acknowledged by"),
        _("Acknowledged"),
        _("Notes"),
    ]


def _rows(
    account: Account, episodes: Iterator[AlertEpisode], *, at: datetime
) -> Iterator[list[Cell]]:
    """Yield the values of each episode; moments are in the account's time zone, without it."""
    zone = ZoneInfo(account.time_zone)
    while some := list(islice(episodes, TOGETHER)):
        facts = described(account, some, at=at)
        for each in some:
            yield _row(each, facts[each.pk], zone, at=at)


def _row(episode: AlertEpisode, facts: Facts, zone: ZoneInfo, *, at: datetime) -> list[Cell]:
    rule, who = episode.rule, episode.acknowledged_by
    lasted = (episode.ends or at) - episode.begins
    return [
        rule.name,
        str(words.KINDS[rule.kind]),
        facts["thing"],
        str(words.SEVERITIES[rule.severity][0]),
        _local(episode.begins, zone),
        _local(episode.ends, zone),
        float(lasted.total_seconds() // 60),
        _rounded(facts["worst"]),
        _rounded(facts["threshold"]),
        facts["unit"],
        _local(episode.worst_at, zone),
        who.name if who else "",
        _local(episode.acknowledged_at, zone),
        ", ".join(str(each) for each in words.marks_of(episode)),
    ]


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.astimezone(zone).replace(tzinfo=None) if at else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


urlpatterns = [
    path("accounts/<uuid:uid>/alerts/download.<str:kind>", download, name="alerts_download"),
]
