"""Parses an ESCO's portfolio: headings, numbers and days as they are written in Spain."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio import formats
from vatio.accounts.models import Sector
from vatio.accounts.nif import is_nif, tidy_nif
from vatio.dates import add_months
from vatio.portfolios.spreadsheet import SheetRow, Unreadable, tables
from vatio.tenants.addresses import NotAnAddress, check_address
from vatio.tenants.folding import tidy
from vatio.units import Quantities, Unit

Ends = Literal["exclusive", "inclusive", ""]

HEADINGS = {
    "name": {"nombre de la cuenta", "cuenta", "nombre cuenta", "account", "account name"},
    "client": {"nombre del cliente", "cliente", "nombre cliente", "client", "client name"},
    "nif": {"nif", "cif", "nif/cif", "cif/nif"},
    "sector": {"sector"},
    "licence": {"licencia", "tipo de licencia", "tipo", "licence", "license"},
    "meters": {"mtr", "medidores", "medidores (mtr)", "meters"},
    "supply_points": {"cups", "polizas", "cups/polizas", "cups / polizas", "cups o polizas"},
    "data_points": {"dp", "data points", "data points (dp)", "puntos de datos"},
    "rtc_lines": {
        *("lineas rtd", "lineas rtc", "rtd", "rtc", "lineas rtc (rtd)", "linea rtd", "linea rtc"),
        "rtc lines",
    },
    "sms_credits": {"creditos sms", "sms", "sms credits"},
    "starts_on": {"fecha inicio", "fecha de inicio", "inicio", "desde", "alta", "start"},
    "ends_on": {
        *("fecha fin", "fecha de fin", "fin", "hasta", "caduca", "fecha caducidad", "vencimiento"),
        *("fecha de caducidad", "end"),
    },
    "contact_email": {
        *("correo de contacto", "correo", "correo electronico", "email", "e-mail", "contacto"),
        "contact",
    },
}
REQUIRED = ("name", "client", "licence", "starts_on", "ends_on")
NAMES = {
    "name": gettext_lazy("Account name"),
    "client": gettext_lazy("Client name"),
    "nif": "NIF",
    "sector": gettext_lazy("Sector"),
    "licence": gettext_lazy("Licence"),
    "meters": "Mtr",
    "supply_points": "CUPS",
    "data_points": "DP",
    "rtc_lines": gettext_lazy("RTC lines"),
    "sms_credits": gettext_lazy("SMS credits"),
    "starts_on": gettext_lazy("Start"),
    "ends_on": gettext_lazy("End"),
    "contact_email": gettext_lazy("Contact e-mail"),
}
SECTORS = {
    "administracion": Sector.ADMINISTRATION,
    "administracion publica": Sector.ADMINISTRATION,
    "agricultura": Sector.AGRICULTURE,
    "comercio": Sector.COMMERCE,
    "educacion": Sector.EDUCATION,
    "sanidad": Sector.HEALTH,
    "hoteles": Sector.HOTELS,
    "hotel": Sector.HOTELS,
    "vivienda": Sector.HOUSING,
    "industria": Sector.INDUSTRY,
    "logistica": Sector.LOGISTICS,
    "oficinas": Sector.OFFICES,
    "deporte": Sector.SPORT,
    "otro": Sector.OTHER,
    "otros": Sector.OTHER,
    **{str(sector): sector for sector in Sector},
}
QUANTITIES = (*Unit, "sms_credits")
LONGEST = {"name": 120, "client": 120, "contact_email": 254, "licence": 60}
MOST = 1_000_000
FIRST_LINES = 100
"""How many lines are searched for the headings."""

FORMULA = ("=", "+", "-", "@")
WHOLE = re.compile(r"(\d{1,3}(\.\d{3})+|\d+)(,0*)?")
SPANISH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})( 0?0:00(:00)?)?")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ]00:00(:00)?)?")
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell of the file, or in the file as a whole (line 0)."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        if not self.line:
            return self.words
        where = _("line %(line)s") % {"line": self.line}
        return f"{where}: {self.column}: {self.words}" if self.column else f"{where}: {self.words}"


@dataclass(frozen=True)
class Row:
    """One account as the file describes it; a quantity is None where its cell is empty.

    `ends_on` is the first day that is no longer covered.
    """

    line: int
    name: str
    client: str
    nif: str
    sector: str
    licence: str
    quantities: Quantities
    sms_credits: int
    starts_on: date
    ends_on: date
    contact_email: str


@dataclass
class Portfolio:
    """What was parsed from a file: its rows, its faults, and its unknown headings."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    lines: Sequence[SheetRow] = ()
    headings_at: int = 0
    columns: dict[str, int] = field(default_factory=dict)

    def position_of(self, fault: Fault) -> int | None:
        """Return the position of a fault's cell in its line, from 0; None if it is in no cell."""
        key = next((key for key, name in NAMES.items() if str(name) == fault.column), "")
        return self.columns.get(key)


class _Wrong(Exception):
    """A cell cannot be parsed; the message says why."""


def understand(
    content: bytes, *, ends: Ends = "", columns: Mapping[str, str] | None = None
) -> Portfolio:
    """Parse a portfolio from the bytes of a spreadsheet.

    Headings are searched for below any title lines, in every sheet; empty lines and lines of
    totals are skipped. An end that looks inclusive (the day before a whole number of months
    after the start) is a fault unless `ends` says whether ends are inclusive.

    :param columns: headings of the file, each with the key of `HEADINGS` that it means.
    :raises Unreadable: if the file cannot be read or has no headings of a portfolio.
    """
    mapped = {fold(theirs): ours for theirs, ours in (columns or {}).items()}
    for lines in tables(content):
        found = _headings(lines, mapped)
        if found is not None:
            return _read(lines, *found, ends=ends)
    for lines in tables(content):
        likely = _likely_headings(lines, mapped)
        if likely is not None:
            return _read(lines, *likely, ends=ends)
    raise Unreadable(
        _("No headings were found: there must be a line with «Nombre de la cuenta», «Licencia»…")
    )


def fold(text: object) -> str:
    """Return a heading without case, accents and repeated spaces, for comparison."""
    plain = unicodedata.normalize("NFKD", str(text))
    return tidy("".join(letter for letter in plain if not unicodedata.combining(letter)).lower())


def _headings(
    lines: Sequence[SheetRow], mapped: Mapping[str, str]
) -> tuple[int, dict[str, int], list[str]] | None:
    """Return the index of the line of headings, its known columns and its unknown headings."""
    for index, line in enumerate(lines[:FIRST_LINES]):
        columns, unknown = _named(line, mapped)
        if len(columns) > len(HEADINGS) // 3:
            return index, columns, unknown
    return None


def _likely_headings(
    lines: Sequence[SheetRow], mapped: Mapping[str, str]
) -> tuple[int, dict[str, int], list[str]] | None:
    """Guess a line of unknown headings: words only, in it and below at least as many as `REQUIRED`.

    Whoever uploads the file can then say what each heading means.
    """
    for index, (line, following) in enumerate(pairwise(lines[:FIRST_LINES])):
        words = [cell for cell in line.cells if str(cell).strip()]
        below = [cell for cell in following.cells if str(cell).strip()]
        are_words = all(isinstance(cell, str) and any(map(str.isalpha, cell)) for cell in words)
        if len(words) >= len(REQUIRED) <= len(below) and are_words:
            return index, *_named(line, mapped)
    return None


def _named(line: SheetRow, mapped: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """Return the position of each of our columns that a line names, and its unknown headings."""
    columns: dict[str, int] = {}
    unknown = []
    for position, cell in enumerate(line.cells):
        heading = fold(cell)
        ours = (key for key, names in HEADINGS.items() if heading in names)
        known = mapped.get(heading) or next(ours, None)
        if known is not None and known not in columns:
            columns[known] = position
        elif heading:
            unknown.append(str(cell).strip())
    return columns, unknown


def _read(
    lines: Sequence[SheetRow],
    index: int,
    columns: dict[str, int],
    unknown: list[str],
    *,
    ends: Ends,
) -> Portfolio:
    portfolio = Portfolio(
        unknown=unknown, lines=lines, headings_at=lines[index].number, columns=columns
    )
    missing = [str(NAMES[key]) for key in REQUIRED if key not in columns]
    if missing:
        portfolio.faults.append(
            Fault(
                0,
                "",
                _("These columns are missing: %(names)s.") % {"names": formats.joined(missing)},
            )
        )
        return portfolio
    for line in lines[index + 1 :]:
        cells = {
            key: line.cells[position] if position < len(line.cells) else ""
            for key, position in columns.items()
        }
        if not line.is_empty() and not _is_total(cells):
            _read_row(portfolio, line.number, cells, ends)
    if not portfolio.rows and not portfolio.faults:
        portfolio.faults.append(Fault(0, "", _("There is no account below the headings.")))
    return portfolio


def _is_total(cells: dict[str, object]) -> bool:
    """Return whether a line holds totals: named «total» or «suma», without licence or days."""
    told = ("licence", "starts_on", "ends_on")
    return fold(cells["name"]).startswith(("total", "suma")) and not any(
        str(cells[key]).strip() for key in told
    )


def _read_row(portfolio: Portfolio, line: int, cells: dict[str, object], ends: Ends) -> None:
    values: dict[str, object] = {}
    faults: list[Fault] = []
    for key in HEADINGS:
        try:
            values[key] = _value(key, cells.get(key, ""))
        except _Wrong as wrong:
            faults.append(Fault(line, str(NAMES[key]), str(wrong)))
    if not faults:
        try:
            values["ends_on"] = _end(values["starts_on"], values["ends_on"], ends)  # type: ignore[arg-type]
        except _Wrong as wrong:
            faults.append(Fault(line, str(NAMES["ends_on"]), str(wrong)))
    if faults:
        portfolio.faults.extend(faults)
    else:
        values["sms_credits"] = values["sms_credits"] or 0
        values["quantities"] = Quantities.each(values.pop)  # type: ignore[arg-type]
        portfolio.rows.append(Row(line=line, **values))  # type: ignore[arg-type]


def _value(key: str, cell: object) -> object:
    if key in QUANTITIES:
        return _whole(cell)
    if key in {"starts_on", "ends_on"}:
        return _day(cell)
    text = _text(key, cell)
    if not text and key in REQUIRED:
        raise _Wrong(_("it is empty."))
    if key == "nif" and text:
        tidied = tidy_nif(text)
        if not is_nif(tidied):
            raise _Wrong(_("«%(text)s» is not a valid NIF.") % {"text": text})
        return tidied
    if key == "contact_email" and text:
        try:
            return check_address(text)
        except NotAnAddress as refused:
            raise _Wrong(str(refused)) from None
    if key == "sector":
        return _sector(text)
    return text


def _text(key: str, cell: object) -> str:
    text = str(cell)
    if isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    if text.strip().startswith(FORMULA):
        raise _Wrong(
            _("«%(text)s» begins like a formula: it is not taken.") % {"text": text.strip()[:40]}
        )
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n" for letter in text):
        raise _Wrong(_("it has a character that cannot be written."))
    text = tidy(text)
    longest = LONGEST.get(key, 60)
    if len(text) > longest:
        raise _Wrong(_("it is longer than %(longest)s letters.") % {"longest": longest})
    return text


def _sector(text: str) -> str:
    if not text:
        return Sector.OTHER
    known = SECTORS.get(fold(text))
    if known is None:
        raise _Wrong(
            _("«%(text)s» is not a sector. They are: %(sectors)s.")
            % {
                "text": text,
                "sectors": "Administración, Agricultura, Comercio, Deporte, Educación,"
                " Hoteles, Industria, Logística, Oficinas, Sanidad, Vivienda, Otro",
            }
        )
    return known


def _whole(cell: object) -> int | None:
    """Parse a whole number, with dots between thousands and perhaps zeros after a decimal comma.

    :raises _Wrong: if the cell is negative, no whole number, or above `MOST`.
    """
    if isinstance(cell, bool):
        raise _Wrong(_("«%(text)s» is not a whole number.") % {"text": cell})
    if isinstance(cell, int | float):
        if cell < 0:
            raise _Wrong(_("%(text)s is negative.") % {"text": f"{cell:g}"})
        if cell != cell or cell > MOST or cell != int(cell):
            raise _Wrong(_("«%(text)s» is not a whole number.") % {"text": f"{cell:g}"})
        return int(cell)
    text = str(cell).strip().replace("\u00a0", "").replace(" ", "")
    if not text:
        return None
    if re.fullmatch(r"[-−][\d.,]+", text):
        raise _Wrong(_("%(text)s is negative.") % {"text": text})
    if not text.isascii() or not WHOLE.fullmatch(text):
        raise _Wrong(_("«%(text)s» is not a whole number.") % {"text": text[:40]})
    number = int(text.split(",")[0].replace(".", "")[:12])
    if number > MOST:
        raise _Wrong(
            _("%(text)s is more than %(most)s.") % {"text": text[:40], "most": formats.number(MOST)}
        )
    return number


def _day(cell: object) -> date:
    """Parse a day: a date cell, 31/12/2026, or 2026-12-31 (ISO 8601).

    :raises _Wrong: if the cell is empty, no day, or not from `EARLIEST` to `LATEST`, both included.
    """
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        text = str(cell).strip()
        if not text:
            raise _Wrong(_("it is empty."))
        spanish, iso = SPANISH_DAY.fullmatch(text), ISO_DAY.fullmatch(text)
        try:
            if spanish:
                found = date(int(spanish[3]), int(spanish[2]), int(spanish[1]))
            elif iso:
                found = date(int(iso[1]), int(iso[2]), int(iso[3]))
            else:
                raise ValueError
        except ValueError:
            raise _Wrong(
                _("«%(text)s» is not a day: write it as 31/12/2026.") % {"text": text[:40]}
            ) from None
    if not EARLIEST <= found <= LATEST:
        raise _Wrong(_("%(day)s is too far away.") % {"day": f"{found:%d/%m/%Y}"})
    return found


def _end(starts_on: date, ends_on: date, ends: Ends) -> date:
    """Return the first day that is no longer covered, from the end that the file gives.

    :raises _Wrong: if the end is ambiguous, or not after the start.
    """
    following = ends_on + timedelta(days=1)
    if ends == "inclusive":
        ends_on = following
    elif not ends and ends_on >= starts_on and _whole_months(starts_on, following):
        raise _Wrong(
            _("%(day)s looks like the last day, not the one after. Say which: --ends.")
            % {"day": f"{ends_on:%d/%m/%Y}"}
        )
    if ends_on <= starts_on:
        raise _Wrong(
            _("%(day)s is not after the start (%(start)s).")
            % {"day": f"{ends_on:%d/%m/%Y}", "start": f"{starts_on:%d/%m/%Y}"}
        )
    return ends_on


def _whole_months(starts_on: date, day: date) -> bool:
    """Return whether a day is a whole number of months after the start."""
    months = (day.year - starts_on.year) * 12 + day.month - starts_on.month
    return months > 0 and add_months(starts_on, months, anchor_day=starts_on.day) == day
