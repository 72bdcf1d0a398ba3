"""Reads the files of the sector without a header: F5D, P5D, F1, P1, P1D, P2 and P2D.

Their columns are those of the system operator's exchange formats. The label is the end of the
interval, with a flag of summer (1) or winter time (0). Of the method by which a value was
obtained nothing is made: a firm one is firm, however it was obtained.
"""

import re
from typing import NamedTuple

from vatio.readings.files import splitting
from vatio.readings.files.curves import RefusedRow, refusal
from vatio.readings.files.headings import (
    CAPACITIVE,
    EXPORTED,
    EXPORTED_CAPACITIVE,
    EXPORTED_INDUCTIVE,
    IMPORTED,
    INDUCTIVE,
)
from vatio.readings.files.layouts import Column, Layout, Records
from vatio.readings.files.splitting import SplitTable

STAMP = re.compile(r"\s*\d{4}[/-]\d{1,2}[/-]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?\s*")
CUPS = re.compile(r"\s*[A-Z]{2}\w{16,26}\s*", re.ASCII | re.IGNORECASE)
CLOCK = re.compile(r"\d:(\d{2})")
NAME = re.compile(r"(?:^|[^a-z0-9])(F5D|P5D|F1|P1D|P1|P2D|P2)_", re.IGNORECASE)
VERSION = re.compile(r"(\d{8})\.(\d{1,2})(?!\d)(?!.*\d{8}\.\d)")
QUANTITIES = (
    IMPORTED,
    EXPORTED,
    INDUCTIVE,
    EXPORTED_CAPACITIVE,
    EXPORTED_INDUCTIVE,
    CAPACITIVE,
)
"""The order of the values: active import and export, then reactive of quadrants 1 to 4."""

HEADINGS = ("AI", "AE", "R1", "R2", "R3", "R4")


class FileShape(NamedTuple):
    """Where a format has what: `many` values begin at a column, `step` apart; `firm` −1 is none.

    A row of fewer than `least` cells is short.
    """

    unit: str
    stamp: int
    season: int
    values: int
    many: int
    step: int
    firm: int
    least: int


SHAPES = {
    "f5d": FileShape("Wh", 1, 2, 3, 6, 1, 10, 9),
    "p5d": FileShape("Wh", 1, 2, 3, 2, 1, -1, 5),
    "f1": FileShape("kWh", 2, 3, 4, 6, 1, 13, 14),
    "p1": FileShape("kWh", 2, 3, 4, 6, 2, -1, 16),
}
"""P1, P1D, P2 and P2D have one shape. Of each pair the second is the quality of the first."""


def shape_of(table: SplitTable, name: str) -> str:
    """Return the format of a table without a header, by its first rows, or nothing."""
    for row in table.rows[:10]:
        cells = [str(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) < 4 or not CUPS.fullmatch(cells[0]):
            continue
        if STAMP.fullmatch(cells[1]):
            return "f5d" if len(row) > 7 else "p5d"
        if cells[1].strip().isdigit() and STAMP.fullmatch(cells[2]):
            return _named(name, table) if len(row) >= 20 else "f1"
    return ""


def _named(name: str, table: SplitTable) -> str:
    """Return P1, P1D, P2 or P2D: by the name of the file, else by the step of its rows."""
    found = NAME.search(name)
    if found and found[1].lower() in {"p1", "p1d", "p2", "p2d"}:
        return found[1].lower()
    clocks = (CLOCK.search(str(row[2])) for row in table.rows if len(row) > 2)
    return "p2" if any(clock and clock[1] != "00" for clock in clocks) else "p1"


def version_of(name: str, format_name: str) -> int:
    """Return what orders the deliveries of an F5D or F1: YYYYMMDD × 100 + version of its name."""
    found = VERSION.search(name) if format_name in {"f5d", "f1"} else None
    return int(found[1]) * 100 + int(found[2]) if found else 0


def records(
    text: str, delimiter: str, format_name: str
) -> tuple[Layout, Records, list[RefusedRow]]:
    """Return the columns of a text without a header, and its short rows."""
    shape = SHAPES.get(format_name, SHAPES["p1"])
    refused: list[RefusedRow] = []
    found = splitting.columns(text, delimiter)
    if found is None or len(found[1]) < shape.least:
        lines, columns, refused = _of_unlike_rows(splitting.split(text, delimiter, ""), shape)
    else:
        lines, columns = found
    layout = Layout(
        format_name,
        label="end",
        label_from="format",
        unit=shape.unit,
        unit_from="format",
        decimal=".",
    )
    firm = shape.firm if 0 <= shape.firm < len(columns) else None
    return (
        layout,
        Records(
            lines,
            days=columns[shape.stamp],
            cups=columns[0],
            seasons=columns[shape.season],
            firms=[] if firm is None else columns[firm],
            columns=[_column(columns, shape, place) for place in range(shape.many)],
        ),
        refused,
    )


def _of_unlike_rows(
    table: SplitTable, shape: FileShape
) -> tuple[list[int], list[list[object]], list[RefusedRow]]:
    """Return the lines and columns of rows that differ in cells, and apart the short ones."""
    refused = [
        refusal(line, "short_row")
        for line, row in zip(table.lines, table.rows, strict=True)
        if len(row) < shape.least
    ]
    kept = [at for at, row in enumerate(table.rows) if len(row) >= shape.least]
    width = max((len(table.rows[at]) for at in kept), default=shape.least)
    columns: list[list[object]] = [
        [row[at] if at < len(row) else "" for row in map(table.rows.__getitem__, kept)]
        for at in range(width)
    ]
    return [table.lines[at] for at in kept], columns, refused


def _column(columns: list[list[object]], shape: FileShape, place: int) -> Column:
    at = shape.values + place * shape.step
    unit = shape.unit if place < 2 else shape.unit.replace("Wh", "varh")
    qualities = columns[at + 1] if shape.step == 2 else []
    return Column(QUANTITIES[place], unit, HEADINGS[place], columns[at], qualities, "format")
