"""What the columns of a portfolio mean: their headings, as strangers write them and as we do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vatio.refusal import Refused
from vatio.spreadsheets.files.cells import SheetRow, is_blank
from vatio.spreadsheets.values import fold
from vatio.tenants.folding import tidy

HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("nombre de la cuenta", "nombre cuenta", "account name", "cuenta", "account"),
    "client": ("nombre del cliente", "nombre cliente", "client name", "cliente", "client"),
    "nif": ("nif", "nif/cif", "cif/nif", "cif"),
    "sector": ("sector",),
    "licence": ("licencia", "tipo de licencia", "licence", "license", "tipo"),
    "meters": ("mtr", "medidores (mtr)", "medidores", "meters"),
    "supply_points": ("cups", "cups/polizas", "cups / polizas", "cups o polizas", "polizas"),
    "data_points": ("dp", "data points (dp)", "data points", "puntos de datos"),
    "rtc_lines": (
        *("lineas rtc (rtd)", "lineas rtc", "lineas rtd", "rtc lines", "linea rtc", "linea rtd"),
        *("rtc", "rtd"),
    ),
    "sms_credits": ("creditos sms", "sms credits", "sms"),
    "starts_on": (
        *("fecha de inicio", "fecha inicio", "inicio", "start", "desde", "alta"),
        *("creada", "created"),
    ),
    "ends_on": (
        *("fecha de fin", "fecha fin", "fin", "end", "fecha de caducidad", "fecha caducidad"),
        *("caduca", "expires", "vencimiento", "hasta"),
    ),
    "contact_email": (
        *("correo de contacto", "contact e-mail", "contact email", "correo electronico", "correo"),
        *("e-mail", "email", "contacto", "contact"),
    ),
}
"""The headings that mean each column, the surest first: of two in a file the surer one is read."""

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
OF_THE_EXPORT = ({"creada", "caduca"}, {"created", "expires"})
"""Headings that only the export of the list has together: its ends are the day of expiry."""

COUNTED = ("en uso", "in use", "ultimo dato", "last data")
"""How headings of the export end that tell what is used or how fresh it is: never imported."""

LEFT_OUT = ""
"""What a heading is mapped to that is not to be read."""

FIRST_LINES = 100
"""How many lines are searched for the headings."""


class NoSuchColumn(Refused):
    """A column that somebody mapped is not in the file, or is none of ours."""


@dataclass(frozen=True)
class Clash:
    """Several headings that mean the same column, none of them surer than the others."""

    key: str
    headings: list[str]


@dataclass
class Headings:
    """The headings of a table: which line has them, and what each means."""

    index: int
    headings: dict[int, str] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)

    @property
    def are_of_the_export(self) -> bool:
        """Whether the table is what «Exportar» wrote."""
        folded = {fold(heading) for heading in self.headings.values()}
        return any(pair <= folded for pair in OF_THE_EXPORT)

    def meaning(self, heading: str) -> str:
        """Return the key of the column that a heading is read as; empty if it is left out."""
        place = next((at for at, each in self.headings.items() if each == heading), None)
        return next((key for key, at in self.positions.items() if at == place), LEFT_OUT)


def key_of(name: str) -> str:
    """Return the key of the column that a person names: by its key, or as a heading would.

    :raises NoSuchColumn: if no column is called so.
    """
    wanted = fold(name)
    for key, names in HEADINGS.items():
        if wanted in {key, fold(NAMES[key]), *names}:
            return key
    known = ", ".join(str(words) for words in NAMES.values())
    raise NoSuchColumn(
        _("There is no column «%(name)s». They are: %(known)s.") % {"name": name, "known": known}
    )


def surely(rows: Sequence[SheetRow], mapped: Mapping[str, str]) -> Headings | None:
    """Return the columns below the first line with the headings of a portfolio, if there is one."""
    for index, line in enumerate(rows[:FIRST_LINES]):
        found = _named(index, line, mapped)
        if len(found.positions) > len(HEADINGS) // 3:
            return found
    return None


def perhaps(rows: Sequence[SheetRow], mapped: Mapping[str, str]) -> Headings | None:
    """Guess a line of unknown headings: words only, in it and below at least as many as `REQUIRED`.

    Whoever uploads the file can then say what each heading means.
    """
    for index, (line, following) in enumerate(pairwise(rows[:FIRST_LINES])):
        words = [cell for cell in line.cells if not is_blank(cell)]
        below = [cell for cell in following.cells if not is_blank(cell)]
        are_words = all(isinstance(cell, str) and any(map(str.isalpha, cell)) for cell in words)
        if len(words) >= len(REQUIRED) <= len(below) and are_words:
            return _named(index, line, mapped)
    return None


def _named(index: int, line: SheetRow, mapped: Mapping[str, str]) -> Headings:
    """Return what each heading of a line means: what it is mapped to, before any guess."""
    columns = Headings(index)
    claims: dict[str, list[tuple[int, int]]] = {}
    for place, cell in enumerate(line.cells):
        if is_blank(cell):
            continue
        columns.headings[place] = tidy(str(cell))
        heading = fold(cell)
        if heading in mapped:
            if mapped[heading] != LEFT_OUT:
                claims.setdefault(mapped[heading], []).append((-1, place))
            continue
        for key, names in HEADINGS.items():
            if heading in names:
                claims.setdefault(key, []).append((names.index(heading), place))
    for key, claimed in claims.items():
        surest = min(claimed)
        columns.positions[key] = surest[1]
        equal = [place for sureness, place in claimed if sureness == surest[0]]
        if len(equal) > 1:
            columns.clashes.append(Clash(key, [columns.headings[place] for place in equal]))
    read = set(columns.positions.values())
    columns.unknown = [
        words
        for place, words in columns.headings.items()
        if place not in read and not (columns.are_of_the_export and fold(words).endswith(COUNTED))
    ]
    return columns
