"""Reads an xls by xlrd, which tells errors, hidden rows and merged cells apart."""

import io
import struct
from collections.abc import Iterator

import xlrd
from xlrd.sheet import Sheet as XlsSheet

from vatio.spreadsheets.files.cells import CannotRead, NoValue, Sheet
from vatio.spreadsheets.files.overlay import Marks, overlaid

FORMULAS = {0x0006, 0x0206, 0x0406}
END_OF_SHEET = 0x000A
EMPTY_TEXT = b"\x17\x00"
"""An empty text among the tokens of a formula: its result may well be empty."""


def sheets(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a workbook in the format of Excel 97 to 2003, or an older one."""
    try:
        book = xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,
            logfile=io.StringIO(),
        )
    except xlrd.XLRDError as error:
        raise CannotRead("password" if "encrypted" in str(error) else "damaged") from None
    for index in range(book.nsheets):
        sheet = book.sheet_by_index(index)
        marks = _marks(book, index, sheet)
        yield Sheet(sheet.name, overlaid(_rows(book, sheet), marks), hidden=sheet.visibility != 0)


def _rows(book: xlrd.Book, sheet: XlsSheet) -> Iterator[list[object]]:
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        yield [_cell(kind, value, book.datemode) for kind, value in zip(kinds, values, strict=True)]


def _cell(kind: int, value: object, datemode: int) -> object:
    if kind == xlrd.XL_CELL_ERROR:
        return NoValue("error", xlrd.error_text_from_code.get(value, "#?"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate.xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError):
            return value
        whole = isinstance(value, float) and value >= 1
        if not whole:
            return moment.time()
        return moment.date() if moment.time() == moment.min.time() else moment
    return value


def _marks(book: xlrd.Book, index: int, sheet: XlsSheet) -> Marks:
    marks = Marks()
    marks.hidden = {row for row, about in sheet.rowinfo_map.items() if about.hidden}
    merged = [
        ((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in sheet.merged_cells
    ]
    marks.cover(merged, last=(sheet.nrows - 1, sheet.ncols - 1))
    for row, column in _without_result(book.mem, book._sh_abs_posn[index]):
        marks.put(row, column, NoValue("formula"))
    return marks


def _without_result(stream: bytes, position: int) -> Iterator[tuple[int, int]]:
    """Yield the formulas whose stored result is nothing, though no empty text is in them.

    Programs that cannot calculate write them so; Excel writes what gives an empty text alike.
    """
    while position + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, position)
        record = bytes(stream[position + 4 : position + 4 + length])
        position += 4 + length
        if code == END_OF_SHEET:
            return
        if code not in FORMULAS or length < 22:
            continue
        row, column, _look, result = struct.unpack_from("<3H8s", record)
        if result[0] == 3 and result[6:] == b"\xff\xff" and EMPTY_TEXT not in record[20:]:
            yield row, column
