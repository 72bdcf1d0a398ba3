"""What every spreadsheet that somebody uploads must be, before it is kept."""

from django.utils.translation import gettext_lazy as _

from vatio.refusal import Refused
from vatio.spreadsheets.tables import tables

LARGEST = 20_000_000
"""The largest number of bytes of an uploaded file."""


class TooLarge(Refused):
    """The file has more than 20 MB."""


def ensure_readable(content: bytes) -> None:
    """Refuse a file that is too large, or in which not even a first table can be read.

    :raises TooLarge: if it has more than `LARGEST` bytes.
    :raises Unreadable: if it is no spreadsheet.
    """
    if len(content) > LARGEST:
        raise TooLarge(_("The file is larger than 20 MB."), field="file")
    for _table in tables(content):
        break
