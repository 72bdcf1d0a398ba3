"""The quality of each value: where its format comes from, estimated or not, firm, doubtful."""

from operator import itemgetter

from vatio.keys import parse_number
from vatio.readings.files.headings import key_of
from vatio.readings.files.layouts import Column, Layout, Records
from vatio.readings.ranks import Flag, How, Origin, quality

DOUBTFUL_FROM = 128
"""The bit of the meter's quality byte that says: not valid (IEC 60870-5-102)."""

LARGEST = 999_999

ESTIMATED = ("e", "estimad", "estimat")
FIRM = {"1", "s", "si", "true", "firme"}


def qualities_of(records: Records, column: Column, rows: list[int], layout: Layout) -> list[int]:
    """Return the quality of each of some rows' values of a column."""
    told = [each for each in (records.methods, records.firms, column.qualities) if each]
    if not told:
        return [quality(layout.origin)] * len(rows)
    if len(rows) < len(records.lines):
        pick = itemgetter(*rows) if len(rows) > 1 else lambda cells: [cells[at] for at in rows]
        told = [list(pick(each)) for each in told]
    if len(told) == 1:
        of_cell = {cell: _quality((cell,), records, column, layout.origin) for cell in set(told[0])}
        return [of_cell[cell] for cell in told[0]]
    keys = list(zip(*told, strict=True))
    of_cells = {key: _quality(key, records, column, layout.origin) for key in set(keys)}
    return [of_cells[key] for key in keys]


def _quality(key: tuple[object, ...], records: Records, column: Column, origin: Origin) -> int:
    said = iter(key)
    how, flags = How.MEASURED, Flag.NONE
    if records.methods and _is_estimated(next(said)):
        how = How.ESTIMATED
    if records.firms and key_of(_plain(next(said))) in FIRM:
        flags |= Flag.FIRM
    if column.qualities and _is_doubtful(next(said)):
        flags |= Flag.DOUBTFUL
    return quality(origin, how, flags)


def _is_estimated(cell: object) -> bool:
    key = key_of(cell or "")
    return key == "e" or key.startswith(ESTIMATED[1:])


def _is_doubtful(cell: object) -> bool:
    return (parse_number(_plain(cell), most=LARGEST) or 0) >= DOUBTFUL_FROM


def _plain(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell or "").strip()
