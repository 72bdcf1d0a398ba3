"""Opens the workbooks that Vatio writes, and looks for what must not be in one."""

import zipfile
from io import BytesIO

from python_calamine import CalamineWorkbook

HOSTILE = [
    "=1+1",
    "{=1+1}",
    "+34 600 000 000",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    " =1+1",
    "http://vatio.example/?a=1",
    "https://vatio.example",
    "ftp://vatio.example",
    "mailto:ana@norte.example",
    "internal:Cuentas!A1",
    "external:c:\\cartera.xlsx",
    "file:///etc/passwd",
    "0123",
    "1e5",
    "nan",
]
"""Texts that a program of spreadsheets would make something else of."""


def opened(content: bytes) -> CalamineWorkbook:
    """Open a workbook, once it is sure to hold neither a formula nor a link."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist() if "worksheets" in name}
    assert parts
    for name, part in parts.items():
        assert b"<f>" not in part, name
        assert b"hyperlink" not in part, name
    return CalamineWorkbook.from_filelike(BytesIO(content))
