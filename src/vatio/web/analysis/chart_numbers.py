"""The numbers on a chart: round ticks, decimals that tell values apart, the unit that fits."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from math import ceil, floor, log10

from babel.numbers import format_decimal
from django.utils.translation import get_language

ROUND = (1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)

LARGER: Mapping[str, str] = {
    "Wh": "kWh",
    "kWh": "MWh",
    "MWh": "GWh",
    "varh": "kvarh",
    "kvarh": "Mvarh",
    "W": "kW",
    "kW": "MW",
    "l": "m³",
}
"""The unit that is a thousand times another."""

MANY = 10_000
"""From how many of a unit on the larger one reads better: 9.800 kWh, but 12,4 MWh."""


def fixed(value: float, decimals: int) -> str:
    """Return a number with exactly so many decimals, grouped: 1.234,50 in Spanish."""
    return _written(value, decimals, "0", get_language() or "es")


def shortest(value: float) -> str:
    """Return a number with at most three decimals: 1.234,5 in Spanish."""
    return _written(value, 3, "#", get_language() or "es")


@lru_cache(maxsize=20_000)
def _written(value: float, decimals: int, digit: str, language: str) -> str:
    rounded = round(Decimal(repr(value)), decimals)
    pattern = f"#,##0.{digit * decimals}".rstrip(".")
    return format_decimal(rounded or abs(rounded), f"{pattern};−{pattern}", locale=language)


def decimals_for(highest: float) -> int:
    """Return how many decimals tell values up to `highest` apart: three figures in all."""
    highest = abs(highest)
    return 0 if highest >= 100 else 1 if highest >= 10 else 2 if highest >= 1 else 3


def best_unit(unit: str, factor: float, highest: float) -> tuple[str, float]:
    """Return the unit, and its factor, that writes a value of base units with few figures.

    It is the given one, or a larger one from `MANY` of the given one on.
    """
    while unit in LARGER and abs(highest) / factor >= MANY:
        unit, factor = LARGER[unit], factor * 1000
    return unit, factor


def ticks(lowest: float, highest: float, *, lines: int = 4) -> list[float]:
    """Return round numbers, ascending, from one not above 0 and `lowest` to one not below the rest.

    There are about as many steps as `lines`; 0 is always among them.
    """
    lowest, highest = min(lowest, 0.0), max(highest, 0.0)
    least = (highest - lowest) / lines or 0.25
    tens = 10.0 ** floor(log10(least) + 1e-9)
    step = next(each for each in ROUND if each * tens >= least * (1 - 1e-9)) * tens
    first, last = floor(lowest / step + 1e-9), ceil(highest / step - 1e-9)
    return [round(place * step, 9) for place in range(first, max(last, first + 1) + 1)]


def tick_decimals(values: list[float]) -> int:
    """Return the fewest decimals that write all of some round numbers exactly, at most three."""
    return next((n for n in range(3) if all(round(v, n) == round(v, 6) for v in values)), 3)
