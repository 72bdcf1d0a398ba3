"""What the heading of a column says: its role, its quantity, its unit; aliases are here."""

import re
from typing import NamedTuple

from vatio.spreadsheets.values import fold

IMPORTED, INDUCTIVE, CAPACITIVE = 402, 404, 408
EXPORTED, EXPORTED_INDUCTIVE, EXPORTED_CAPACITIVE = 452, 454, 458
"""Codes of quantities. By quadrants (IEC 62053-23): R1 is 404, R4 408, R3 454 and R2 458."""

UNITS = {
    "kwh": "kWh",
    "mwh": "MWh",
    "wh": "Wh",
    "kw": "kW",
    "mw": "MW",
    "w": "W",
    "kvarh": "kvarh",
    "varh": "varh",
    "kvar": "kvar",
}
UNIT = re.compile(r"(?<![a-z])(kwh|mwh|wh|kvarh|varh|kvar|kw|mw)(?![a-z])")
ENDS_IN_UNIT = re.compile(r"(?:kwh|mwh|kvarh|varh|kvar|kw|wh)$")

ROLES = {
    "cups": {"cups", "cups20", "cups22", "codigocups", "codicups", "puntodesuministro", "cil"},
    "day": {"fecha", "data", "date", "dia", "day", "fechalectura", "fechaconsumo"},
    "hour": {
        "hora",
        "hour",
        "time",
        "horas",
        "periodohorario",
        "intervalo",
        "interval",
        "cuarto",
        "cuartohorario",
        "cuartodehora",
        "quarter",
        "franja",
        "franjahoraria",
        "horainicio",
        "horafin",
        "horainici",
        "horafi",
    },
    "stamp": {
        "fechahora",
        "fechayhora",
        "fechaehora",
        "fechahoralocal",
        "datahora",
        "dataihora",
        "datetime",
        "dateandtime",
        "timestamp",
        "ts",
        "instante",
        "momento",
        "marcatemporal",
        "marcadetiempo",
    },
    "start": {
        "inicio",
        "inici",
        "start",
        "desde",
        "from",
        "begin",
        "fechainicio",
        "fechahorainicio",
        "fechayhorainicio",
        "fechayhoradeinicio",
        "datainici",
        "starttime",
        "startdate",
        "iniciointervalo",
        "periodstart",
    },
    "end": {
        "fin",
        "fi",
        "final",
        "end",
        "hasta",
        "to",
        "fechafin",
        "fechahorafin",
        "fechayhorafin",
        "fechayhoradefin",
        "datafi",
        "endtime",
        "enddate",
        "finintervalo",
        "periodend",
    },
    "season": {"invver", "inviernoverano", "vi", "veranoinvierno", "verano", "estacion", "season"},
    "method": {
        "metodoobtencion",
        "metodedobtencio",
        "metodeobtencio",
        "metododeobtencion",
        "obtainmethod",
        "realestimado",
        "realestimada",
        "lecturarealestimada",
        "consumorealestimado",
        "tipolectura",
        "tipodelectura",
        "realestimat",
        "origen",
    },
    "unit": {"unidad", "unidades", "unitat", "unit", "units", "ud"},
    "total": {"total", "totaldia", "totaldiario", "suma", "sum"},
}
ROLE_OF = {alias: role for role, aliases in ROLES.items() for alias in aliases}

SKIPPED = re.compile(
    r"autocons|generada|^ehac|^ehcca|preci|price|preu|cost|importe|^eur|euro|temperat|tarifa"
)
OF_QUARTERS = {"cuarto", "cuartohorario", "cuartodehora", "quarter"}
OF_START, OF_END = {"horainicio", "horainici"}, {"horafin", "horafi"}
QUADRANTS = {
    "1": INDUCTIVE,
    "2": EXPORTED_CAPACITIVE,
    "3": EXPORTED_INDUCTIVE,
    "4": CAPACITIVE,
}
QUADRANT = re.compile(r"(?:^|reactiva|reactive|energiareactiva)(?:r|q|cuadrante|quadrant)([1-4])$")
EXPORT = re.compile(r"export|vertid|vertida|surplus|exced|saliente|generacio|injecta|inyect")
IMPORT = re.compile(r"consum|activ|energ|potenc|power|demand|import|entrante|carga|load|medida")
NAMES = {
    "ae": IMPORTED,
    "ai": IMPORTED,
    "ehcr": IMPORTED,
    "as": EXPORTED,
    "ehex": EXPORTED,
    "valor": IMPORTED,
    "value": IMPORTED,
    "": IMPORTED,
}
REGISTERS = re.compile(r"lectura|acumulad|acumulat|register|registro|totalizador|contador")


class Heading(NamedTuple):
    """A heading: its role, or "value" with a quantity, its unit if it names one, its text.

    `is_register` says that its words rather mean what a meter shows than what was consumed.
    """

    role: str
    text: str
    key: str
    quantity: int = 0
    unit: str = ""
    is_register: bool = False


def key_of(cell: object) -> str:
    """Return a heading without case, accents, spaces and signs."""
    return "".join(letter for letter in fold(cell) if letter.isalnum())


def unit_in(text: object) -> str:
    """Return the one unit that a text names, or nothing if it names none or several."""
    named = {UNITS[name] for name in UNIT.findall(fold(text).replace("_", " "))}
    return named.pop() if len(named) == 1 else ""


def heading(cell: object) -> Heading:
    """Return what a heading says."""
    text = "" if cell is None else str(cell).strip()
    key = key_of(text)
    if role := ROLE_OF.get(key):
        return Heading(role, text, key)
    if not key or len(text) > 80:
        return Heading("", text, key)
    unit, base = unit_in(text), key
    if unit and key.endswith(unit.lower()):
        base = key[: -len(unit)]
    elif not unit and (found := ENDS_IN_UNIT.search(key)):
        unit, base = UNITS[found[0]], key[: found.start()]
    if ROLE_OF.get(base) == "total":
        return Heading("total", text, key)
    quantity = _quantity(base, unit)
    if not quantity:
        return Heading("", text, key)
    return Heading("value", text, key, quantity, unit, bool(REGISTERS.search(base)))


def _quantity(base: str, unit: str) -> int:
    """Return the code of what a column holds, or 0 if that is nothing we take."""
    if SKIPPED.search(base):
        return 0
    if quadrant := QUADRANT.search(base):
        return QUADRANTS[quadrant[1]]
    if "reactiv" in base or "inductiv" in base or "capacitiv" in base or "var" in unit:
        exported = bool(EXPORT.search(base))
        if "capacitiv" in base:
            return EXPORTED_CAPACITIVE if exported else CAPACITIVE
        return EXPORTED_INDUCTIVE if exported else INDUCTIVE
    if EXPORT.search(base):
        return EXPORTED
    if base in NAMES and (base or unit):
        return NAMES[base]
    is_register = base == "lectura" or (unit and REGISTERS.search(base))
    return IMPORTED if is_register or IMPORT.search(base) else 0
