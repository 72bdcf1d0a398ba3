"""What an order proposes: the same four things whoever says them, buyer or seller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vatio.units import Quantities

if TYPE_CHECKING:
    from vatio.catalogue.models import LicenceVersion


@dataclass(frozen=True)
class Proposal:
    """A licence, quantities, months and credits; what a kind of order does not say is empty.

    The quantities of an opening are totals, those of an expansion what is added. Credits are
    always added.
    """

    licence: LicenceVersion | None
    quantities: Quantities
    months: int | None
    sms_credits: int
