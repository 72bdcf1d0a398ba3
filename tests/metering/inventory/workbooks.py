"""Makes, opens and changes inventory workbooks, as somebody with a spreadsheet program would."""

from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from vatio.accounts.models import Account
from vatio.metering.inventory import exporting

Sheets = dict[str, list[list[Any]]]


def written(sheets: Sheets) -> bytes:
    """Write sheets of rows, the headings first, as a workbook."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(line, place, cell)
    book.close()
    return made.getvalue()


def opened(content: bytes) -> Sheets:
    """Read a workbook as sheets of rows."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def exported(account: Account) -> bytes:
    """Return the exported inventory of an account."""
    return exporting.workbook(account).read()


def cell(sheets: Sheets, sheet: str, line: int, heading: str) -> tuple[list[Any], int]:
    """Return the row of a line, from 2, and the place of a heading in it."""
    return sheets[sheet][line - 1], sheets[sheet][0].index(heading)


def put(sheets: Sheets, sheet: str, line: int, heading: str, value: object) -> None:
    """Write a value under a heading of a line, from 2."""
    row, place = cell(sheets, sheet, line, heading)
    row[place] = value


CUPS = ["ES0021000000000001RK", "ES0021000000000002RE", "ES0021000000000003WT"]

HOTEL: Sheets = {
    "Emplazamientos": [
        ["Emplazamiento", "Actividad", "Superficie (m²)", "Festivos locales"],
        ["Hotel", "Hotelera", 1250.5, "15/08/2026; 02/05/2026"],
        ["Hotel / Planta 1", "", "", ""],
    ],
    "Suministros": [
        ["Nombre", "Emplazamiento", "Energía", "CUPS", "Territorio", "Gestionar sus facturas"],
        ["General", "Hotel", "Electricidad", CUPS[0], "Península", "Sí"],
        ["Agua", "Hotel", "Agua", "", "", "No"],
    ],
    "Contratos": [
        ["Suministro", "Desde", "Tarifa", "Potencia P1 (kW)", "Potencia P2 (kW)"],
        [CUPS[0], "01/01/2026", "2.0TD", 5.75, "6,9"],
    ],
    "Medidores": [
        ["Nombre", "Número de serie", "Emplazamiento"],
        ["Contador general", "A-100", "Hotel"],
        ["Contador de agua", "", "Hotel / Planta 1"],
    ],
    "Mediciones": [
        ["Medidor", "Suministro", "Papel", "Desde"],
        ["A-100", CUPS[0], "Principal", "01/01/2026"],
        ["Contador de agua", "Agua", "Principal", ""],
    ],
    "Puntos de datos": [
        ["Medidor", "Magnitud", "Resolución (minutos)", "Fuente de datos"],
        ["A-100", 402, "15; 60", "Pasarela"],
        ["Contador de agua", 901, 60, ""],
    ],
    "Líneas RTC": [["Suministro", "Medidor"], [CUPS[0], "A-100"]],
    "Fuentes": [["Nombre", "Clase"], ["Pasarela", "Inserción por una pasarela"]],
    "Equipos": [
        ["Fuente de datos", "Identificador del equipo", "Medidor"],
        ["Pasarela", "d-1", "A-100"],
    ],
}
