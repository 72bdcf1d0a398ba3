"""The options of every workbook that is written: a text stays a text."""

from typing import Final

OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "default_date_format": "dd/mm/yyyy",
    "constant_memory": True,
}
"""Options for xlsxwriter.Workbook.

Whoever opens a workbook trusts it: what somebody typed is never taken for a formula or a link,
whatever it begins with. A number that is none makes an error cell, not a failed export. Each row
goes to the disk before the next, so cells are written in order.
"""
