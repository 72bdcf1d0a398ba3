import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

import vatio
from tests.sheets import HOSTILE, opened
from vatio import workbooks


def written(value: object) -> bytes:
    made = BytesIO()
    with xlsxwriter.Workbook(made, workbooks.OPTIONS) as book:
        book.add_worksheet().write(0, 0, value)
    return made.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_a_text_whatever_it_begins_with(text: str) -> None:
    book = opened(written(text))

    assert book.get_sheet_by_index(0).to_python() == [[text]]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (7, 7),
        (1.5, 1.5),
        (2**63 - 1, pytest.approx(2**63)),
        (True, True),
        (False, False),
        (date(2028, 2, 29), date(2028, 2, 29)),
        (datetime(2026, 11, 24, 10, 42), datetime(2026, 11, 24, 10, 42)),
        ("x" * 40_000, "x" * 32_767),
        ("😀" * 20_000, "😀" * 16_383),
    ],
)
def test_a_value_is_written_as_what_it_is(value: object, read: object) -> None:
    book = opened(written(value))

    assert book.get_sheet_by_index(0).to_python() == [[read]]


def test_nothing_is_written_for_nothing() -> None:
    assert opened(written(None)).get_sheet_by_index(0).to_python() == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_makes_an_error_cell(value: float) -> None:
    with zipfile.ZipFile(BytesIO(written(value))) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")

    assert b'<c r="A1" t="e">' in sheet


def test_every_workbook_is_written_with_these_options() -> None:
    source = Path(vatio.__file__).parent
    made = {
        str(path.relative_to(source)): re.findall(r"xlsxwriter\.Workbook\((.+)\)", text)
        for path in source.rglob("*.py")
        if "xlsxwriter" in (text := path.read_text(encoding="utf-8"))
    }

    assert {name: calls for name, calls in made.items() if calls} == {
        "consumption/portfolio/exporting.py": ["made, workbooks.OPTIONS"],
        "metering/inventory/exporting.py": ["made, workbooks.OPTIONS"],
        "purging/workbook.py": ["file, workbooks.OPTIONS"],
        "portfolios/exporting.py": ["made, workbooks.OPTIONS"],
        "web/analysis/downloading.py": ["made, workbooks.OPTIONS"],
        "web/portfolios/marked_file.py": ["made, workbooks.OPTIONS"],
        "web/shell/sheet_files.py": ["made, workbooks.OPTIONS"],
    }
