"""Writes the inventory of an account as one workbook, a sheet for each kind of thing."""

import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from vatio import workbooks
from vatio.accounts.models import Account
from vatio.metering.inventory.cells import SERIES, path_of, word
from vatio.metering.inventory.installed import Installed, load, names_of
from vatio.metering.inventory.sheets import POWERS, SHEETS, SheetKind
from vatio.metering.models import Series

WORDS = {
    "energy": "energy",
    "territory": "territory",
    "role": "role",
    "service": "service",
    "source_kind": "source_kind",
    "quantity": "quantity",
    "yes_or_no": "yes_or_no",
}
"""The kinds of columns whose values are written as words of a list."""

WIDTHS = {"path": 32, "name": 32, "uid": 38, "address": 32, "meter": 24, "supply_point": 26}


def workbook(account: Account) -> IO[bytes]:
    """Write the inventory of an account into a workbook in a temporary file."""
    installed = load(account)
    made = tempfile.TemporaryFile()  # noqa: SIM115
    book = xlsxwriter.Workbook(made, workbooks.OPTIONS)
    bold = book.add_format({"bold": True})
    series = dict[int, list[Series]]()
    for each in installed.things["series"]:
        series.setdefault(id(each.data_point), []).append(each)
    for kind in SHEETS.values():
        sheet = book.add_worksheet(str(kind.label))
        for place, column in enumerate(kind.columns):
            sheet.set_column(place, place, WIDTHS.get(column.key, 16))
            sheet.write_string(0, place, str(column.label), bold)
        sheet.freeze_panes(1, 1)
        for line, cells in enumerate(_rows(installed, kind, series), start=1):
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell)
    book.close()
    made.seek(0)
    return made


def _rows(
    installed: Installed, kind: SheetKind, series: dict[int, list[Series]]
) -> Iterator[list[Any]]:
    """Yield the cells of each thing of a kind; sites after those that they are in."""
    things = installed.things[kind.key]
    if kind.key == "sites":
        things = sorted(things, key=names_of)
    for thing in things:
        yield [_cell(installed, thing, column.key, column.kind, series) for column in kind.columns]


def _cell(
    installed: Installed, thing: Any, key: str, kind: str, series: dict[int, list[Series]]
) -> Any:
    """Return what is written of a thing in a column."""
    if key == "path":
        site = thing if not hasattr(thing, "site") else thing.site
        return path_of(names_of(site)) if site else ""
    if key == "meter":
        return installed.meters.reference(thing.meter)
    if key == "supply_point":
        return installed.supply_points.reference(thing.supply_point)
    if key == "source":
        return thing.source.name if thing.source else ""
    if key == "series":
        return _resolutions(series.get(id(thing), []))
    if key in POWERS:
        place = POWERS.index(key)
        return thing.powers[place] if place < len(thing.powers) else None
    if key == "cups":
        return thing.cups + thing.cups_suffix
    if key == "local_holidays":
        return "; ".join(f"{day:%d/%m/%Y}" for day in thing.local_holidays)
    value = getattr(thing, key)
    if kind in WORDS:
        return word(kind, value)
    return value if value is None or isinstance(value, str | date | Decimal) else str(value)


def _resolutions(series: list[Series]) -> str:
    """Return the resolutions of a data point: minutes, and the kind of all but intervals."""
    words = []
    for each in series:
        is_interval = each.kind == Series.Kind.INTERVAL
        words.append(str(each.minutes) if is_interval else f"{each.minutes} {SERIES[each.kind]}")  # type: ignore[index]
    return "; ".join(words)
