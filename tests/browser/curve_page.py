"""Pages with a load curve for the tests of a browser: an invented year, and what may be odd of one."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils import translation

from vatio.urls import urlpatterns as of_vatio

MADRID = ZoneInfo("Europe/Madrid")
QUARTER = 900
DAY = 86_400
PAGE = """{% extends "base.html" %}
{% from "analysis/curve_parts.html" import curve_head, load_curve with context %}
{% block title %}Curva{% endblock %}
{% block head %}{{ curve_head() }}{% endblock %}
{% block main %}<h1>Hotel Lugo 012</h1>
<section class="panel padded flow" aria-labelledby="of-curve"><h2 id="of-curve">Potencia, Hotel Lugo 012</h2>
{% call load_curve(address, "of-curve") %}<svg class="chart curve" role="img" aria-labelledby="told" viewBox="0 0 100 20" preserveAspectRatio="none"><title id="told">Lo que dibuja el servidor</title><path class="part-mean" d="M0 10H40V5H100"/></svg>{% endcall %}
</section>{% endblock %}"""


def instant(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Return the epoch of a time of the wall clock in Madrid."""
    return int(datetime(year, month, day, hour, minute, tzinfo=MADRID).timestamp())


def utc(year: int, month: int, day: int, hour: int) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


FIRST, ENDS = instant(2025, 11, 1), instant(2026, 11, 1)
SHIFTS = [[FIRST, 60], [utc(2026, 3, 29, 1), 120], [utc(2026, 10, 25, 1), 60]]
GAP = (instant(2026, 2, 10, 6), instant(2026, 2, 12, 18))
ESTIMATED = (instant(2026, 6, 3), instant(2026, 6, 6))
DOUBTFUL = (instant(2026, 7, 13, 9), instant(2026, 7, 13, 12))
PARTIAL = (instant(2026, 7, 15, 3), instant(2026, 7, 15, 5))
EXCESS = instant(2026, 7, 17, 20, 45)


def place(at: int) -> int:
    """Return the slot of the year that begins at an instant."""
    return (at - FIRST) // QUARTER


def power(at: int, share: float = 1) -> float | None:
    """Return the invented kW of a quarter hour, or nothing within the gap."""
    if GAP[0] <= at < GAP[1]:
        return None
    if at == EXCESS:
        return 87.4
    local = datetime.fromtimestamp(at, MADRID)
    hour = local.hour + local.minute / 60
    evening = 34 * math.exp(-(((hour - 20.7) / 2.1) ** 2)) + 18 * math.exp(
        -(((hour - 8.5) / 1.6) ** 2)
    )
    season = 1 + 0.22 * math.cos((local.timetuple().tm_yday - 20) / 365 * 4 * math.pi)
    noise = ((at // QUARTER * 2_654_435_761) % 997) / 997 - 0.5
    return round((15 + evening) * season * share + 5 * noise, 1)


def contracted() -> tuple[list[list[int]], list[list[float]]]:
    """Return runs of periods and of kW: P1 and 70 kW on working days from 8 to 24, else P6 and 90."""
    periods: list[list[int]] = []
    powers: list[list[float]] = []
    for slot, at in enumerate(range(FIRST, ENDS, QUARTER)):
        local = datetime.fromtimestamp(at, MADRID)
        period = 1 if local.weekday() < 5 and local.hour >= 8 else 6
        if not periods or periods[-1][1] != period:
            periods.append([slot, period])
            powers.append([slot, 70 if period == 1 else 90])
    return periods, powers


@cache
def slots(language: str = "es") -> dict[str, Any]:
    """Return a year of 35,040 quarter hours with all that a curve may have."""
    instants = range(FIRST, ENDS, QUARTER)
    periods, powers = contracted()
    runs = {"estimated": ESTIMATED, "doubtful": DOUBTFUL, "partial": PARTIAL}
    curve = {"name": "Hotel Lugo 012", "values": [power(at) for at in instants]}
    return {
        "level": "slots",
        "zone": "Europe/Madrid",
        "language": language,
        "unit": "kW",
        "shifts": SHIFTS,
        "first": FIRST,
        "step": QUARTER,
        "count": len(instants),
        "ends": ENDS,
        "curves": [curve | {kind: [[place(a), place(b)]] for kind, (a, b) in runs.items()}],
        "before": {
            "name": "Un año antes, por día de la semana",
            "values": [power(at - 364 * DAY, 1.06) for at in instants],
        },
        "periods": periods,
        "contracted": powers,
    }


def several(language: str = "es") -> dict[str, Any]:
    """Return the same year of eight curves."""
    year = slots(language)
    values = year["curves"][0]["values"]
    curves = [
        {
            "name": f"Planta {number}",
            "values": [
                None if each is None else round(each / (2 + number) + number, 1) for each in values
            ],
            "estimated": [[0, 96]] if number == 2 else [],
            "doubtful": [],
            "partial": [],
        }
        for number in range(1, 9)
    ]
    return year | {"curves": curves, "before": None, "periods": None, "contracted": None}


def warmth(language: str = "es") -> dict[str, Any]:
    """Return two winter days of hours in °C, some below zero."""
    count = 48
    first = instant(2026, 1, 10)
    values = [round(-2 + 4 * math.sin(slot / 4), 1) for slot in range(count)]
    return {
        "level": "slots",
        "zone": "Europe/Madrid",
        "language": language,
        "unit": "°C",
        "shifts": SHIFTS,
        "first": first,
        "step": 3600,
        "count": count,
        "ends": first + count * 3600,
        "curves": [
            {"name": "Fuera", "values": values, "estimated": [], "doubtful": [], "partial": []}
        ],
        "before": None,
        "periods": None,
        "contracted": None,
    }


def running(language: str = "es") -> dict[str, Any]:
    """Return the same year as it stands on 9 October at 15:00."""
    now = instant(2026, 10, 9, 15)
    year = slots(language)
    (curve,) = year["curves"]
    values = [*curve["values"][: place(now)], *[None] * (place(ENDS) - place(now))]
    return year | {"now": now, "curves": [curve | {"values": values}]}


def days(language: str = "es") -> dict[str, Any]:
    """Return four years of days."""
    instants = [instant(2022, 11, day) for day in range(1, 2)]
    while instants[-1] < ENDS:
        instants.append(midnight_after(instants[-1]))
    starts = instants[:-1]
    means = [
        None if place in (400, 401) else 30 + 8 * math.sin(place / 58)
        for place in range(len(starts))
    ]
    shifts = [[starts[0], 60]]
    for year in range(2023, 2027):
        spring = max(day for day in range(25, 32) if datetime(year, 3, day).weekday() == 6)
        autumn = max(day for day in range(25, 32) if datetime(year, 10, day).weekday() == 6)
        shifts += [[utc(year, 3, spring, 1), 120], [utc(year, 10, autumn, 1), 60]]
    curve = {
        "name": "Hotel Lugo 012",
        "values": means,
        "least": [None if each is None else each * 0.5 for each in means],
        "most": [None if each is None else each * 1.9 for each in means],
        "estimated": [[700, 704]],
        "doubtful": [],
        "partial": [],
    }
    return {
        "level": "days",
        "zone": "Europe/Madrid",
        "language": language,
        "unit": "kW",
        "shifts": shifts,
        "starts": starts,
        "ends": ENDS,
        "curves": [curve],
        "before": None,
        "periods": None,
        "contracted": None,
    }


def midnight_after(at: int) -> int:
    """Return the next midnight in Madrid after one."""
    noon = datetime.fromtimestamp(at + 36 * 3600, MADRID)
    return instant(noon.year, noon.month, noon.day)


KINDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "slots": slots,
    "several": several,
    "running": running,
    "warmth": warmth,
    "days": days,
}


def page(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Return a page with one curve in a language."""
    with translation.override(language):
        request.LANGUAGE_CODE = language
        template = engines["jinja2"].from_string(PAGE)
        return HttpResponse(template.render({"address": f"/curve/{kind}.{language}.json"}, request))


def values(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Return what the curve of that page draws."""
    return HttpResponse(json.dumps(KINDS[kind](language)), content_type="application/json")


urlpatterns = [
    path("curve/<kind>.<language>.json", values),
    path("curve/<kind>/<language>/", page),
    *of_vatio,
]
