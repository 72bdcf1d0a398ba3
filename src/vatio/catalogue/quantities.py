"""How many of each unit: of a licence, of an account, of what is added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vatio.catalogue.models import LicenceVersion

UNITS = ("meters", "supply_points", "data_points", "rtc_lines")


@dataclass(frozen=True)
class Quantities:
    """A number of each unit; None where the licence does not count that unit."""

    meters: int | None = None
    supply_points: int | None = None
    data_points: int | None = None
    rtc_lines: int | None = None

    @classmethod
    def of(cls, version: LicenceVersion) -> Quantities:
        """Read the defaults of a licence's version."""
        return cls(*(getattr(version, unit) for unit in UNITS))

    def plus(self, extras: Quantities) -> Quantities:
        """Add extras to defaults; what is not counted stays so, whatever the extras say."""
        return Quantities(
            **{
                unit: None if own is None else own + (getattr(extras, unit) or 0)
                for unit, own in self.items()
            }
        )

    def beyond(self, defaults: Quantities) -> Quantities:
        """Tell what these totals have on top of the defaults: 0 for what is not counted."""
        return Quantities(
            **{
                unit: (own or 0) - (getattr(defaults, unit) or 0)
                if getattr(defaults, unit) is not None
                else 0
                for unit, own in self.items()
            }
        )

    @property
    def listed(self) -> tuple[int | None, ...]:
        """The numbers alone, in the order of the screen."""
        return (self.meters, self.supply_points, self.data_points, self.rtc_lines)

    def items(self) -> list[tuple[str, int | None]]:
        """List each unit's name with its number, in the order of the screen."""
        return [(unit, getattr(self, unit)) for unit in UNITS]
