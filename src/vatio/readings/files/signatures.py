"""Tells files of one kind by their header, so that what was said of one holds for the next."""

import hashlib

from vatio.readings.files import recognising, splitting
from vatio.spreadsheets.tables import Unreadable


def signature(content: bytes) -> str:
    """Return a hash of the header of a text; nothing for a workbook, or without a header."""
    try:
        if not splitting.is_text(content):
            return ""
        text, encoding = splitting.text_of(content)
        for beginning in splitting.beginnings(text, encoding):
            header = recognising.header_of(beginning)
            if header is not None:
                names = "\n".join(each.text for each in header.headings)
                return hashlib.sha256(names.encode()).hexdigest()
    except Unreadable:
        pass
    return ""
