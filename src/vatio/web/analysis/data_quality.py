"""«Calidad de datos»: what is there of an account's readings, what is missing, what to doubt."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language

from vatio import clock
from vatio.accounts.models import Account
from vatio.consumption import entering
from vatio.consumption.account_freshness import CALLED_HOURS, LEAST_HOURS
from vatio.consumption.quality import account_quality as quality_of
from vatio.consumption.quality import findings, listing
from vatio.consumption.quality.account_quality import AccountQuality, PointQuality
from vatio.consumption.quality.days import DayState
from vatio.consumption.quality.listing import QualityFilters
from vatio.dates import add_months, day_at
from vatio.metering.labels import RESOLUTIONS
from vatio.metering.quantities import QUANTITIES
from vatio.metering.tree import sites_of
from vatio.readings import delivery_list
from vatio.readings.labels import ORIGINS
from vatio.web.analysis import lengths, quality_csv, quality_drawing, tab_queries
from vatio.web.analysis.quality_drawing import DayStrip
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter
from vatio.web.shell.query_string import query_string

SHOWN = 20
"""How many of each finding are listed; of more, how many there are besides."""

MONTHS = 24
"""How many months can be chosen; all years can."""


@dataclass(frozen=True)
class CalendarRow:
    """A series of the calendar: its data point, its resolution and its strip of days."""

    quality: PointQuality
    minutes: int
    strip: DayStrip
    told: str


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def data_quality(request: Request, uid: UUID) -> HttpResponse:
    """Show what is there of an account's readings as the address narrows it, or a CSV of it."""
    frame = enter(request)
    account, at = frame.account, clock.now()
    entering.record_entry(account, by=request.user, at=at)
    today = day_at(at, account.time_zone)
    tree = sites_of(account)
    asked = listing.parse(request.GET, tree, today=today)
    points = listing.points_of(account, asked, tree)
    quality = quality_of.read(account, points, asked.span, at=at)
    rows = listing.listed(quality.points)
    if request.GET.get("as") == "csv":
        ordered = listing.ordered(rows, asked.sort)
        return quality_csv.answer(account, ordered, asked.span, tree.paths())
    page = listing.page(rows, asked.sort, request.GET)
    return render(
        request,
        "analysis/data_quality.html",
        {
            "account": account,
            "may_change": frame.may_change,
            "asked": asked,
            "tree": tree,
            "places": tree.paths(),
            "quality": quality,
            "tabs": tab_queries.of_quality(asked, request.GET),
            "count": len(rows),
            "page": page,
            "periods": _periods(quality, today),
            "headings": _headings(asked, request.GET),
            "csv_url": query_string(request.GET, {"as": "csv"}),
            "resolutions": RESOLUTIONS,
            "missed_after": (LEAST_HOURS, CALLED_HOURS),
            "lasting": lengths.lasting,
            "share": lengths.share,
            "quantities": QUANTITIES,
            "origins": ORIGINS,
            "legend": [
                (quality_drawing.LOOKS[state], words)
                for state, words in quality_drawing.WORDS.items()
            ],
            "calendar": quality_drawing.frame(asked.span),
            "calendar_width": quality_drawing.FOLDED,
            "strips": [strip for row in page.rows for strip in _strips(row.quality, asked)],
            **_findings(account, quality, asked),
        },
    )


def _strips(point: PointQuality, asked: QualityFilters) -> list[CalendarRow]:
    """Return the strips of a data point; a series of which nothing is expected has none."""
    made = []
    for each in point.series:
        if all(day.state == DayState.NOTHING for day in each.judged):
            continue
        strip = quality_drawing.draw(each.judged, asked.span)
        what = f"{point.point.name}, {RESOLUTIONS[each.key.minutes]}"
        told = quality_drawing.told_of(what, strip, asked.span)
        made.append(CalendarRow(point, each.key.minutes, strip, told))
    return made


def _findings(account: Account, quality: AccountQuality, asked: QualityFilters) -> dict[str, Any]:
    """Return what the page lists: the first of each kind, and how many there are."""
    gaps = findings.gaps(quality)
    conflicts = findings.conflicts(quality)
    estimates = findings.estimates(quality)
    doubtful = findings.doubtful(quality, days=SHOWN)[:SHOWN]
    corrections, correction_count = findings.corrections(
        quality, narrowed=asked.narrows, limit=SHOWN
    )
    doubtful_count = findings.doubtful_count(quality)
    expected = sum(each.expected for each in quality.points)
    present = sum(each.present for each in quality.points)
    return {
        "present_share": present / expected if expected else None,
        "missing": sum(each.missing for each in quality.points),
        "estimated": sum(each.estimated for each in quality.points),
        "open_count": sum(each.missing_since is not None for each in quality.points),
        "gaps": gaps[:SHOWN],
        "more_gaps": len(gaps) - len(gaps[:SHOWN]),
        "conflicts": conflicts[:SHOWN],
        "conflict_count": len(conflicts),
        "doubtful": doubtful,
        "doubtful_count": doubtful_count,
        "more_doubtful": doubtful_count - sum(each.count for each in doubtful),
        "estimates": estimates[:SHOWN],
        "more_estimates": len(estimates) - len(estimates[:SHOWN]),
        "corrections": delivery_list.described(account, corrections),
        "correction_count": correction_count,
    }


def _periods(quality: AccountQuality, today: date) -> list[tuple[str, str]]:
    """Return the years and the months that can be chosen, the newest first."""
    begins = min(quality.begins_on or today, quality.span.since)
    years = [(str(year), str(year)) for year in range(today.year, begins.year - 1, -1)]
    months: list[tuple[str, str]] = []
    first = today.replace(day=1)
    while len(months) < MONTHS and first >= begins.replace(day=1):
        words = format_date(first, "LLLL y", locale=get_language() or "es")
        months.append((f"{first:%Y-%m}", words))
        first = add_months(first, -1, anchor_day=1)
    own = f"{quality.span.since:%Y-%m}"
    if quality.span.days[0].day == 1 and len(quality.span.days) <= 31 and own not in dict(months):
        words = format_date(quality.span.since, "LLLL y", locale=get_language() or "es")
        months.append((own, words))
    return [*years, *months]


def _headings(asked: QualityFilters, parameters: QueryDict) -> dict[str, dict[str, str]]:
    """Return the current sort direction of each column, and the address of its heading.

    The first press brings the worst to the top.
    """
    made = {}
    for column in listing.SORTS:
        up, down = asked.sort == column, asked.sort == f"-{column}"
        rises = column in {"name", "present", "last"}
        sort = f"-{column}" if up or (not rises and not down) else column
        made[column] = {
            "url": query_string(parameters, {"sort": sort}),
            "sorted": "ascending" if up else "descending" if down else "",
        }
    return made


urlpatterns = [
    path("accounts/<uuid:uid>/consumption/data-quality/", data_quality, name="data_quality"),
]
