"""Letters that cannot have been meant, and errors that a program wrote as text."""

import re
import unicodedata

ERROR = re.compile(
    r"#(N/[AD]|¡?(DIV/0|REF|VALOR|NUM|NULO|NOMBRE|VALUE|NULL|NAME|SPILL|CALC|DESBORDAMIENTO)[!?])"
    r"|#(NOMBRE|NAME)\?|Err:\d{3}",
    re.IGNORECASE,
)
"""Matches what a cell with an error shows, once a program has written it as text."""

TWICE = re.compile("[ÃÂ][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘-‚“-„†-•…‰‹›€™]|â(€|\u0080)")
"""Matches UTF-8 that was read as Windows-1252 and written again: PeÃ±a."""

DISORDERLY = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that reverse the order in which those around them are shown."""


def are_unwritable(text: str) -> bool:
    """Return whether a text has a character that cannot be written or turns others around."""
    if "\N{REPLACEMENT CHARACTER}" in text:
        return True
    return not text.isprintable() and any(map(_is_unwritable, text))


def _is_unwritable(letter: str) -> bool:
    if letter in "\t\r\n":
        return False
    return letter in DISORDERLY or unicodedata.category(letter) in {"Cc", "Co", "Cn", "Cs"}
