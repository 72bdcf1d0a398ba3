"""Parses keys of rows from a URL or a form, which anybody may have written."""

from uuid import UUID


def parse_uuid(value: object) -> UUID | None:
    """Return the UUID that a text represents; None if the text is no UUID."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def parse_key(value: object) -> int:
    """Return the row key that a text represents; 0, which no row has, if the text is no key."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
