"""Writes values into the cells of a workbook: what they are, and texts as texts."""

from datetime import date
from math import isfinite
from typing import Any


def write(sheet: Any, row: int, column: int, value: object, look: object = None) -> None:
    """Write a value where it belongs, numbers and days as such; nothing for None.

    A text is never taken for a formula, whatever it begins with.
    """
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif isinstance(value, int | float) and isfinite(value):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_string(row, column, str(value), look)
