"""Which accounts of the demo have which readings: how fine, by what door, and with what faults."""

from dataclasses import dataclass
from datetime import date, timedelta

from vatio.demo.energy.faults import Trouble

LAST_CALLED = timedelta(days=3)
"""The last days of the history of a called meter, which its first call brings."""


@dataclass(frozen=True)
class History:
    """What readings an account has: their resolution, their door, and how many series have any.

    `days` is how far back they go. The faults of `trouble` are those of the general meter's
    active energy; `dead` is the first word of the name of meters that have died besides.
    """

    minutes: int = 60
    gateway: bool = False
    series: int = 4
    days: int = 731
    trouble: Trouble = Trouble.NONE
    dead: str = ""


HISTORIES = {
    "Hotel Lugo 012": History(15, gateway=True, series=16, dead="Bombas"),
    "Supermercado Oroso 008": History(15, series=12),
    "Instituto Rosalía 022": History(15, gateway=True, series=10, trouble=Trouble.GAP),
    "Quesería Terra Chá 027": History(15, series=10, trouble=Trouble.EXCESSES),
    "Ayuntamiento de Valdeluz 003": History(15, series=12),
    "Edificio Cantón 21 044": History(15, series=10, trouble=Trouble.DOUBTFUL),
    "Mercado de Abastos de Noia 020": History(15, series=10, trouble=Trouble.ESTIMATED),
    "Hotel Costa Teguise 010": History(15, gateway=True, series=10),
    "Frigoríficos Celeiro 011": History(15, gateway=True, series=10, trouble=Trouble.DEAD),
    "Piscina municipal de Teo 005": History(15, gateway=True, series=8),
    "Clínica Santa Comba 028": History(15, series=8),
    "Viviendas Novo Mesoiro 051": History(15, series=8),
}
"""The accounts with quarters of an hour, in the order in which they are filled."""

OTHERS = History()
"""Every other account: hours, by files."""


def history_of(account: str) -> History:
    """Return which readings the account of a name has."""
    return HISTORIES.get(account, OTHERS)


def sharpness(account: str) -> int:
    """Return the resolution of an account's series, in minutes."""
    return history_of(account).minutes


def has_gateway(account: str) -> bool:
    """Return whether a gateway inserts an account's readings."""
    return history_of(account).gateway


def called_from(made_on: date) -> date:
    """Return the first day that calls bring of a demo whose histories go up to a day."""
    return made_on - LAST_CALLED
