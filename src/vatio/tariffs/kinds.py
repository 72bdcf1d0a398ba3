"""The kinds of regulated prices: in which unit each is, and what a price of it depends on."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PriceKind(models.TextChoices):
    """What is charged. The value is the word that files use."""

    POWER_TOLL = "power_toll"
    POWER_CHARGE = "power_charge"
    ENERGY_TOLL = "energy_toll"
    ENERGY_CHARGE = "energy_charge"
    EXCESS_BY_MAXIMETER = "excess_by_maximeter"
    EXCESS_BY_QUARTERS = "excess_by_quarters"
    INDUCTIVE_ENERGY = "inductive_energy"
    CAPACITIVE_ENERGY = "capacitive_energy"
    ELECTRICITY_TAX = "electricity_tax"
    ELECTRICITY_TAX_MINIMUM = "electricity_tax_minimum"
    INDIRECT_TAX = "indirect_tax"
    METER_RENT = "meter_rent"
    SOCIAL_BONUS = "social_bonus"


@dataclass(frozen=True)
class PriceShape:
    """What a price of a kind depends on; `variants` are the cases that have prices of their own."""

    label: Promise
    unit: str
    by_tariff: bool = False
    by_territory: bool = False
    variants: tuple[str, ...] = ()

    @property
    def by_period(self) -> bool:
        """Whether each period has its price: so it is wherever each tariff has."""
        return self.by_tariff


SHAPES = {
    PriceKind.POWER_TOLL: PriceShape(_("Toll of the power"), "€/kW·year", by_tariff=True),
    PriceKind.POWER_CHARGE: PriceShape(_("Charge of the power"), "€/kW·year", by_tariff=True),
    PriceKind.ENERGY_TOLL: PriceShape(_("Toll of the energy"), "€/kWh", by_tariff=True),
    PriceKind.ENERGY_CHARGE: PriceShape(_("Charge of the energy"), "€/kWh", by_tariff=True),
    # Of metering points of types 4 and 5, and of types 1 to 3 (Circular CNMC 3/2020, art. 9.4).
    PriceKind.EXCESS_BY_MAXIMETER: PriceShape(
        _("Excess of power, by maximeter"), "€/kW·day", by_tariff=True
    ),
    PriceKind.EXCESS_BY_QUARTERS: PriceShape(
        _("Excess of power, by quarters of an hour"), "€/kW", by_tariff=True
    ),
    # By the cosine of phi of the period (art. 9.5); from 0.95 on nothing is charged.
    PriceKind.INDUCTIVE_ENERGY: PriceShape(
        _("Inductive reactive energy"), "€/kvarh", variants=("cos_080_to_095", "cos_below_080")
    ),
    PriceKind.CAPACITIVE_ENERGY: PriceShape(_("Capacitive reactive energy"), "€/kvarh"),
    PriceKind.ELECTRICITY_TAX: PriceShape(_("Electricity tax"), "%"),
    PriceKind.ELECTRICITY_TAX_MINIMUM: PriceShape(
        _("Least electricity tax"), "€/MWh", variants=("general", "professional")
    ),
    # IVA in the Peninsula and the Balearic Islands, IGIC in the Canaries, IPSI in the two cities.
    PriceKind.INDIRECT_TAX: PriceShape(
        _("IVA, IGIC or IPSI"),
        "%",
        by_territory=True,
        variants=("general", "below_10_kw", "dwelling", "meter_rent"),
    ),
    PriceKind.METER_RENT: PriceShape(
        _("Rent of the meter"), "€/month", variants=("single_phase", "three_phase")
    ),
    PriceKind.SOCIAL_BONUS: PriceShape(_("Financing of the social bonus"), "€/CUPS·year"),
}


def last_period(kind: PriceKind, tariff: str) -> int:
    """Return the number of periods for which a kind has prices in a tariff; 0 if it has none."""
    if not SHAPES[kind].by_period:
        return 0
    if tariff != "2.0TD":
        return 6
    return 3 if kind in (PriceKind.ENERGY_TOLL, PriceKind.ENERGY_CHARGE) else 2
