"""«Resumen»: what an account consumed lately, where it goes, what is open, how fresh data are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.analysis.figures import DayFigures
from vatio.consumption import entering
from vatio.consumption.buckets import By, buckets
from vatio.consumption.overview import LATELY, Overview, overview
from vatio.dates import written, written_with_weekday
from vatio.metering.labels import SOURCES
from vatio.readings.waiting import waiting
from vatio.web.analysis.amounts import ShownUnit, change, figure, percent, total_unit
from vatio.web.analysis.bars_drawing import BarsDrawing, draw_bars
from vatio.web.analysis.bucket_bars import bars_of
from vatio.web.analysis.first_minutes import first_minutes
from vatio.web.analysis.table import duration
from vatio.web.analysis.tiles import Tile, against_words
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import AccountFrame, enter


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
    devices = waiting(account, proposes=False) if frame.may_change else []
    return render(
        request,
        "analysis/overview.html",
        {
            "account": account,
            "frame": frame,
            "steps": steps,
            "found": found,
            "tiles": _tiles(found) if not found.lately.is_empty else [],
            "drawn": _drawn(found, at),
            "shares": _shares(found),
            "devices": devices,
            "source_kinds": SOURCES,
            "missing": _missing(found),
            **known,
        },
    )


def _tiles(found: Overview) -> list[Tile]:
    month, lately = found.month, found.lately
    unit = total_unit(found.subject, month.figures.total or 0)
    first = month.since
    return [
        _yesterday(found),
        Tile(
            _("This month, up to yesterday")
            if first.month == found.today.month
            else _("The month that ended yesterday"),
            figure(month.figures.total, unit),
            unit.name,
            against_words(month.against, _("a year before, by weekday")),
        ),
        Tile(
            _("Beside last month"),
            *_change(found),
            against_words(found.against_month.against)[1:]
            or [_("the same days of the month before")],
        ),
        _total(lately),
    ]


def _change(found: Overview) -> tuple[str, str]:
    against = found.against_month.against
    words = change(against.comparison.change if against else None)
    return words.removesuffix("%").strip(), "%" if words.endswith("%") else ""


def _yesterday(found: Overview) -> Tile:
    own, before = found.yesterday, found.week_before
    unit = total_unit(found.subject, 0)
    says = [written_with_weekday(own.day)]
    if _is_whole(own) and _is_whole(before) and before.total:
        share = change((own.total or 0) / before.total - 1)
        says.append(_("%(change)s beside a week before") % {"change": share})
    elif own.total is None:
        says.append(_("nothing has come yet"))
    elif own.partial:
        says.append(_("a part is missing"))
    return Tile(_("Yesterday"), figure(own.total, unit), unit.name, says)


def _is_whole(day: DayFigures) -> bool:
    return bool(day.present) and not day.partial


def _total(lately: Any) -> Tile:
    unit = total_unit(lately.subject, lately.figures.total or 0)
    known = [each for each in lately.days if each.total is not None]
    least, most = (f(known, key=lambda each: each.total or 0) for f in (min, max))
    says = [
        _("from %(least)s to %(most)s kWh a day")
        % {
            "least": figure(least.total, ShownUnit("", 1000), decimals=0),
            "most": figure(most.total, ShownUnit("", 1000), decimals=0),
        }
    ]
    words = _("Last %(days)s days") % {"days": LATELY}
    return Tile(words, figure(lately.figures.total, unit), unit.name, says)


def _drawn(found: Overview, at: datetime) -> BarsDrawing | None:
    """Return the bars of the last days, each beside the same weekday a year before."""
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
        before=_("A year before, by weekday"),
        height=150,
    )


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
            percent(totals[name] / whole),
            round(max(totals[name], 0) / whole * 100, 1),
        )
        for name in found.sites.names
        if totals.get(name)
        for unit in [total_unit(found.subject, totals[name])]
    ]


def _missing(found: Overview) -> list[str]:
    """Return what is missing of the last days, in words."""
    lately = found.lately
    days = [each for each in lately.days if not each.present]
    says = []
    if lately.is_empty:
        return []
    if days:
        says.append(
            _("No data of %(time)s, the last of them %(day)s.")
            % {"time": duration(len(days) * 86_400), "day": written(days[-1].day)}
        )
    if lately.figures.partial:
        says.append(
            _("A part is missing of %(time)s.")
            % {"time": duration(lately.figures.partial * 86_400)}
        )
    if lately.figures.estimated:
        says.append(
            _("Estimated, at least in part: %(time)s.")
            % {"time": duration(lately.figures.estimated * 86_400)}
        )
    return says


urlpatterns = [
    path("accounts/<uuid:uid>/overview/", account_overview, name="overview"),
]
