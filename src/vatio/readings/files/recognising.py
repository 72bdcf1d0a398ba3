"""Recognises a file by its header, within its first lines, and takes its rows apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from vatio.readings.files import labels
from vatio.readings.files.curves import RefusedRow, refusal
from vatio.readings.files.headings import (
    EXPORTED,
    OF_END,
    OF_QUARTERS,
    OF_START,
    UNITS,
    Heading,
    heading,
    key_of,
    unit_in,
)
from vatio.readings.files.layouts import Column, Layout, Records
from vatio.readings.files.splitting import SplitTable
from vatio.spreadsheets.files.cells import is_blank

HEADER_WITHIN = 30
LEAST_HOURS = 20
"""A header with as many hours is that of a matrix: one row a day."""

CUPS = re.compile(r"(?<![A-Z0-9])ES[ -]?\d[\d -]{15,22}[A-Z]{2}(?:\d[A-Z])?(?![A-Z0-9])", re.I)
HOUR_HEADING = re.compile(r"\s*(?:h|hora|q|cuarto)?[ _.]*(\d.*?)\s*", re.I)
OF_DAYS = ("day", "stamp", "start", "end")
IS_AI, IS_AE = re.compile(r"ai(k?wh)?"), re.compile(r"ae(k?wh)?")
WORDS = (("potenc", "kW"), ("power", "kW"), ("consum", "kWh"))


@dataclass
class Header:
    """A header: its line, the headings of its columns, and the hours that are columns."""

    at: int
    line: int
    headings: list[Heading]
    hours: dict[int, str] = field(default_factory=dict)

    def place(self, *roles: str) -> int:
        """Return the first column of the first of some roles that there is, or −1."""
        for role in roles:
            for at, each in enumerate(self.headings):
                if each.role == role:
                    return at
        return -1

    @property
    def values(self) -> list[int]:
        """Return the columns of values, one for each quantity: the first that names it."""
        found: dict[int, int] = {}
        for at, each in enumerate(self.headings):
            if each.role == "value":
                found.setdefault(each.quantity, at)
        return list(found.values())


def header_of(table: SplitTable) -> Header | None:
    """Return the header of a table, or None if none of its first lines is one."""
    for at, (line, row) in enumerate(zip(table.lines, table.rows, strict=True)):
        if line > HEADER_WITHIN:
            return None
        header = Header(at, line, _headings(row))
        if header.place(*OF_DAYS) < 0 and (hour := header.place("hour")) >= 0:
            # «Time» alone can only head whole stamps.
            header.headings[hour] = header.headings[hour]._replace(role="stamp")
        if header.place(*OF_DAYS) < 0:
            continue
        header.hours = _hours(row)
        if len(header.hours) >= LEAST_HOURS or header.values:
            return header
    return None


def _headings(row: Sequence[object]) -> list[Heading]:
    """Return the headings of a row; beside AI, AE is what was exported, not «activa entrante»."""
    found = [heading(cell) for cell in row]
    if not any(each.quantity and IS_AI.fullmatch(each.key) for each in found):
        return found
    return [
        each._replace(quantity=EXPORTED) if IS_AE.fullmatch(each.key) else each for each in found
    ]


def _hours(row: Sequence[object]) -> dict[int, str]:
    """Return the columns whose heading is an hour: H01, 1, 00:15, 00-01."""
    found: dict[int, str] = {}
    for at, cell in enumerate(row):
        text = str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell or "")
        hour = HOUR_HEADING.fullmatch(re.sub(r"[(\[].*|[ _]kwh$|[ _]wh$", "", text, flags=re.I))
        if hour and labels.hour_of(hour[1]):
            found[at] = hour[1]
    if len(found) < LEAST_HOURS:
        return {}
    last = max(found)
    if labels.hour_of(found[last]) == labels.MIDNIGHT:
        # The last column of a day is not its first hour but its end.
        found[last] = "24:00"
    return found


def above(table: SplitTable, header: Header) -> tuple[str, str]:
    """Return the supply point and the unit that the lines above the header name, or nothing."""
    text = "\n".join(" ".join(str(cell or "") for cell in row) for row in table.rows[: header.at])
    cups = CUPS.search(text)
    return (cups[0] if cups else ""), unit_in(text)


def layout_of(table: SplitTable, header: Header, format_name: str | None) -> Layout:
    """Return what a table with a header is, as its headings tell, or of a format that is told."""
    cups, noted = above(table, header)
    found = format_name or ("matrix" if header.hours else _format(table, header))
    layout = Layout(found, header_line=header.line, cups=cups)
    if header.place("stamp", "day") < 0 or header.place("start") >= 0:
        is_start = header.place("start") >= 0
        layout.label = "start" if is_start else "end"
        layout.label_from = header.headings[header.place("start", "end")].text
    hour = header.headings[header.place("hour")] if header.place("hour") >= 0 else None
    if hour and hour.key in OF_QUARTERS:
        layout.minutes = 15
    if hour and hour.key in OF_START | OF_END:
        layout.label = "start" if hour.key in OF_START else "end"
        layout.label_from = hour.text
    layout.is_register = any(header.headings[at].is_register for at in header.values)
    if noted:
        layout.unit, layout.unit_from = noted, "above"
    elif layout.format in {"cnmc", "datadis", "edistribucion", "ufd"}:
        layout.unit, layout.unit_from = "kWh", "format"
    return layout


def _format(table: SplitTable, header: Header) -> str:
    keys = {each.key for each in header.headings}
    hour = header.place("hour")
    of_rows = table.rows[header.at + 1 : header.at + 6]
    cells = [str(row[hour]) for row in of_rows if 0 <= hour < len(row)]
    if any(key.startswith("ehcr") for key in keys):
        return "ufd"
    if header.place("season") >= 0 and header.place("stamp") >= 0:
        return "ide_raw"
    if any(key.startswith("ae") for key in keys) and "cups" in keys and hour >= 0:
        return "edistribucion"
    if header.place("cups") >= 0 and header.place("method") >= 0 and hour >= 0:
        has_clock = any(":" in cell for cell in cells)
        return "datadis" if has_clock or any("vertida" in key for key in keys) else "cnmc"
    if header.place("day") >= 0 and any(key.startswith("preci") for key in keys) and hour >= 0:
        return "endesa"
    return "long"


def records(
    table: SplitTable, header: Header, layout: Layout
) -> tuple[Records, list[RefusedRow], list[tuple[int, list[object]]]]:
    """Return the columns of a table with one value of each quantity a row, and what is no row.

    The last is the rows of totals: each line, and its cells.
    """
    when = header.place("start", "stamp", "day", "end")
    values, places = header.values, {role: header.place(role) for role in ("cups", "hour")}
    rows, lines, totals = _rows(table, header, values, layout)
    needed = max(when, places["cups"], places["hour"], min(values, default=0))
    refused: list[RefusedRow] = []
    if not table.typed and min(map(len, rows), default=0) <= needed:
        short = {at for at, row in enumerate(rows) if len(row) <= needed}
        refused = [refusal(lines[at], "short_row") for at in sorted(short)]
        lines = [line for at, line in enumerate(lines) if at not in short]
        rows = [row for at, row in enumerate(rows) if at not in short]
    found = Records(
        lines,
        days=cells(rows, when),
        hours=_column_of(rows, places["hour"]),
        cups=_column_of(rows, places["cups"]),
        seasons=_column_of(rows, header.place("season")),
        methods=_column_of(rows, header.place("method")),
        columns=[
            Column(
                header.headings[at].quantity,
                header.headings[at].unit,
                header.headings[at].text,
                cells(rows, at),
            )
            for at in values
        ],
    )
    _find_units(found, layout, cells(rows, header.place("unit")))
    return found, refused, totals


def _rows(
    table: SplitTable, header: Header, values: list[int], layout: Layout
) -> tuple[list[list[object]], list[int], list[tuple[int, list[object]]]]:
    """Return the rows under the header with their lines, and apart from them those of totals."""
    rows, lines = table.rows[header.at + 1 :], table.lines[header.at + 1 :]
    if rows and (unit := _unit_row(rows[0], values)):
        layout.unit, layout.unit_from = unit, "row"
        rows, lines = rows[1:], lines[1:]
    if table.delimiter == ",":
        rows = [rejoined(row, len(header.headings), values) for row in rows]
    of_totals = {at for at, row in enumerate(rows) if is_total(row)}
    if not of_totals:
        return rows, lines, []
    kept = [at for at in range(len(rows)) if at not in of_totals]
    totals = [(lines[at], rows[at]) for at in sorted(of_totals)]
    return [rows[at] for at in kept], [lines[at] for at in kept], totals


def is_total(row: Sequence[object]) -> bool:
    """Return whether a row is no data but a sum of others."""
    for cell in row[:3]:
        if isinstance(cell, str) and cell[:1] in {"T", "t", "S", "s"}:
            return key_of(cell).startswith(("total", "subtotal", "suma"))
    return False


def rejoined(row: list[object], width: int, values: Iterable[int]) -> list[object]:
    """Return a row whose decimal commas, unquoted, were taken for the ends of cells, put right.

    Only where each value that is there has lost its decimals, so that nothing is guessed.
    """
    extra, places = len(row) - width, set(values)
    is_ended = extra == 1 and is_blank(row[-1])
    if extra <= 0 or (is_ended and all(map(_is_number, (row[at] for at in places)))):
        return row
    joined: list[object] = []
    rest = iter(row)
    for cell in rest:
        if len(joined) in places and not is_blank(cell):
            after = next(rest, "")
            if not (_is_number(cell) and str(after).strip().isdigit()):
                return row
            cell = f"{str(cell).strip()},{str(after).strip()}"
        joined.append(cell)
    return joined if len(joined) == width else row


def _is_number(cell: object) -> bool:
    return is_blank(cell) or str(cell).strip().lstrip("+-").isdigit()


def _unit_row(row: Sequence[object], values: list[int]) -> str:
    named = [str(row[at]).strip() for at in values if at < len(row) and not is_blank(row[at])]
    found = {UNITS.get(key_of(text), "") for text in named}
    return found.pop() if len(found) == 1 else ""


def _find_units(found: Records, layout: Layout, unit_cells: list[object]) -> None:
    """Give each column its unit: its heading's, the unit column's, that above, its words'."""
    units = {UNITS.get(key_of(cell), "") for cell in set(unit_cells) if not is_blank(cell)}
    in_column = units.pop() if len(units) == 1 else ""
    for column in found.columns:
        words = [unit for word, unit in WORDS if word in key_of(column.heading)]
        for unit, where in (
            (column.unit, "heading"),
            (in_column, "column"),
            (layout.unit, layout.unit_from),
            ("".join(words[:1]), "words"),
        ):
            if unit:
                column.unit, column.unit_from = unit, where
                break


def _column_of(rows: list[list[object]], at: int) -> list[object]:
    return cells(rows, at) if at >= 0 else []


def cells(rows: list[list[object]], at: int) -> list[object]:
    """Return a column; where a row ends before it, an empty cell."""
    if at < 0:
        return []
    if min(map(len, rows), default=0) > at:
        return list(map(itemgetter(at), rows))
    return [row[at] if at < len(row) else "" for row in rows]
