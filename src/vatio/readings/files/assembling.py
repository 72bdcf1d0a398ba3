"""Makes curves of records: each supply point's rows are placed in time and scaled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeVar, cast

from vatio.metering.cups import NotACups, parse_cups
from vatio.readings.files import settling
from vatio.readings.files.amounts import amounts, decimal_mark
from vatio.readings.files.curves import (
    CurveFile,
    CurveOptions,
    FileCurve,
    Kind,
    RefusedRow,
    first_stays,
    refusal,
)
from vatio.readings.files.instants import LabelGrid, Starts
from vatio.readings.files.labels import Label, Labels
from vatio.readings.files.layouts import Column, Layout, Records
from vatio.readings.files.placing import SupplyRows, placed
from vatio.readings.files.qualities import qualities_of
from vatio.spreadsheets.files.cells import is_blank

SAMPLED = 400
"""How many rows of a supply point are looked at to tell how long its intervals are."""

ZoneOf = Callable[[str], str]
Item = TypeVar("Item")


@dataclass
class SupplyRecords:
    """The rows of one supply point: their places in the records, and how they are read."""

    cups: str
    rows: list[int]
    time_zone: str = ""
    minutes: int = 0
    starts: list[int] = field(default_factory=list)


def assemble(
    file: CurveFile, layout: Layout, records: Records, told: CurveOptions, zone_of: ZoneOf
) -> None:
    """Add to a file the curves of its records, what is refused of them, what was understood.

    :raises MustBeAsked: if something is open that may not be guessed.
    """
    keys = records.days
    if records.hours:
        keys = list[object](zip(records.days, records.hours, strict=True))
    labels = Labels()
    supplies = _supplies(file, layout, records, told, len(keys))
    if not any(isinstance(labels[key], Label) for key in keys):
        file.refused += _all_wrong(records, supplies, keys, labels)
        return
    understood = file.understood
    kind = settling.kind_of(layout, told)
    _settle_minutes(supplies, keys, labels, layout, told, kind)
    _settle_label(file, set(keys), labels, layout, told, kind, supplies)
    understood.decimal = told.decimal or _decimal(records, layout, understood.delimiter)
    tables: dict[LabelGrid, Starts] = {}
    for supply in supplies:
        supply.time_zone = told.time_zone or zone_of(supply.cups)
        minutes = supply.minutes if kind == "interval" else 0
        how = LabelGrid(understood.label, minutes, supply.time_zone)
        starts = tables.setdefault(how, Starts(how, labels))
        _place(file, supply, records, keys, starts)
        _add_curves(file, supply, records, told, kind, layout)
    understood.time_zone = ", ".join(sorted({supply.time_zone for supply in supplies}))


def _settle_label(
    file: CurveFile,
    keys: set[object],
    labels: Labels,
    layout: Layout,
    told: CurveOptions,
    kind: Kind,
    supplies: list[SupplyRecords],
) -> None:
    """Settle what labels name; all of them are looked at, unless the format says it."""
    keys = set(list(keys)[:SAMPLED]) if layout.label else keys
    known = [each for each in map(labels.__getitem__, keys) if isinstance(each, Label)]
    minutes = min((supply.minutes for supply in supplies), default=0)
    understood = file.understood
    understood.kind, understood.minutes = kind, minutes
    understood.label, understood.label_from = settling.label_of(known, layout, told, minutes, kind)


def _place(
    file: CurveFile, supply: SupplyRecords, records: Records, keys: list[object], starts: Starts
) -> None:
    """Place the rows of a supply point in time, and refuse those that are at no time."""
    rows = SupplyRows(supply.rows, picked(keys, supply.rows), records.seasons)
    supply.starts, refused = placed(rows, starts)
    for row, code in refused:
        file.refused.append(refusal(records.lines[row], code, _written(keys[row])))
    if refused:
        out = {row for row, _code in refused}
        supply.rows = [row for row in supply.rows if row not in out]


def _all_wrong(
    records: Records, supplies: list[SupplyRecords], keys: list[object], labels: Labels
) -> list[RefusedRow]:
    """Return the refusals of rows none of which has a label that can be read."""
    return [
        refusal(records.lines[row], cast("str", labels[keys[row]]), _written(keys[row]))
        for supply in supplies
        for row in supply.rows
    ]


def _written(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _supplies(
    file: CurveFile, layout: Layout, records: Records, told: CurveOptions, count: int
) -> list[SupplyRecords]:
    """Return the rows of each supply point; those whose CUPS is wrong are refused."""
    default = default_cups(layout, told)
    codes = {cell: _code(cell, default) for cell in set(records.cups)}
    if not codes:
        return [SupplyRecords(default, list(range(count)))]
    found: dict[str, list[int]] = {}
    for row, cell in enumerate(records.cups):
        cups = codes[cell]
        if cups is None:
            file.refused.append(refusal(records.lines[row], "bad_cups", cell))
        elif cups in found:
            found[cups].append(row)
        else:
            found[cups] = [row]
    return [SupplyRecords(cups, rows) for cups, rows in found.items()]


def default_cups(layout: Layout, told: CurveOptions) -> str:
    """Return the supply point of rows that name none: the one told, else the one above."""
    if told.cups:
        return parse_cups(told.cups).code
    return _code(layout.cups, "") or ""


def _code(cell: object, default: str) -> str | None:
    """Return the 20 characters of a CUPS, the default of an empty cell, or None if it is wrong."""
    if is_blank(cell):
        return default
    try:
        return parse_cups(str(cell)).code
    except NotACups:
        return None


def _settle_minutes(
    supplies: list[SupplyRecords],
    keys: list[object],
    labels: Labels,
    layout: Layout,
    told: CurveOptions,
    kind: Kind,
) -> None:
    """Settle how long each supply point's intervals are, by some of its rows."""
    for supply in supplies:
        some = map(labels.__getitem__, {keys[row] for row in supply.rows[:SAMPLED]})
        known = [label for label in some if isinstance(label, Label)]
        supply.minutes = told.minutes or layout.minutes or settling.minutes_of(known)
    found = {supply.minutes for supply in supplies}
    for supply in supplies:
        supply.minutes = settling.minutes_unless_told(supply.minutes, found, layout, kind)


def _decimal(records: Records, layout: Layout, delimiter: str) -> str:
    """Return the decimal mark; a point that the format fixes gives way to commas alone."""
    cells = {cell for column in records.columns for cell in column.cells}
    if layout.decimal:
        return "," if any(isinstance(cell, str) and "," in cell for cell in cells) else "."
    return decimal_mark(cells, delimiter)


def _add_curves(
    file: CurveFile,
    supply: SupplyRecords,
    records: Records,
    told: CurveOptions,
    kind: Kind,
    layout: Layout,
) -> None:
    lines = picked(records.lines, supply.rows)
    shared: list[int] | None = None
    for column in records.columns:
        scale = settling.scale_of(column, told, supply.minutes)
        cells = picked(column.cells, supply.rows)
        values, has_codes = amounts(cells, scale, file.understood.decimal)
        if column.qualities or shared is None:
            qualities = qualities_of(records, column, supply.rows, layout)
            shared = shared if column.qualities else qualities
        else:
            qualities = shared
        curve = FileCurve(
            supply.cups,
            column.quantity,
            supply.minutes,
            kind,
            supply.starts,
            cast("list[float | None]", values),
            qualities,
            lines,
        )
        if has_codes:
            _leave_out(file, curve, column, cells)
        curve, contradictions = first_stays(curve)
        file.refused += contradictions
        curve.anything = any(curve.values)
        file.curves.append(curve)


def _leave_out(file: CurveFile, curve: FileCurve, column: Column, cells: list[object]) -> None:
    """Take the values that cannot be stored out of a curve, and refuse them."""
    kept = []
    for at, value in enumerate(curve.values):
        if isinstance(value, str):
            file.refused.append(refusal(curve.lines[at], value, cells[at], column.quantity))
        else:
            kept.append(at)
    curve.starts, curve.values = picked(curve.starts, kept), picked(curve.values, kept)
    curve.qualities, curve.lines = picked(curve.qualities, kept), picked(curve.lines, kept)


def picked(items: list[Item], rows: list[int]) -> list[Item]:
    """Return some items of a list by their places, which are in order."""
    if len(rows) == len(items):
        return items
    if not rows or rows[-1] - rows[0] + 1 == len(rows):
        return items[rows[0] : rows[-1] + 1] if rows else []
    return list(itemgetter(*rows)(items)) if len(rows) > 1 else [items[rows[0]]]
