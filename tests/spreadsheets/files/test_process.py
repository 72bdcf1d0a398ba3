import random
import re
import resource
import struct
import subprocess
import threading
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.counts import full_or_tenth
from tests.spreadsheets.files import workbooks
from vatio.spreadsheets.files import process
from vatio.spreadsheets.files.cells import CannotRead, NoValue

HERE = Path(__file__).parent
CASES = HERE.parents[1] / "portfolios" / "cases"
FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'

pytestmark = pytest.mark.processes


def read(content: bytes) -> list[list[tuple[int, list[object]]]]:
    """Read every sheet of a file: the numbers and the cells of its rows."""
    return [[(row.number, row.cells) for row in sheet.rows] for sheet in process.sheets(content)]


def refusal(content: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        read(content)
    return refused.value.code


@pytest.mark.parametrize(
    "rows",
    [
        FIRST + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        FIRST + '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
        FIRST + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        FIRST + '<row r="1048576"><c r = "XFD1048576"><v>1</v></c></row>',
        FIRST + '<row r="1048576">' + "<c/>" * 16383 + "<c><v>1</v></c></row>",
    ],
)
def test_a_cell_far_away_costs_little_however_it_is_spelled(rows: str) -> None:
    began = time.monotonic()

    assert refusal(workbooks.xlsx(rows)) == "memory"

    assert time.monotonic() - began < 5


@pytest.mark.parametrize("cell", ['<c r="XFD1048576" s="0"/>', '<c r="XFD1048576"><v></v></c>'])
def test_a_cell_far_away_with_nothing_in_it_is_nothing(cell: str) -> None:
    rows = FIRST + f'<row r="1048576">{cell}</row>'

    assert read(workbooks.xlsx(rows)) == [[(1, [1.0])]]


def test_rows_and_columns_repeated_without_content_are_nothing() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="7"/>'
    blank = '<table:table-cell table:number-columns-repeated="16383"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048575">{blank}</table:table-row>'

    assert read(workbooks.ods(f"<table:table-row>{cell}{blank}</table:table-row>{empty}")) == [
        [(1, [7.0])]
    ]


def test_content_repeated_to_the_end_of_a_sheet_is_more_than_any_portfolio() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="7" {}/>'
    down, everywhere = (
        f'<table:table-row table:number-rows-repeated="1048576">{cell.format(columns)}'
        "</table:table-row>"
        for columns in ("", 'table:number-columns-repeated="16384"')
    )

    assert refusal(workbooks.ods(down)) == "lines"
    assert refusal(workbooks.ods(everywhere)) == "memory"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_sheet_in_letters_that_calamine_cannot_read_is_not_empty(encoding: str) -> None:
    sheet = (
        f'<?xml version="1.0" encoding="{encoding}"?><worksheet xmlns="{workbooks.MAIN}">'
        '<sheetData><row><c t="str"><v>Peña</v></c></row></sheetData></worksheet>'
    )

    assert refusal(workbooks.xlsx(sheet.encode(encoding))) == "damaged"


def test_a_sheet_that_is_cut_off_is_not_read_in_part() -> None:
    sheet = f'<worksheet xmlns="{workbooks.MAIN}"><sheetData>{FIRST}<row r="2"><c r="A2">'

    assert refusal(workbooks.xlsx(sheet.encode())) == "damaged"


class Weighed(subprocess.Popen[bytes]):
    """A process whose own most memory is watched, from its first line to its end.

    What the system counts for a child that has ended will not do: it begins with the memory of
    the process that started it, which after thousands of tests is more than any file may take.
    """

    most = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while self.returncode is None and (status := self._status()):
            # Before its program begins, and once it has ended, it has no memory of its own.
            told = re.search(r"VmHWM:\s+(\d+) kB", status)
            Weighed.most = max(Weighed.most, int(told[1]) if told else 0)
            time.sleep(0.001)

    def _status(self) -> str:
        try:
            return Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return ""


@pytest.mark.parametrize("kind", ["bomb", "liar", "entities", "texts", "rows"])
def test_what_means_harm_takes_no_more_than_a_process_of_its_own_may(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Weighed, "most", 0)
    monkeypatch.setattr(subprocess, "Popen", Weighed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()

    assert refusal(_harm(kind)) in {"large", "memory", "damaged", "time", "lines"}

    assert time.monotonic() - began < 45
    assert 10_000 < Weighed.most < 600_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def _harm(kind: str) -> bytes:
    if kind == "entities":
        lines = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
        return workbooks.xlsx(
            f'<!DOCTYPE x [<!ENTITY a "{"a" * 50}">{lines}]><worksheet><sheetData>'
            '<row><c t="str"><v>&k;</v></c></row></sheetData></worksheet>'.encode()
        )
    if kind == "rows":
        return workbooks.streamed("<row><c><v>1</v></c></row>" for _ in range(300_000))
    if kind == "texts":
        cell = f'<c t="str"><v>{"a" * 32_000}</v></c>'
        return workbooks.streamed(f"<row>{cell * 100}</row>" for _ in range(85))
    long = ["a" * 1_000_000] * (310 if kind == "bomb" else 900)
    bomb = workbooks.streamed(['<row><c t="str"><v>', *long, "</v></c></row>"])
    return bomb if kind == "bomb" else _lying(bomb)


def _lying(content: bytes) -> bytes:
    """Return an archive whose directory says that the sheet is small."""
    told, at = bytearray(content), 0
    while (at := told.find(b"PK\x01\x02", at)) >= 0:
        (length,) = struct.unpack_from("<H", told, at + 28)
        if bytes(told[at + 46 : at + 46 + length]).endswith(b"sheet1.xml"):
            struct.pack_into("<I", told, at + 24, 1000)
        at += 4
    return bytes(told)


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.01)

    assert refusal(workbooks.table(*[[1, "a", 2.5] * 20] * 5_000)) == "time"


def test_the_process_ends_with_whoever_stops_listening() -> None:
    sheets = process.sheets(workbooks.table(*[[1, "a", 2.5] * 20] * 20_000))
    next(next(sheets).rows)

    began = time.monotonic()
    sheets.close()

    assert time.monotonic() - began < 2


def test_errors_and_formulas_without_a_result_are_no_empty_cells() -> None:
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c><c r="C1"><f>1+1</f></c><c r="D1"><f>1+1</f><v/></c>'
        '<c r="E1"><f>1+1</f><v>2</v></c><c r="F1" t="str"><f>""</f><v></v></c><c r="G1"/>'
    )

    (((_number, found),),) = read(workbooks.xlsx(f'<row r="1">{cells}</row>'))

    assert found == [
        NoValue("error", "#N/A"),
        "",
        NoValue("formula"),
        NoValue("formula"),
        2.0,
    ]


def test_nothing_that_a_program_has_yet_to_calculate_is_a_nought() -> None:
    rows = '<row r="1"><c r="A1"><f>1+1</f><v>0</v></c><c r="B1"><v>0</v></c></row>'

    assert read(workbooks.xlsx(rows, book='<calcPr fullCalcOnLoad="1"/>')) == [
        [(1, [NoValue("formula"), 0.0])]
    ]


def test_an_ods_tells_its_errors_and_what_merged_cells_cover() -> None:
    cells = (
        '<table:table-cell office:value-type="string" office:string-value=""'
        ' calcext:value-type="error" table:formula="of:=NA()"><text:p>#N/A</text:p>'
        '</table:table-cell><table:table-cell table:formula="of:=1/0" office:value-type="float"'
        ' office:value="0"><text:p>#DIV/0!</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=1"/>'
        '<table:covered-table-cell/><table:table-cell office:value-type="float" office:value="3"/>'
    )

    ((row,),) = read(workbooks.ods(f"<table:table-row>{cells}</table:table-row>"))

    assert row == (
        1,
        [
            NoValue("error", "#N/A"),
            NoValue("error", "#DIV/0!"),
            NoValue("formula"),
            NoValue("merged"),
            3.0,
        ],
    )


def test_an_old_workbook_tells_its_errors_days_and_hidden_rows() -> None:
    content = (HERE / "old.xls").read_bytes()

    (sheet, _hidden) = [
        (sheet.name, sheet.hidden, list(sheet.rows)) for sheet in process.sheets(content)
    ]

    assert (sheet[0], sheet[1], _hidden[0], _hidden[1]) == ("Cartera", False, "Oculta", True)
    heading, first, second = sheet[2]
    assert heading.cells[0] == "Nombre de la cuenta"
    assert (first.cells[6], first.cells[8]) == (NoValue("formula"), NoValue("error", "#DIV/0!"))
    assert first.cells[9] == date(2026, 3, 1)
    assert (first.hidden, second.hidden) == (False, True)


def test_hidden_rows_and_merged_cells_of_an_xlsx_are_told() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2" hidden="1"><c r="B2"><v>3</v></c></row>'
    )
    sheet = (
        f'<worksheet xmlns="{workbooks.MAIN}"><sheetData>{rows}</sheetData>'
        '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells></worksheet>'
    )

    (found,) = [list(found.rows) for found in process.sheets(workbooks.xlsx(sheet.encode()))]

    assert [(row.cells, row.hidden) for row in found] == [
        ([1.0, 2.0], False),
        ([NoValue("merged"), 3.0], True),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\r\n\x1a", "empty"),
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n", "picture"),
        (b"BM\x00\x00\x00\x00", "picture"),
        (b"{\\rtf1 a}", "document"),
        (b"PK\x05\x06" + b"\x00" * 18, "archive"),
        (b"\x1f\x8b\x08", "archive"),
        (b"Rar!\x1a", "archive"),
        (b"<!DOCTYPE html><table>", "web_page"),
        (b"\xef\xbb\xbf\n<HTML>", "web_page"),
        (b"MIME-Version: 1.0\n", "web_page"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "xml_workbook",
        ),
        (b'<?xml version="1.0"?><a/>', "xml"),
        (b'{"cuentas": []}', "json"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b"\xd0\xcf\x11\xe0x", "damaged"),
        (workbooks.zipped({"a.txt": b"a"}), "archive"),
        (workbooks.zipped({"word/document.xml": b"<a/>"}), "document"),
        (workbooks.zipped({"xl/workbook.bin": b"a"}), "xlsb"),
        (workbooks.zipped({"Index/Document.iwa": b"a"}), "numbers"),
        (workbooks.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}), "document"),
        (workbooks.ods("", manifest="<manifest:encryption-data/>"), "password"),
        ((CASES / "password.xlsx").read_bytes(), "password"),
        ((HERE / "password.xls").read_bytes(), "password"),
    ],
)
def test_what_cannot_be_read_is_told_apart(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize("name", ["sheets-two.xlsx", "calc-tail.ods", "old.xls"])
def test_no_change_of_a_workbook_makes_it_hang_or_fall(name: str) -> None:
    folder = HERE if name == "old.xls" else CASES
    whole, drawn = (folder / name).read_bytes(), random.Random(name)
    for _ in range(full_or_tenth(200)):
        content = _changed(whole, drawn)
        began = time.monotonic()
        try:
            read(content)
        except CannotRead as refused:
            assert refused.code
        assert time.monotonic() - began < 45


def _changed(content: bytes, drawn: random.Random) -> bytes:
    """Return a file some of whose bytes are others: of a part of it, where it is an archive."""
    if not content.startswith(b"PK") or drawn.random() < 0.3:
        return _spoilt(content, drawn)
    with zipfile.ZipFile(workbooks.io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = drawn.choice(sorted(parts))
    return workbooks.zipped({**parts, chosen: _spoilt(parts[chosen], drawn)})


def _spoilt(content: bytes, drawn: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(drawn.randint(1, 8)):
        at = drawn.randrange(max(len(spoilt), 1))
        spoilt[at : at + drawn.choice([0, 1, 1, 4])] = drawn.choice(
            [drawn.randbytes(1), b"9999999", b"\xff\xff\xff\xff", b'"', b"<", b""]
        )
    return bytes(spoilt)
