"""Parses keys of rows and whole numbers of a URL or a form, which anybody may have written."""

from uuid import UUID

LARGEST_KEY = 10**18 - 1


def parse_uuid(value: object) -> UUID | None:
    """Return the UUID that a text represents; None if the text is no UUID."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def parse_key(value: object) -> int:
    """Return the row key that a text represents; 0, which no row has, if the text is no key."""
    return parse_number(value or "", most=LARGEST_KEY) or 0


def parse_number(value: object, *, most: int) -> int | None:
    """Return the whole number from 0 to `most` that a text writes in digits; None if it is none.

    The digits are counted first: Python refuses to read a number of thousands of them.
    """
    text = str(value)
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
