"""The calculated series of the demo: the rest of a hotel, and supplies of a supermarket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vatio.accounts.models import Account
from vatio.demo.measured import GENERAL
from vatio.metering.calculating import TermDetails, add_calculated
from vatio.metering.models import DataPoint
from vatio.tenants.models import Person

ACTIVE_ENERGY = 402


@dataclass(frozen=True)
class DemoSum:
    """A calculated series: its account, its name, and the meters it adds and takes away."""

    account: str
    name: str
    added: Sequence[str]
    taken_away: Sequence[str] = ()


SUMS = (
    DemoSum(
        "Hotel Lugo 012",
        "Resto del edificio",
        [GENERAL],
        ["Cámaras 06", "Climatización 08", "Iluminación 09", "Cocina 10"],
    ),
    DemoSum(
        "Supermercado Oroso 008",
        "General y suministros 02 a 04",
        [GENERAL, "Contador 02", "Contador 03", "Contador 04"],
    ),
)


def add_up(*, by: Person, at: datetime) -> None:
    """Add the calculated series to their accounts, of the active energy of their meters."""
    for each in SUMS:
        account = Account.objects.get(name=each.account)
        signed = [(name, 1) for name in each.added] + [(name, -1) for name in each.taken_away]
        points = DataPoint.objects.filter(account=account, quantity=ACTIVE_ENERGY)
        of_meter = {point.meter.name: point for point in points.select_related("meter")}
        terms = [TermDetails(of_meter[name], sign) for name, sign in signed]
        add_calculated(account, name=each.name, terms=terms, by=by, at=at)
