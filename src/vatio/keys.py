"""Keys of rows, read from an address or a form that anybody may have written."""

from uuid import UUID


def parse_uuid(value: object) -> UUID | None:
    """Return the UUID that a text is; None if it is none."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def parse_key(value: object) -> int:
    """Return the key of a row that a text is; 0, which no row has, if it is none."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
