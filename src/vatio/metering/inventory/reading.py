"""Reads an inventory workbook: which sheets it has, and what each of their cells means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from vatio.metering.inventory.cells import parse
from vatio.metering.inventory.sheets import (
    SheetColumn,
    SheetKind,
    columns_by_heading,
    sheets_by_name,
)
from vatio.refusal import Refused
from vatio.spreadsheets.files.cells import SheetRow, is_blank
from vatio.spreadsheets.tables import SheetTable, Unreadable, tables
from vatio.spreadsheets.values import Wrong, fold

TITLES = 10
"""How many lines may stand above the headings."""

MOST_ROWS = 100_000


@dataclass(frozen=True)
class CellFault:
    """What is wrong in a cell of a sheet, in a line, in a sheet (line 0), or in the whole file."""

    sheet: str
    line: int
    column: str
    words: str

    def __str__(self) -> str:
        parts = [_("%(sheet)s, line %(line)s") % {"sheet": self.sheet, "line": self.line}]
        if not self.line:
            parts = [self.sheet] if self.sheet else []
        return ": ".join([*parts, *([self.column] if self.column else []), self.words])


class FaultyInventory(Refused):
    """The workbook has faults: nothing of it was imported."""

    def __init__(self, faults: list[CellFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True)
class InventoryRow:
    """A line of a sheet: its values by the keys of the columns that the sheet has."""

    kind: SheetKind
    sheet: str
    line: int
    values: Mapping[str, Any]

    def fault(self, column: str, words: str) -> CellFault:
        """Return a fault of the row, in the cell of a column."""
        heading = str(self.kind.column(column).label) if column else ""
        return CellFault(self.sheet, self.line, heading, words)


@dataclass
class Inventory:
    """What a workbook says: the rows of each kind of sheet, its faults, and what is not read."""

    rows: dict[str, list[InventoryRow]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(content: bytes) -> Inventory:
    """Read an inventory from the bytes of a workbook.

    :raises Unreadable: if the file cannot be read, or has no sheet of an inventory.
    """
    inventory, left_out = Inventory(), list[str]()
    for table in tables(content):
        kind = sheets_by_name().get(fold(table.name)) if table.typed else None
        if kind is None:
            if table.rows and table.typed:
                left_out.append(table.name)
            continue
        _read_sheet(inventory, kind, table)
    if not inventory.rows:
        known = ", ".join(str(kind.label) for kind in dict.fromkeys(sheets_by_name().values()))
        raise Unreadable(
            _("The file has no sheet of an inventory. They are called: %(names)s.")
            % {"names": known}
        )
    inventory.notes += [
        _("The sheet «%(name)s» is not read.") % {"name": name} for name in left_out
    ]
    return inventory


def _read_sheet(inventory: Inventory, kind: SheetKind, table: SheetTable) -> None:
    rows = inventory.rows.setdefault(kind.key, [])
    if not table.rows:
        return
    at = _headings_at(kind, table.rows)
    if at is None:
        missing = ", ".join(str(column.label) for column in kind.columns if column.required)
        words = _("No headings were found: these are needed: %(names)s.") % {"names": missing}
        inventory.faults.append(CellFault(table.name, 0, "", words))
        return
    found, unknown = _headings(kind, table.rows[at])
    inventory.notes += [
        _("The column «%(name)s» of «%(sheet)s» is not read.") % {"name": name, "sheet": table.name}
        for name in unknown
    ]
    keys = [column.key for column, _place in found]
    for key in {key for key in keys if keys.count(key) > 1}:
        words = _("Several columns are called «%(name)s».") % {"name": kind.column(key).label}
        inventory.faults.append(CellFault(table.name, 0, "", words))
    is_ours = set(keys) == {column.key for column in kind.columns} and not unknown
    for line in table.rows[at + 1 :]:
        if len(rows) >= MOST_ROWS:
            raise Unreadable(_("The file has more lines than any inventory."))
        if any(not is_blank(cell) for cell in line.cells):
            rows.append(_row(inventory, kind, table.name, line, found, is_ours=is_ours))


def _headings_at(kind: SheetKind, lines: list[SheetRow]) -> int | None:
    """Return the place of the first line that has every heading that is needed."""
    wanted = {column.key for column in kind.columns if column.required}
    for at, line in enumerate(lines[:TITLES]):
        if wanted <= {column.key for column, _place in _headings(kind, line)[0]}:
            return at
    return None


def _headings(kind: SheetKind, line: SheetRow) -> tuple[list[tuple[SheetColumn, int]], list[str]]:
    """Return the columns that a line of headings names with their places, and unknown headings."""
    known, found, unknown = (
        columns_by_heading(kind.key),
        list[tuple[SheetColumn, int]](),
        list[str](),
    )
    for place, cell in enumerate(line.cells):
        if is_blank(cell):
            continue
        column = known.get(fold(cell))
        if column is None:
            unknown.append(str(cell)[:60])
        else:
            found.append((column, place))
    return found, unknown


def _row(
    inventory: Inventory,
    kind: SheetKind,
    sheet: str,
    line: SheetRow,
    found: list[tuple[SheetColumn, int]],
    *,
    is_ours: bool,
) -> InventoryRow:
    """Return a line as a row; what a cell cannot mean is a fault, and is no value of the row."""
    values = dict(_values(inventory, sheet, line, found, is_ours=is_ours))
    return InventoryRow(kind, sheet, line.number, values)


def _values(
    inventory: Inventory,
    sheet: str,
    line: SheetRow,
    found: list[tuple[SheetColumn, int]],
    *,
    is_ours: bool,
) -> Iterator[tuple[str, object]]:
    for column, place in found:
        cell = line.cells[place] if place < len(line.cells) else ""
        try:
            yield column.key, parse(column, cell, is_ours=is_ours)
        except Wrong as wrong:
            inventory.faults.append(CellFault(sheet, line.number, str(column.label), str(wrong)))
