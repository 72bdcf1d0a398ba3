"""The published list of quantities: what a data point measures, in which unit it is stored.

The codes are those that gateways of this trade send. A code never changes its unit.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Adding(StrEnum):
    """How the values of a day make one value: their sum, their mean, or the last of them."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"


@dataclass(frozen=True)
class Quantity:
    """A quantity: its code, its label, the base unit of what is stored, how its values add up.

    `shown` is the unit on the page, and `factor` how many base units one of it is. `signed` says
    whether a value may be negative.
    """

    code: int
    label: Promise | str
    base: str
    shown: str
    factor: float
    adding: Adding
    signed: bool = False


def _energy(code: int, label: Promise, base: str = "Wh", shown: str = "kWh") -> Quantity:
    return Quantity(code, label, base, shown, 1000, Adding.SUM)


def _state(
    code: int,
    label: Promise | str,
    base: str,
    *,
    signed: bool = False,
    shown: str = "",
    factor: float = 1,
) -> Quantity:
    return Quantity(code, label, base, shown or base, factor, Adding.MEAN, signed)


QUANTITIES = {
    quantity.code: quantity
    for quantity in (
        _state(301, _("Temperature"), "°C", signed=True),
        _state(302, _("Humidity"), "%"),
        _state(303, _("Light"), "lx"),
        _state(307, "CO₂", "ppm"),
        _state(401, _("Active power"), "W", signed=True, shown="kW", factor=1000),
        _energy(402, _("Active energy")),
        _state(403, _("Inductive reactive power"), "var", shown="kvar", factor=1000),
        _energy(404, _("Inductive reactive energy"), "varh", "kvarh"),
        _state(405, _("Voltage"), "V"),
        _state(406, _("Current"), "A", signed=True),
        _state(407, _("Capacitive reactive power"), "var", shown="kvar", factor=1000),
        _energy(408, _("Capacitive reactive energy"), "varh", "kvarh"),
        _state(409, _("Apparent power"), "VA", shown="kVA", factor=1000),
        _state(411, "cos φ", "", signed=True),
        _state(412, _("Power factor"), "", signed=True),
        _state(414, _("Frequency"), "Hz"),
        Quantity(419, _("Gas"), "l", "m³", 1000, Adding.SUM),
        _energy(420, _("Energy of gas")),
        _state(425, _("Highest current"), "A"),
        _state(426, _("Mean current"), "A"),
        Quantity(432, _("Fuel"), "l", "m³", 1000, Adding.SUM),
        _energy(433, _("Energy of fuel")),
        _energy(452, _("Exported active energy")),
        _energy(454, _("Exported inductive reactive energy"), "varh", "kvarh"),
        _energy(458, _("Exported capacitive reactive energy"), "varh", "kvarh"),
        Quantity(501, _("State"), "", "", 1, Adding.LAST),
        Quantity(502, _("Pulses"), "", "", 1, Adding.SUM),
        Quantity(503, _("Other"), "", "", 1, Adding.LAST, signed=True),
        _state(801, _("Thermal power"), "W", signed=True, shown="kW", factor=1000),
        _energy(802, _("Thermal energy")),
        Quantity(803, _("Hot water"), "l", "m³", 1000, Adding.SUM),
        _state(805, _("Flow temperature"), "°C", signed=True),
        _state(806, _("Return temperature"), "°C", signed=True),
        Quantity(901, _("Water"), "l", "m³", 1000, Adding.SUM),
        _state(902, _("Flow of water"), "l/h", shown="m³/h", factor=1000),
    )
}
"""The quantities by their code."""
