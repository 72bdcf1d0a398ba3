"""The nights of the operator's modems: how many calls fit, and how those of last night went."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from vatio import clock, pagination
from vatio.collection.outcomes import ANSWERED, CallOutcome
from vatio.collection.watching.modem_nights import (
    CALL_SECONDS,
    ModemNight,
    calls_of_night,
    last_night,
    modem_nights,
)
from vatio.web.shell.access import COMMERCIAL, Request, only
from vatio.web.shell.query_string import query_string

HOUR = 3_600


@only(COMMERCIAL)
def modem_list(request: Request) -> HttpResponse:
    """Show the modems, and the calls of last night of one of them: the first, or `modem`."""
    at = clock.now()
    nights = modem_nights(at=at)
    chosen = _chosen(nights, request.GET.get("modem", ""))
    span = last_night(chosen, at=at) if chosen else None
    calls = None
    if chosen and span:
        own = calls_of_night(chosen.name, span)
        calls = pagination.page(own, order=["started_at", "id"], parameters=request.GET)
    return render(
        request,
        "collection/modems.html",
        {
            "nights": nights,
            "chosen": chosen,
            "span": span,
            "calls": calls,
            "outcomes": dict(CallOutcome.choices),
            "answered": ANSWERED,
            "an_hour": HOUR // CALL_SECONDS,
            "seconds_of_call": CALL_SECONDS,
            "choosing": {
                each.name: query_string(request.GET, {"modem": each.name}) for each in nights
            },
        },
    )


def _chosen(nights: list[ModemNight], name: str) -> ModemNight | None:
    """Return the modem that is asked for, else the first that has lines, else the first."""
    named = next((each for each in nights if each.name == name), None)
    first = next((each for each in nights if each.lines), None)
    return named or first or next(iter(nights), None)


urlpatterns = [path("desk/lines/modems/", modem_list, name="desk_modems")]
