from pathlib import Path

import vatio.tariffs.migrations as migrations
from vatio.tariffs.parsing import COLUMNS

SHIPPED = Path(migrations.__path__[0]) / "0002_prices_known_in_2026.csv"


def line(**cells: str) -> str:
    """Return a line of a file of prices: a toll of energy of 2027, but for what is said."""
    usual = {
        "kind": "energy_toll",
        "tariff": "2.0TD",
        "period": "1",
        "value": "0.034",
        "unit": "€/kWh",
        "valid_from": "2027-01-01",
        "valid_to": "2028-01-01",
        "source": "BOE-A-2026-1",
    }
    return ",".join({**usual, **cells}.get(column, "") for column in COLUMNS)


def tax(**cells: str) -> str:
    """Return a line of the electricity tax, which stands until another does."""
    usual = {
        "kind": "electricity_tax",
        "tariff": "",
        "period": "",
        "unit": "%",
        "valid_to": "",
        "known_until": "2027-02-01",
        "source": "Ley 38/1992",
    }
    return line(**{**usual, **cells})


def file(*lines: str) -> bytes:
    return "\n".join([",".join(COLUMNS), *lines, ""]).encode()
