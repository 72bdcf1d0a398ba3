"""«Resumen»: what an account consumed lately, where it goes, what is open, how fresh data are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.consumption import entering
from vatio.consumption.buckets import By, buckets
from vatio.consumption.overview import Overview, overview
from vatio.dates import day_at
from vatio.metering.labels import SOURCES
from vatio.web.analysis.amounts import figure, total_unit
from vatio.web.analysis.bars_drawing import BarsDrawing, draw_bars
from vatio.web.analysis.bucket_bars import bars_of
from vatio.web.analysis.first_minutes import first_minutes
from vatio.web.analysis.lengths import share
from vatio.web.analysis.open_things import open_things
from vatio.web.analysis.overview_tiles import overview_tiles
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import AccountFrame, enter

MOST_ROWS = 14
"""Of more days a phone shows strips: what is open stands below them."""


@dataclass(frozen=True)
class SiteShare:
    """Where it goes: a site, what it consumed, and its share of the whole in per cent."""

    name: str
    amount: str
    share: str
    percent: float


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def account_overview(request: Request, uid: UUID) -> HttpResponse:
    """Show what an account consumed lately."""
    return show(enter(request), request)


def show(frame: AccountFrame, request: Request, **known: Any) -> HttpResponse:
    """Render the overview of an account that the person may enter."""
    at, account = clock.now(), frame.account
    entering.record_entry(account, by=request.user, at=at)
    steps = first_minutes(frame)
    found = overview(account, at=at)
    return render(
        request,
        "analysis/overview.html",
        {
            "account": account,
            "frame": frame,
            "steps": steps,
            "found": found,
            "at": at,
            "tiles": [] if found.lately.is_empty else overview_tiles(found),
            "newest": _newest(found),
            "drawn": _drawn(found, at),
            "shares": _shares(found),
            "open_things": open_things(frame, found, request.user, at=at),
            "source_kinds": SOURCES,
            "days_of_bars": [each.day.isoformat() for each in found.lately.days],
            **known,
        },
    )


def _drawn(found: Overview, at: datetime) -> BarsDrawing | None:
    """Return the bars of the last days."""
    if found.lately.is_empty:
        return None
    rows = buckets(found.lately, By.DAY, now=at.timestamp())
    bars = bars_of(found.lately, rows, By.DAY, now=at.timestamp())
    return draw_bars(
        bars,
        what=_("Energy"),
        unit="kWh",
        factor=1000,
        minutes=1440,
        height=150,
        most_rows=MOST_ROWS,
    )


def _newest(found: Overview) -> date | None:
    """Return the day of the newest value of anything in the account; None of an empty one."""
    ends = [each.fresh.last_at for each in found.sources if each.fresh.last_at]
    if not ends:
        return None
    return day_at(max(ends) - timedelta(seconds=1), found.subject.time_zone)


def _shares(found: Overview) -> list[SiteShare]:
    totals: dict[str, float] = {}
    for own in found.sites.amounts.values():
        for name, value in own.items():
            totals[name] = totals.get(name, 0) + value
    whole = sum(totals.values())
    if whole <= 0 or len(totals) < 2:
        return []
    return [
        SiteShare(
            name,
            f"{figure(totals[name], unit)} {unit.name}",
            share(totals[name] / whole),
            round(max(totals[name], 0) / whole * 100, 1),
        )
        for name in found.sites.names
        if totals.get(name)
        for unit in [total_unit(found.subject, totals[name])]
    ]


urlpatterns = [
    path("accounts/<uuid:uid>/overview/", account_overview, name="overview"),
]
