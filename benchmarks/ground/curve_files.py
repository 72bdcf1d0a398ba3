"""Makes files of load curves: hours of some supply points, as distributors write them."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import xlsxwriter

from vatio.dates import start_of

MADRID = ZoneInfo("Europe/Madrid")
HOURS = 8_000
"""Hours of each supply point: about eleven months."""

FIRST = date(2025, 11, 1)
HOUR = timedelta(hours=1)
LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
"""The letters of what is left of the digits of a CUPS by 529, in two places of 23."""

Line = tuple[str, datetime, int]
"""A supply point, the instant at which an hour begins, and its Wh."""


def lines(many: int) -> Iterator[Line]:
    """Yield hours of one supply point after the other."""
    begin = start_of(FIRST, "Europe/Madrid").astimezone(UTC)
    for number in range(many):
        point, hour = divmod(number, HOURS)
        yield cups(point), begin + hour * HOUR, 500 + number * 37 % 2000


def cups(number: int) -> str:
    """Return the CUPS of a supply point, with its control letters."""
    digits = f"0031{number + 406_123_450_017:012d}"
    first, second = divmod(int(digits) % 529, 23)
    return f"ES{digits}{LETTERS[first]}{LETTERS[second]}"


def f5d(many: int) -> bytes:
    """Return an F5D: Wh, the end of each hour, and the season that tells the two 02:00 apart."""
    made = []
    for point, begin, energy in lines(many):
        ends = (begin + HOUR).astimezone(MADRID)
        season = int(bool(ends.dst()))
        reactive = energy // 10
        made.append(
            f"{point}1P;{ends:%Y/%m/%d %H:%M};{season};{energy};0;{reactive};0;0;12;;1;"
            "FE26100012345"
        )
    return ("\n".join(made) + "\n").encode()


def cnmc(many: int) -> bytes:
    """Return a CSV of the common format: kWh, the ordinal of each hour in its day."""
    made = ["CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion"]
    for point, begin, energy in lines(many):
        on = begin.astimezone(MADRID).date()
        ordinal = int((begin - start_of(on, "Europe/Madrid")) / HOUR) + 1
        shown = f"{energy / 1000:.3f}".replace(".", ",")
        made.append(f"{point}1P;{on:%d/%m/%Y};{ordinal};{shown};R")
    return ("\n".join(made) + "\n").encode()


def xlsx(many: int) -> bytes:
    """Return a workbook of the common format."""
    there = io.BytesIO()
    with xlsxwriter.Workbook(there, {"constant_memory": True, "in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["CUPS", "Fecha", "Hora", "Consumo_kWh", "Metodo_obtencion"])
        for row, line in enumerate(cnmc(many).decode().splitlines()[1:], 1):
            point, on, ordinal, energy, how = line.split(";")
            number = float(energy.replace(",", "."))
            sheet.write_row(row, 0, [point, on, int(ordinal), number, how])
    return there.getvalue()
