"""What an order proposes: the same four values, whether buyer or seller proposes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vatio.units import Quantities

if TYPE_CHECKING:
    from vatio.catalogue.models import LicenceVersion


@dataclass(frozen=True)
class Proposal:
    """A licence, quantities, months and SMS credits; empty where a kind of order has none.

    The quantities of an opening are totals, those of an expansion additions. Credits are
    always additions.
    """

    licence: LicenceVersion | None
    quantities: Quantities
    months: int | None
    sms_credits: int
