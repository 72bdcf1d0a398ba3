"""«Consumo»: what was consumed over some days, as a curve or bars, and as a table."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.accounts.models import Account
from vatio.consumption import entering, parts, subjects
from vatio.consumption.buckets import By
from vatio.consumption.parts import Parted
from vatio.consumption.subjects import KINDS, EnergySubject
from vatio.dates import day_at
from vatio.web.analysis import tab_queries
from vatio.web.analysis.amounts import ShownUnit, power_unit, rate_words, total_unit
from vatio.web.analysis.asked import (
    BRIEF_COMPARISONS,
    COMPARISONS,
    RESOLUTIONS,
    SHAPES,
    Asked,
    Shape,
    read,
    spans,
)
from vatio.web.analysis.bars_drawing import BarsDrawing, draw_bars
from vatio.web.analysis.bucket_bars import MOST_BARS, bars_of
from vatio.web.analysis.curve_drawing import CurveDrawing, Slot, draw
from vatio.web.analysis.first_minutes import first_minutes
from vatio.web.analysis.latest_days import latest_days
from vatio.web.analysis.looks import Together, looks
from vatio.web.analysis.table import EnergyTable, page, table
from vatio.web.analysis.tiles import Tile, tiles
from vatio.web.analysis.warnings import warnings
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import enter


@dataclass(frozen=True)
class Shown:
    """What is looked at, cut into the rows of a table, and the parts of each row, if any."""

    asked: Asked
    together: Together
    table: EnergyTable
    unit: ShownUnit
    parted: Parted | None


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def consumption(request: Request, uid: UUID) -> HttpResponse:
    """Show what was consumed: the address says of what, when, and how."""
    frame = enter(request)
    account, at = frame.account, clock.now()
    entering.record_entry(account, by=request.user, at=at)
    today = day_at(at, account.time_zone)
    asked = read(request.GET, today=today)
    shown = prepare(account, asked, at=at)
    look, first = shown.together.only, shown.together.looks[0]
    return render(
        request,
        "analysis/consumption.html",
        {
            "account": account,
            "asked": asked,
            "today": today,
            "shown": shown,
            "look": look,
            "looks": shown.together.looks,
            "what": [each.subject for each in shown.together.looks],
            "choices": [(KINDS[kind], found) for kind, found in subjects.choices(account)],
            "whole": subjects.whole_account(account),
            "spans": spans(asked, today=today),
            "resolutions": RESOLUTIONS,
            "comparisons": COMPARISONS,
            "shapes": SHAPES,
            "curve_heading": str(rate_words(first.subject).plain),
            "figures": _figures(shown),
            "drawn": _drawn(shown.together, at.timestamp()) if asked.is_curve else None,
            "bars_drawn": _bars(shown, now=at.timestamp()),
            "page": page(len(shown.table), request.GET),
            "warnings": [
                *warnings(account, shown.together.looks, shown.together.apart),
                *_undrawn(shown),
            ],
            "never_read": not any(each.known.first_on for each in shown.together.looks),
            "is_empty": shown.together.is_empty,
            "latest": latest_days(account, shown.together.looks, asked, today=today),
            "steps": first_minutes(frame),
            "tabs": tab_queries.of_energy(account, first.subject, asked, request.GET),
        },
    )


def prepare(account: Account, asked: Asked, *, at: datetime) -> Shown:
    """Look at what an address asks for, and cut it into rows."""
    now = at.timestamp()
    together = looks(account, asked, now=now)
    look, parted = together.only, None
    if look is not None and look.subject.adds:
        if asked.shape == Shape.PERIODS:
            parted = parts.by_period(account, look, asked.rows_by)
        elif asked.shape == Shape.SITES:
            parted = parts.by_site(account, look, asked.rows_by)
    largest = max((abs(each.figures.total or 0) for each in together.looks), default=0)
    subject = together.looks[0].subject
    unit = total_unit(subject, 0 if asked.days <= 92 else largest / 12)
    compared_with = str(COMPARISONS[asked.versus]) if asked.versus else ""
    made = table(
        together.looks,
        asked.rows_by,
        unit=unit,
        now=now,
        compared_with=compared_with,
        briefly=str(BRIEF_COMPARISONS.get(asked.versus, "")),
        parted=parted,
    )
    return Shown(asked, together, made, unit, parted)


def _figures(shown: Shown) -> list[tuple[EnergySubject, list[Tile]]]:
    """Return the figures of each thing, as many of all of them."""
    looked, before = shown.together.looks, str(COMPARISONS[shown.asked.versus])
    has_peak = any(each.figures.most is not None for each in looked)
    return [(each.subject, tiles(each, before, has_peak=has_peak)) for each in looked]


def _drawn(together: Together, now: float) -> CurveDrawing | None:
    """Return the server's drawing of the first curve, for whoever has no script."""
    look = together.looks[0]
    unit = power_unit(look.subject)
    slots = [
        Slot(start, value)
        for start, value in zip(look.curve.starts, look.curve.powers(), strict=True)
    ]
    return draw(
        slots,
        minutes=look.minutes,
        time_zone=look.curve.time_zone,
        factor=unit.factor,
        unit=unit.name,
        what=look.subject.name,
        adds=False,
        now=now,
    )


def _undrawn(shown: Shown) -> list[str]:
    """Return why no bars are drawn where they were asked for."""
    if shown.asked.is_curve or shown.together.is_empty:
        return []
    if shown.together.only is None:
        return [_("Bars are drawn of one thing alone: of several the table has the numbers.")]
    if len(shown.table) > MOST_BARS:
        return [
            _("That would be too many bars to tell apart: choose fewer days, or days or months.")
        ]
    if shown.parted is None and shown.asked.shape == Shape.PERIODS:
        return [_("In so long a span, or of whole days, tariff periods cannot be told apart.")]
    return []


def _bars(shown: Shown, *, now: float) -> BarsDrawing | None:
    """Return the bars of the rows; of several things there are none, the curve lays them over."""
    look, by = shown.together.only, shown.table.by
    if shown.asked.is_curve or look is None or by == By.SLOT or len(shown.table) > MOST_BARS:
        return None
    subject = look.subject
    return draw_bars(
        bars_of(look, shown.table.rows[0], by, now=now, parted=shown.parted),
        what=_("Energy") if subject.unit == "kW" else str(subject.quantity.label),
        unit=subject.quantity.shown,
        factor=subject.quantity.factor,
        minutes=look.minutes,
        before=str(COMPARISONS[shown.asked.versus]),
    )


urlpatterns = [
    path("accounts/<uuid:uid>/consumption/", consumption, name="consumption"),
]
