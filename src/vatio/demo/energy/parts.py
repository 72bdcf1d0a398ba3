"""What a part of a building's load looks like, made of the shape of the whole.

A part has a part of what is always there, of the activity and of heating and cooling. All parts
together have less than the whole, so that they stay below it on any ordinary day.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from vatio.demo.energy.shapes import NEVER, SECTORS, SHAPES, Hours, LoadShape, hours, times

MEALS = hours("0 0 0 0 0 2 5 8 8 5 4 6 11 13 10 5 2 2 3 6 11 12 7 2")
PLUGGED = hours("5 4 3 2 1 1 1 2 5 7 6 4 3 3 4 4 3 3 5 8 9 9 8 6")

LITRES = {"hotels": 0.065, "health": 0.06, "housing": 0.06, "sport": 0.06}
"""Tens of litres of water an hour for each kW and each % of activity, where people wash."""

FEW_LITRES = 0.015
"""The same where they do not."""


def _activity(whole: LoadShape, part: float, *, base: float, noise: float = 0.05) -> LoadShape:
    """Compute a part that goes with what people do, whatever the weather."""
    return replace(
        whole,
        base=whole.base * base,
        working=times(whole.working, part),
        saturday=times(whole.saturday, part),
        sunday=times(whole.sunday, part),
        heating=NEVER,
        cooling=NEVER,
        dark=NEVER,
        noise=noise,
    )


def _thermal(whole: LoadShape, heating: float, cooling: float, *, base: float) -> LoadShape:
    """Compute a part that goes with the weather, whatever people do."""
    return replace(
        _activity(whole, 0, base=base),
        heating=times(whole.heating, heating),
        cooling=times(whole.cooling, cooling),
    )


def _timetable(
    whole: LoadShape, row: Hours, part: float, *, base: float, noise: float
) -> LoadShape:
    """Compute a part with hours of its own, on each kind of day as much as there is activity."""
    size = part / sum(row)
    return replace(
        _activity(whole, 0, base=base, noise=noise),
        working=times(row, size * sum(whole.working)),
        saturday=times(row, size * sum(whole.saturday)),
        sunday=times(row, size * sum(whole.sunday)),
    )


def _gas(whole: LoadShape) -> LoadShape:
    """Compute what a boiler burns: for heating, and for hot water all year."""
    return replace(
        _activity(whole, 1, base=0, noise=0.08), heating=times(whole.heating, 8), dark=NEVER
    )


PARTS: dict[str, Callable[[LoadShape], LoadShape]] = {
    "climate": lambda whole: _thermal(whole, 0.8, 0.8, base=0.04),
    "lighting": lambda whole: replace(
        _activity(whole, 0.2, base=0.03, noise=0.02), dark=(whole.base * 0.06,) * 24
    ),
    "kitchen": lambda whole: _timetable(whole, MEALS, 0.3, base=0.04, noise=0.12),
    "lifts": lambda whole: _activity(whole, 0.06, base=0.02, noise=0.2),
    "boilers": lambda whole: _thermal(whole, 0.1, 0, base=0.02),
    "pumps": lambda whole: _activity(whole, 0.06, base=0.06, noise=0.08),
    "cold rooms": lambda whole: replace(
        _thermal(whole, 0, 0.1, base=0.3), noise=0.14, comfort=(1.0, 1.0, 1.0)
    ),
    "chargers": lambda whole: _timetable(whole, PLUGGED, 0.12, base=0.01, noise=0.35),
    "gas": _gas,
}
"""How the parts that the demo's meters measure come from the whole."""

NAMES = {
    "climatización": "climate",
    "iluminación": "lighting",
    "cocina": "kitchen",
    "ascensores": "lifts",
    "calderas": "boilers",
    "bombas": "pumps",
    "cámaras": "cold rooms",
    "cargadores": "chargers",
}
"""The parts by the first word of a meter's name; any other meter measures the whole."""


@cache
def shape_of(sector: str, part: str) -> LoadShape:
    """Return the shape of a part of a sector; of the whole if `part` is empty.

    "water" is in tens of litres an hour and kW, "gas" in % as energy is.
    """
    known = SECTORS.get(sector, sector)
    whole = SHAPES.get(known, SHAPES["offices"])
    if not part:
        return whole
    if part == "water":
        return _activity(whole, LITRES.get(known, FEW_LITRES), base=0.003, noise=0.2)
    return PARTS[part](whole)
