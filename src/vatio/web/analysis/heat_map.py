"""«Mapa de calor»: the power of each day by the hour of the clock, and the hours as a table."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock
from vatio.analysis.heat import grid_of
from vatio.consumption import entering, subjects
from vatio.consumption.looking import look
from vatio.consumption.subjects import KINDS
from vatio.dates import day_at
from vatio.readings.slots import WHOLE_DAY
from vatio.web.analysis import tab_queries
from vatio.web.analysis.amounts import rate_words
from vatio.web.analysis.asked import read, spans
from vatio.web.analysis.first_minutes import first_minutes
from vatio.web.analysis.heat_drawing import draw_heat
from vatio.web.analysis.latest_days import latest_days
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

USUAL_DAYS = 365
MOST_DAYS = 400
"""How many days a map has room for; of a longer span the last are drawn."""


@only(SUPERADMINISTRATOR, COMMERCIAL, ADMINISTRATOR, VIEWER)
def heat_map(request: Request, uid: UUID) -> HttpResponse:
    """Show when in the day power is high, on each day of a span."""
    frame = enter(request)
    account, at = frame.account, clock.now()
    entering.record_entry(account, by=request.user, at=at)
    today = day_at(at, account.time_zone)
    asked = read(request.GET, today=today, usual_days=USUAL_DAYS, most_days=MOST_DAYS)
    subject = subjects.find(account, asked.what)[0]
    found = look(account, subject, asked.since, asked.until, now=at.timestamp())
    is_daily = found.minutes == WHOLE_DAY
    drawn = None
    if not is_daily:
        drawn = draw_heat(
            grid_of(found.curve, now=at.timestamp()),
            what=str(rate_words(subject).plain),
            unit=subject.unit,
            factor=subject.quantity.factor,
        )
    return render(
        request,
        "analysis/heat_map.html",
        {
            "account": account,
            "asked": asked,
            "today": today,
            "latest": latest_days(account, [found], asked, today=today, most_days=USUAL_DAYS),
            "subject": subject,
            "what": [subject],
            "choices": [(KINDS[kind], each) for kind, each in subjects.choices(account)],
            "whole": subjects.whole_account(account),
            "spans": spans(asked, today=today),
            "drawn": drawn,
            "is_daily": is_daily,
            "never_read": not found.known.first_on,
            "warnings": warnings(account, [found]),
            "steps": first_minutes(frame),
            "tabs": tab_queries.of_energy(account, subject, asked, request.GET),
        },
    )


urlpatterns = [
    path("accounts/<uuid:uid>/consumption/heat-map/", heat_map, name="heat_map"),
]
