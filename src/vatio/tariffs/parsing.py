"""Parses a file of regulated prices: what each of its lines says, and what is wrong in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from vatio.spreadsheets.files.cells import NoValue, SheetRow, is_blank
from vatio.spreadsheets.tables import Unreadable, tables
from vatio.spreadsheets.values import Wrong, day, fold, plain_text, shown, without_value
from vatio.tariffs.calendars import TARIFFS, TIME_ZONES
from vatio.tariffs.kinds import SHAPES, PriceKind, PriceShape, last_period
from vatio.tariffs.models import PriceKey

COLUMNS = (
    *("kind", "variant", "tariff", "territory", "period", "value", "unit"),
    *("valid_from", "valid_to", "known_until", "source"),
)
"""The headings that a file has, in any order; what stands under others is not read."""

WITHDRAWN = "withdrawn"
"""What stands in place of a value where a price is to be taken out again."""

NUMBER = re.compile(r"-?\d{1,8}(?:[.,]\d{1,8})?", re.ASCII)
"""Matches a number without grouped thousands: its only mark, . or , is the decimal one."""


@dataclass(frozen=True)
class PriceFault:
    """What is wrong in a cell of a file of prices, or in a whole line."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        where = _("line %(line)s") % {"line": self.line}
        return f"{where}: {self.column}: {self.words}" if self.column else f"{where}: {self.words}"


class PriceState(NamedTuple):
    """What a price is while it stands: its value, its last days (not included), its source."""

    value: Decimal
    valid_to: date | None
    known_until: date
    source: str


@dataclass(frozen=True)
class PriceLine:
    """A line of the file: a price, and what it is; None if the price is withdrawn."""

    line: int
    key: PriceKey
    state: PriceState | None


@dataclass
class _Cells:
    """The cells of a line by their headings, and the faults that are found in them."""

    line: int
    cells: Mapping[str, object]
    faults: list[PriceFault]

    def text(self, column: str) -> str:
        cell = self.cells[column]
        if isinstance(cell, NoValue):
            raise Wrong(without_value(cell))
        if isinstance(cell, float):
            # Python writes small ones with an exponent: 7.7e-05.
            return f"{Decimal(repr(cell)).normalize():f}"
        return "" if is_blank(cell) else plain_text(shown(cell), longest=200, is_ours=True)

    def refuse(self, column: str, wrong: Wrong | str) -> None:
        self.faults.append(PriceFault(self.line, column, str(wrong)))


def parse(content: bytes) -> tuple[list[PriceLine], list[PriceFault]]:
    """Return the lines of a file of prices that can be understood, and the faults of the others.

    :raises Unreadable: if the file cannot be read, or has not the headings of `COLUMNS`.
    """
    rows, places = _table(content)
    lines: list[PriceLine] = []
    faults: list[PriceFault] = []
    for row in rows:
        if all(is_blank(cell) for cell in row.cells):
            continue
        cells = {
            column: row.cells[place] if place < len(row.cells) else ""
            for column, place in places.items()
        }
        found = _line(_Cells(row.number, cells, faults))
        if found is not None:
            lines.append(found)
    return lines, faults + _repeated(lines)


def _table(content: bytes) -> tuple[list[SheetRow], dict[str, int]]:
    """Return the lines below the headings, and at which place of a line each column is."""
    for table in tables(content):
        for number, row in enumerate(table.rows):
            headings = [fold(shown(cell)) if not is_blank(cell) else "" for cell in row.cells]
            if set(COLUMNS) <= set(headings):
                places = {column: headings.index(column) for column in COLUMNS}
                return table.rows[number + 1 :], places
    raise Unreadable(
        _("The file has no line with these headings: %(names)s.") % {"names": ", ".join(COLUMNS)}
    )


def _line(cells: _Cells) -> PriceLine | None:
    """Return what a line says; None, once its faults are noted, if it cannot be understood."""
    before = len(cells.faults)
    kind = _one_of(cells, "kind", PriceKind.values)
    if kind is None:
        return None
    shape = SHAPES[PriceKind(kind)]
    variant = _one_of(cells, "variant", shape.variants)
    tariff = _one_of(cells, "tariff", TARIFFS if shape.by_tariff else ())
    territory = _one_of(cells, "territory", list(TIME_ZONES) if shape.by_territory else ())
    last = last_period(PriceKind(kind), tariff or "")
    period = _one_of(cells, "period", [str(number) for number in range(1, last + 1)])
    valid_from = _day(cells, "valid_from", needed=True)
    state = _state(cells, shape, valid_from)
    if len(cells.faults) > before or valid_from is None:
        return None
    key = PriceKey(kind, variant or "", tariff or "", territory or "", int(period or 0), valid_from)
    return PriceLine(cells.line, key, state)


def _state(cells: _Cells, shape: PriceShape, valid_from: date | None) -> PriceState | None:
    """Return what a line says of its price; None if it withdraws the price, or has faults."""
    try:
        if fold(cells.text("value")) == WITHDRAWN:
            return None
    except Wrong:
        pass  # What is wrong with the value is noted below.
    value = _value(cells)
    _one_of(cells, "unit", [shape.unit])
    valid_to = _day(cells, "valid_to", needed=False)
    known_until = _day(cells, "known_until", needed=valid_to is None) or valid_to
    if valid_from is not None:
        for column, until in (("valid_to", valid_to), ("known_until", known_until)):
            if until is not None and until <= valid_from:
                cells.refuse(column, _("it is not after the day on which the price begins."))
    if valid_to is not None and known_until is not None and known_until > valid_to:
        cells.refuse("known_until", _("it is after the day on which the price ends."))
    source = _source(cells)
    if value is None or known_until is None or not source:
        return None
    return PriceState(value, valid_to, known_until, source)


def _one_of(cells: _Cells, column: str, known: Sequence[str]) -> str | None:
    """Return a cell that is one of some words, or empty if there are none; None if it is wrong."""
    try:
        text = cells.text(column)
    except Wrong as wrong:
        cells.refuse(column, wrong)
        return None
    if text in known or (not text and not known):
        return text
    names = ", ".join(known)
    if not known:
        words = _("this kind of price does not depend on it: leave it empty.")
    elif not text:
        words = _("it is empty: write one of %(names)s.") % {"names": names}
    else:
        words = _("«%(text)s» is none of %(names)s.") % {"text": text[:40], "names": names}
    cells.refuse(column, words)
    return None


def _day(cells: _Cells, column: str, *, needed: bool) -> date | None:
    if is_blank(cells.cells[column]) and not needed:
        return None
    try:
        return day(cells.text(column))
    except Wrong as wrong:
        cells.refuse(column, wrong)
        return None


def _value(cells: _Cells) -> Decimal | None:
    try:
        text = cells.text("value")
        if not NUMBER.fullmatch(text):
            raise Wrong(
                _("«%(text)s» is not a number: write it as 0.123456.") % {"text": text[:40]}
                if text
                else _("it is empty.")
            )
    except Wrong as wrong:
        cells.refuse("value", wrong)
        return None
    return Decimal(text.replace(",", "."))


def _source(cells: _Cells) -> str:
    try:
        text = cells.text("source")
        if not text:
            raise Wrong(_("it is empty."))
    except Wrong as wrong:
        cells.refuse("source", wrong)
        return ""
    return text


def _repeated(lines: list[PriceLine]) -> list[PriceFault]:
    """Return a fault for each line that is about the same price and day as an earlier one."""
    first: dict[PriceKey, int] = {}
    return [
        PriceFault(
            each.line,
            "",
            _("line %(line)s says what this price is from the same day on.")
            % {"line": first[each.key]},
        )
        for each in lines
        if first.setdefault(each.key, each.line) != each.line
    ]
