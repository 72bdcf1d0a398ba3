"""The XlsxWriter options of every workbook that is written: text stays text."""

from typing import Final

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula when it opens a CSV file."""

OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "default_date_format": "dd/mm/yyyy",
    "constant_memory": True,
}
"""Options for xlsxwriter.Workbook.

Text that somebody typed never becomes a formula or a link, whatever it begins with: whoever opens
the workbook trusts it. NaN and infinity make an error cell, not a failed export. Each row is
flushed to disk before the next, so cells have to be written row by row.
"""


def harmless(value: object) -> str:
    """Return a cell of a CSV file as text, which no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text
