"""Amounts of energy and power as pages write them: in a unit that keeps them short."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vatio.analysis.curve import Value
from vatio.consumption.subjects import EnergySubject
from vatio.web.analysis.chart_numbers import best_unit, fixed

NONE = "–"


@dataclass(frozen=True)
class ShownUnit:
    """A unit of the page, and how many base units one of it is."""

    name: str
    factor: float


def total_unit(subject: EnergySubject, largest: float) -> ShownUnit:
    """Return the unit in which amounts up to a largest one, in base units, are written."""
    return ShownUnit(*best_unit(subject.quantity.shown, subject.quantity.factor, largest))


def power_unit(subject: EnergySubject) -> ShownUnit:
    """Return the unit of a thing's curve."""
    return ShownUnit(subject.unit, subject.quantity.factor)


class RateWords(NamedTuple):
    """What an amount in an hour is called: by itself, its mean, and the highest of it."""

    plain: Promise | str
    mean: Promise
    highest: Promise


POWER = RateWords(_("Power"), _("Mean power"), _("Highest power"))
FLOW = RateWords(_("Flow"), _("Mean flow"), _("Highest flow"))
RATE = RateWords(_("Rate"), _("Mean rate"), _("Highest rate"))
STATE = RateWords(_("Value"), _("Mean"), _("Highest"))


def rate_words(subject: EnergySubject) -> RateWords:
    """Return what the curve of a thing is called: power, a flow of gas or water, or a state."""
    if not subject.adds:
        return STATE._replace(plain=subject.quantity.label)
    if subject.unit in ("kW", "kvar"):
        return POWER
    return FLOW if subject.quantity.base == "l" else RATE


def figure(value: Value, unit: ShownUnit, *, decimals: int | None = None) -> str:
    """Return an amount in a unit, with as many decimals as its size is worth; a dash for none."""
    if value is None:
        return NONE
    shown = value / unit.factor
    return fixed(shown, decimals_of([shown]) if decimals is None else decimals)


def decimals_of(values: Iterable[Value]) -> int:
    """Return how many decimals numbers are worth that stand beside one another: none to three."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    return 0 if largest >= 1000 else 3 if 0 < largest < 1 else 1


def change(share: float | None) -> str:
    """Return a change in per cent with its sign: +5,2 %, −12,0 %; a dash for none.

    What is written as nought has none.
    """
    if share is None:
        return NONE
    words = fixed(abs(share) * 100, 1)
    is_none = words == fixed(0, 1)
    sign = "" if is_none else "+" if share > 0 else "−"
    return f"{sign}{words}{percent_sign()}"


def percent_sign() -> str:
    """Return how the reader's language writes the sign: after a space in Spanish."""
    return "%" if (get_language() or "es").startswith("en") else "\N{NO-BREAK SPACE}%"
