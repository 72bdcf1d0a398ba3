"""The units that a licence counts: what each is called, which billing sells it, and how many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Billing(TextChoices):
    """What a licence is billed by."""

    MTR = "MTR"
    DP = "DP"


class Unit(StrEnum):
    """Something of which a licence grants a number; its value is the name of its columns.

    Units are in the order of the screen. SMS credits are no unit: credits are bought and spent.
    """

    METERS = "meters"
    SUPPLY_POINTS = "supply_points"
    DATA_POINTS = "data_points"
    RTC_LINES = "rtc_lines"

    @property
    def label(self) -> Promise | str:
        """The label above a quantity of the unit: Medidores."""
        return _SAID[self].label

    @property
    def in_full(self) -> Promise | str:
        """The label of the field of the unit's total: Medidores (Mtr)."""
        return _SAID[self].in_full

    @property
    def short(self) -> str:
        """The abbreviation after a quantity where there is little room: Mtr."""
        return _SAID[self].short

    @property
    def to_add(self) -> Promise | str:
        """The label of the field that asks for more of the unit: Medidores que añadir."""
        return _SAID[self].to_add

    @property
    def on_top(self) -> Promise | str:
        """The heading of what a grant adds to the licence's own."""
        return _SAID[self].on_top

    @property
    def hint(self) -> Promise | str:
        """The help under the field of its total; empty where the label is enough."""
        return _SAID[self].hint

    def plural(self, count: int) -> str:
        """Return the noun phrase for a count of the unit, with %(n)s in place of the number."""
        return _SAID[self].plural(count)

    @property
    def billings(self) -> frozenset[str]:
        """The billings under which more of the unit can be asked for."""
        return _SAID[self].billings

    @property
    def counted_by(self) -> frozenset[str]:
        """The billings under which the unit is counted, if only as not included."""
        return _SAID[self].counted_by


@dataclass(frozen=True)
class _Said:
    """The labels of a unit, and the billings that sell and count the unit."""

    label: Promise | str
    in_full: Promise | str
    short: str
    to_add: Promise | str
    on_top: Promise | str
    plural: Callable[[int], str]
    billings: frozenset[str]
    counted_by: frozenset[str]
    hint: Promise | str = ""


_SAID = {
    Unit.METERS: _Said(
        label=_("Meters"),
        in_full=_("Meters (Mtr)"),
        short="Mtr",
        to_add=_("Meters to add"),
        on_top=_("Meters on top"),
        plural=lambda count: ngettext("%(n)s meter", "%(n)s meters", count),
        billings=frozenset({Billing.MTR}),
        counted_by=frozenset({Billing.MTR}),
    ),
    Unit.SUPPLY_POINTS: _Said(
        label="CUPS",
        in_full="CUPS",
        short="CUPS",
        to_add=_("CUPS to add"),
        on_top=_("CUPS on top"),
        plural=lambda count: ngettext("%(n)s CUPS", "%(n)s CUPS", count),
        billings=frozenset({Billing.MTR}),
        counted_by=frozenset(Billing),
        hint=_("Supply points whose bills are managed."),
    ),
    Unit.DATA_POINTS: _Said(
        label=_("DP"),
        in_full=_("Data points (DP)"),
        short="DP",
        to_add=_("DP to add"),
        on_top=_("DP on top"),
        plural=lambda count: ngettext("%(n)s data point", "%(n)s data points", count),
        billings=frozenset({Billing.DP}),
        counted_by=frozenset({Billing.DP}),
        hint=_("Calculated ones do not count."),
    ),
    Unit.RTC_LINES: _Said(
        label=_("RTC lines"),
        in_full=_("RTC lines"),
        short="RTC",
        to_add=_("RTC lines to add"),
        on_top=_("RTC lines on top"),
        plural=lambda count: ngettext("%(n)s RTC line", "%(n)s RTC lines", count),
        billings=frozenset(Billing),
        counted_by=frozenset(Billing),
        hint=_("(RTD) Meters read by modem every 24 hours."),
    ),
}


def sold_units(billing: str) -> tuple[Unit, ...]:
    """Return the units of which an account billed in this way may ask for more."""
    return tuple(unit for unit in Unit if billing in unit.billings)


@dataclass(frozen=True)
class Quantities:
    """A number of each unit; None where the licence does not count that unit."""

    meters: int | None = None
    supply_points: int | None = None
    data_points: int | None = None
    rtc_lines: int | None = None

    @classmethod
    def each(cls, number: Callable[[Unit], int | None]) -> Quantities:
        """Return quantities with the number that a function returns for each unit."""
        return cls(*map(number, Unit))

    def __getitem__(self, unit: Unit) -> int | None:
        number: int | None = getattr(self, unit)
        return number

    def items(self) -> list[tuple[Unit, int | None]]:
        """Return each unit with its number, in the order of the screen."""
        return list(zip(Unit, self.listed, strict=True))

    def columns(self, prefix: str = "") -> dict[str, int | None]:
        """Return the numbers by the names of their columns, each with a prefix."""
        return {f"{prefix}{unit}": number for unit, number in self.items()}

    @property
    def listed(self) -> tuple[int | None, ...]:
        """The numbers alone, in the order of the screen."""
        return _listed(self)

    def plus(self, extras: Quantities) -> Quantities:
        """Return these defaults plus extras; a unit that is not counted stays None."""
        both = zip(self.listed, extras.listed, strict=True)
        return Quantities(*(None if own is None else own + (more or 0) for own, more in both))

    def beyond(self, defaults: Quantities) -> Quantities:
        """Return these totals less the defaults: 0 for a unit that is not counted."""
        return Quantities.each(
            lambda unit: 0 if defaults[unit] is None else (self[unit] or 0) - (defaults[unit] or 0)
        )


_listed: Callable[[Quantities], tuple[int | None, ...]] = attrgetter(*Unit)
