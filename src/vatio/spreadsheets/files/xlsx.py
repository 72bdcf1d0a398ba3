"""Reads an xlsx: the values by calamine, and what calamine leaves out by a look at the XML.

To calamine a cell with an error is empty, and so is a formula without a stored result; it
does not say which rows are hidden.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from vatio.spreadsheets.files.cells import CannotRead, NoValue, Sheet
from vatio.spreadsheets.files.overlay import Marks, overlaid
from vatio.spreadsheets.files.walking import walk

REMARKABLE = (
    *(b't="e"', b"<f", b":f", b'hidden="', b"<!D", b'="&#'),
    *(b' ="', b'\n="', b'\r="', b'\t="'),
)
"""What a sheet holds with an error, a formula or a hidden row, or spelled as no program does.

Of a sheet without any of it, calamine tells everything. One regular expression for them takes
ten times as long.
"""

TAIL = 200
WHOLE = re.compile(rb"</(\w+:)?(worksheet|dialogsheet)\s*>\s*(<!--.*-->\s*)?\Z", re.DOTALL)
"""Matches the end of a sheet that was not cut off, in UTF-8: calamine reads half of one too."""

REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
TRUE = {"1", "true", "on"}
NOTHING_YET = {"0", "0.0"}
"""What programs that cannot calculate store as the result of a formula."""


def sheets(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a workbook, but those that are charts or macros."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts, recalculated = _parts(packed)
        for about in book.sheets_metadata:
            if about.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.DialogSheet):
                continue
            sheet = book.get_sheet_by_name(about.name)
            part = parts.get(about.name)
            if part is None:
                raise CannotRead("damaged")
            xml = packed.read(part)
            if not WHOLE.search(xml[-TAIL:]):
                raise CannotRead("damaged")
            marks = _marks(xml, recalculated=recalculated)
            marks.cover(sheet.merged_cell_ranges or [], last=sheet.end)
            rows = sheet.to_python(skip_empty_area=False)
            yield Sheet(
                about.name,
                overlaid(rows, marks),
                hidden=about.visible != SheetVisibleEnum.Visible,
            )


def _parts(packed: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Return the part of each sheet by its name, and whether results are yet to be calculated."""
    stored = {_plain(name): name for name in packed.namelist()}
    book = "xl/workbook.xml"
    for each in _elements(packed, stored.get("_rels/.rels"), "Relationship"):
        if each.get("Type", "").endswith("/officeDocument"):
            book = _plain(each.get("Target", book))
    folder, name = posixpath.split(book)
    related = stored.get(f"{folder}/_rels/{name}.rels")
    targets = {
        each.get("Id", ""): _plain(posixpath.join("/", folder, each.get("Target", "")))
        for each in _elements(packed, related, "Relationship")
    }
    parts, recalculated = dict[str, str](), False
    for each in _elements(packed, stored.get(book), "sheet", "calcPr"):
        if _local(each.tag) == "calcPr":
            recalculated = each.get("fullCalcOnLoad", "").lower() in TRUE
            continue
        for key, value in each.attrib.items():
            if _local(key) == "id" and targets.get(value) in stored:
                parts[each.get("name", "")] = stored[targets[value]]
    return parts, recalculated


def _plain(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _elements(packed: zipfile.ZipFile, name: str | None, *tags: str) -> Iterator[ET.Element]:
    if name is None:
        return
    for element in ET.fromstring(packed.read(name)).iter():  # noqa: S314
        if _local(element.tag) in tags:
            yield element


def _marks(xml: bytes, *, recalculated: bool) -> Marks:
    if _is_plain(xml):
        return Marks()
    found = _XlsxCells(recalculated)
    walk(xml, found)
    return found.marks


def _is_plain(xml: bytes) -> bool:
    """Return whether a sheet is in UTF-8, spelled as programs do, with nothing remarkable."""
    return (
        xml.startswith((b"<", b"\xef\xbb\xbf<"))
        and xml.count(b"=") == xml.count(b'="')
        and not any(each in xml for each in REMARKABLE)
    )


@dataclass
class _XlsxCells:
    """Walks over the cells of a sheet, and marks those without a value and the hidden rows."""

    recalculated: bool
    marks: Marks = field(default_factory=Marks)
    row: int = -1
    column: int = -1
    kind: str = ""
    formula: bool = False
    inside: bool = False
    value: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        local = name.rpartition(":")[2]
        if local == "c":
            place = REFERENCE.fullmatch(attributes.get("r", ""))
            if place:
                self.column, self.row = _column(place[1]), int(place[2]) - 1
            else:
                self.column += 1
            self.kind, self.formula, self.value = attributes.get("t", "n"), False, ""
        elif local == "row":
            given = attributes.get("r", "")
            self.row, self.column = int(given) - 1 if given.isdigit() else self.row + 1, -1
            if attributes.get("hidden", "").lower() in TRUE:
                self.marks.hidden.add(self.row)
        elif local == "f":
            self.formula = True
        elif local == "v":
            self.inside = True

    def text(self, text: str) -> None:
        """Take the text between two elements."""
        if self.inside:
            self.value += text

    def end(self, name: str) -> None:
        """Take the end of an element."""
        local = name.rpartition(":")[2]
        if local == "v":
            self.inside = False
        elif local == "c":
            value = self.value.strip()
            if self.kind == "e":
                self.marks.put(self.row, self.column, NoValue("error", value))
            elif self.formula and self.kind != "str" and self._is_nothing(value):
                self.marks.put(self.row, self.column, NoValue("formula"))

    def _is_nothing(self, value: str) -> bool:
        return not value or (self.recalculated and value in NOTHING_YET)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
