"""Reads an ods: the values by calamine, and what calamine leaves out by a look at the XML."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from vatio.spreadsheets.files.cells import CannotRead, NoValue, Sheet
from vatio.spreadsheets.files.overlay import Marks, overlaid
from vatio.spreadsheets.files.walking import walk

REMARKABLE = re.compile(
    rb"""value-type\s*=\s*["']error|:formula\s*=|covered-table-cell|:visibility\s*=|<!DOCTYPE"""
)
ERROR = re.compile(r"#[\w/¡!?]+[!?]?|Err:\d+")
FAR = re.compile(rb"""-repeated\s*=\s*["']\d{5}""")
MOST_REPEATS = 200_000


def sheets(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets of an OpenDocument workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        xml = packed.read("content.xml")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError:
        # Calamine takes a number of cells that it cannot hold for another format.
        raise CannotRead("memory" if FAR.search(xml) else "damaged") from None
    found = _OdsCells()
    if REMARKABLE.search(xml) or not xml.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
        walk(xml, found)
    for index, about in enumerate(book.sheets_metadata):
        marks = found.tables[index] if index < len(found.tables) else Marks()
        rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
        hidden = about.visible != SheetVisibleEnum.Visible
        yield Sheet(about.name, overlaid(rows, marks), hidden=hidden)


@dataclass
class _OdsCells:
    """Walks over the tables of content.xml, and marks what calamine does not tell."""

    tables: list[Marks] = field(default_factory=list)
    row: int = 0
    rows: int = 1
    column: int = 0
    columns: int = 1
    attributes: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    inside: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        local = name.rpartition(":")[2]
        if local == "table" and name != local:
            self.tables.append(Marks())
            self.row = 0
        elif local == "table-row":
            self.rows, self.column = _repeats(attributes, "number-rows-repeated"), 0
            if _of(attributes, "visibility") in {"collapse", "filter"}:
                first = self.row
                self._marks.hidden.update(range(first, first + min(self.rows, MOST_REPEATS)))
        elif local in {"table-cell", "covered-table-cell"}:
            self.columns = _repeats(attributes, "number-columns-repeated")
            self.attributes, self.texts = attributes, []
        elif local == "p":
            self.inside += 1
        elif local == "annotation":
            self.inside -= 1_000_000

    def text(self, text: str) -> None:
        """Take the text between two elements."""
        if self.inside > 0:
            self.texts.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        local = name.rpartition(":")[2]
        if local in {"table-cell", "covered-table-cell"}:
            mark = self._mark(covered=local.startswith("covered"))
            if mark is not None:
                self._put(mark)
            self.column += self.columns
        elif local == "table-row":
            self.row += self.rows
        elif local == "p":
            self.inside -= 1
        elif local == "annotation":
            self.inside += 1_000_000

    @property
    def _marks(self) -> Marks:
        if not self.tables:
            raise CannotRead("damaged")
        return self.tables[-1]

    def _mark(self, *, covered: bool) -> NoValue | None:
        text = "".join(self.texts).strip()
        kind = _of(self.attributes, "value-type")
        if covered:
            return None if text else NoValue("merged")
        is_formula = bool(_of(self.attributes, "formula"))
        if "error" in (kind, self.attributes.get("calcext:value-type")) or (
            is_formula and ERROR.fullmatch(text)
        ):
            return NoValue("error", text)
        return NoValue("formula") if is_formula and not kind else None

    def _put(self, mark: NoValue) -> None:
        if mark.why == "merged" and self.columns * self.rows > MOST_REPEATS:
            return
        for row in range(self.row, self.row + min(self.rows, MOST_REPEATS)):
            for column in range(self.column, self.column + min(self.columns, MOST_REPEATS)):
                self._marks.put(row, column, mark)


def _of(attributes: dict[str, str], local: str) -> str:
    """Return an attribute in whatever namespace, the office's own before extensions."""
    for name, value in attributes.items():
        if name.rpartition(":")[2] == local and not name.startswith("calcext"):
            return value
    return ""


def _repeats(attributes: dict[str, str], local: str) -> int:
    given = _of(attributes, local)
    return max(int(given), 1) if given.isdigit() else 1
