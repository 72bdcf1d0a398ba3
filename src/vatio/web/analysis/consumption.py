"""«Consumo»: what was consumed over some days, as a curve or bars, and as a table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from vatio import clock
from vatio.accounts.models import Account
from vatio.consumption import entering, parts, subjects
from vatio.consumption.parts import Parted
from vatio.consumption.subjects import KINDS
from vatio.dates import day_at, written
from vatio.metering.models import DataPoint
from vatio.web.analysis import tiles
from vatio.web.analysis.amounts import Unit, power_unit, total_unit
from vatio.web.analysis.asked import COMPARISONS, RESOLUTIONS, SHAPES, Asked, Shape, read, spans
from vatio.web.analysis.curve_drawing import CurveDrawing, Slot, draw
from vatio.web.analysis.looks import Together, looks
from vatio.web.analysis.table import EnergyTable, page, table
from vatio.web.shell.access import (
    ADMINISTRATOR,
    COMMERCIAL,
    SUPERADMINISTRATOR,
    VIEWER,
    Request,
    only,
)
from vatio.web.shell.account_frame import AccountFrame, enter

NAMED = 5
"""How many of the things without data are named."""


@dataclass(frozen=True)
class Shown:
    """What is looked at, cut into the rows of a table, and the parts of each row, if any."""

    asked: Asked
    together: Together
    table: EnergyTable
    unit: Unit
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
    look = shown.together.only
    return render(
        request,
        "analysis/consumption.html",
        {
            "account": account,
            "frame": frame,
            "asked": asked,
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
            "tiles": tiles.tiles(look) if look else [],
            "figures": [(each.subject, tiles.tiles(each)) for each in shown.together.looks],
            "drawn": _drawn(shown.together) if asked.is_curve else None,
            "page": page(len(shown.table), request.GET),
            "warnings": warnings(account, shown.together),
            "is_empty": all(each.is_empty for each in shown.together.looks),
            **first_minutes(frame),
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
        parted=parted,
    )
    return Shown(asked, together, made, unit, parted)


def _drawn(together: Together) -> CurveDrawing | None:
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
    )


def warnings(account: Account, together: Together) -> list[str]:
    """Return what has to be known before the numbers are believed."""
    found: list[str] = []
    if together.apart:
        names = ", ".join(f"«{each.name}» ({each.unit})" for each in together.apart)
        found.append(_("Of another unit, to be looked at apart: %(names)s.") % {"names": names})
    for look in together.looks:
        if len(look.components) > 1 and look.silent and not look.is_empty:
            found.append(
                _("Without readings on these days, and not in the sum: %(names)s.")
                % {"names": _names(account, look.silent)}
            )
        for key, day in sorted(look.later.items(), key=lambda each: each[1])[:NAMED]:
            found.append(
                _("%(name)s has readings from %(day)s on.")
                % {"name": _names(account, [key]), "day": written(day)}
            )
        zones = {each.time_zone for each in look.known.series.values()}
        if len(zones) > 1:
            found.append(_("Its meters count in different time zones: each gives its own days."))
    return found


def _names(account: Account, points: list[int]) -> str:
    """Return the meters of data points, the first of them by name."""
    rows = DataPoint.objects.filter(account=account, pk__in=points)
    names = list(rows.order_by("meter__name_sorted").values_list("meter__name", flat=True))
    words = ", ".join(f"«{name}»" for name in names[:NAMED])
    if len(names) > NAMED:
        words += " " + _("and %(num)s more") % {"num": len(names) - NAMED}
    return words


def first_minutes(frame: AccountFrame) -> dict[str, Any]:
    """Return what an account without any reading needs next: an installation, or readings."""
    account = frame.account
    points = account.datapoints.in_service()
    return {
        "has_installation": points.exists(),
        "has_readings": account.seriess.filter(first_reading_on__isnull=False).exists(),
        "may_change": frame.may_change,
    }


urlpatterns = [
    path("accounts/<uuid:uid>/consumption/", consumption, name="consumption"),
]
