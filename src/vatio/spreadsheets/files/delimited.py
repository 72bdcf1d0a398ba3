"""Reads CSV as Spanish programs write it: which letters its bytes are, and where cells end."""

import csv
import io
import re
from collections.abc import Iterator

from vatio.spreadsheets.files.cells import CannotRead, Sheet, SheetRow, trim

DELIMITERS = ";,\t"
LONGEST_CELL = 32_767
"""The most letters that a cell of a spreadsheet program can hold."""

LONGEST_LINE = 1_000_000
SWALLOWED = 4
"""A line inside a quoted cell with as many delimiters is a line of its own, swallowed."""

OF_ONE_DELIMITER = {"quotes", "columns", "long_cell"}
"""What may be wrong with a text only because it was split at another delimiter than its own."""

MARKED = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
END_OF_FILE = re.compile(rb"\x1a[\x1a\x00\s]*\Z")
"""Matches Ctrl-Z, with which the oldest programs end a text, and what fills up its last block."""

TWO_BYTES = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa1-\xbf]|\xe2\x80[\x93-\xa6]|\xe2\x82\xac")
"""Matches what only UTF-8 writes: letters with accents, quotation marks, dashes, the euro."""

FOREIGN = re.compile(
    "[A-Za-z](?:[ƒ„‡‚¤¢£¥¡ˆ‰‹†][a-z\\W]|[–—][a-z])|[a-z][ŽŠ]|[A-Za-z]{3}’(?!s\\b)[a-z]|[\x80-\x9f]"
)
"""Matches what Windows-1252 makes of the accents of Macintosh and DOS: M‡laga, Espa–a, Ma¤ana."""

HINT = re.compile(r"sep=([;,\t])\s*$", re.IGNORECASE)


def sheets(content: bytes) -> Iterator[Sheet]:
    """Yield the text split at each delimiter that it may have, the likeliest first.

    :raises CannotRead: if its letters cannot be told; reading rows, if a quotation mark is not
        closed. Each sheet has to be read before the next is asked for.
    """
    text = decoded(content)
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise CannotRead("long_line", line=number)
    hint = HINT.match(text.partition("\n")[0])
    likely = [hint[1]] if hint else sorted(DELIMITERS, key=text.count, reverse=True)
    for delimiter in likely:
        yield Sheet("", _split(text, delimiter, skip=1 if hint else 0), typed=False)


def decoded(content: bytes) -> str:
    """Decode the bytes of a text: as its mark says, as UTF-8, UTF-16 or Windows-1252.

    :raises CannotRead: with the line of the first byte that is not of the text's letters.
    """
    content = END_OF_FILE.sub(b"", content)
    for mark, encoding in MARKED.items():
        if content.startswith(mark):
            return _decode(content, encoding)
    if b"\x00" in content:
        return _decode(content, _two_byte_encoding(content))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        if TWO_BYTES.search(content):
            raise CannotRead("letters", line=_line(content[: error.start])) from None
    text = _decode(content, "cp1252")
    foreign = FOREIGN.search(text)
    if foreign:
        raise CannotRead("letters", line=_line(content[: foreign.end() - 1]))
    return text


def _decode(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        # Its object is what was decoded: without the mark at the beginning.
        raise CannotRead("letters", line=_line(error.object[: error.start])) from None
    if "\x00" in text:
        raise CannotRead("letters", line=_line(text.partition("\x00")[0].encode()))
    return text


def _two_byte_encoding(content: bytes) -> str:
    """Return which UTF-16 a text without a mark is in: half of its bytes are NUL then.

    :raises CannotRead: with the line of the first NUL, if it is in neither.
    """
    for encoding, high in (("utf-16-le", content[1::2]), ("utf-16-be", content[0::2])):
        if high.count(b"\x00") > 0.6 * len(high):
            return encoding
    raise CannotRead("letters", line=_line(content.partition(b"\x00")[0]))


def _line(before: bytes) -> int:
    ends = before.count(b"\n") or before.count(b"\r")
    return ends + 1


def _split(text: str, delimiter: str, *, skip: int) -> Iterator[SheetRow]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            if reader.line_num - begun and _is_swallowing(cells, delimiter):
                raise CannotRead("quotes", line=begun)
            if begun > skip and trim(cells):
                yield SheetRow(begun, list[object](cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        code = "long_cell" if "limit" in str(error) else "quotes"
        raise CannotRead(code, line=begun) from None


def _is_swallowing(cells: list[str], delimiter: str) -> bool:
    """Return whether a cell of several lines holds a line that has cells of its own."""
    return any(
        line.count(delimiter) >= SWALLOWED
        for cell in cells
        if "\n" in cell or "\r" in cell
        for line in cell.splitlines()
    )
