"""Spanish tax numbers (NIF, NIE, CIF): one spelling for each, however it was written."""

import unicodedata

from stdnum.es import nif


def tidy_nif(text: str) -> str:
    """Return a NIF as it is stored: capitals and digits, without ES, dots, hyphens or blanks."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return str(nif.compact("".join(letter for letter in plain if letter.isalnum())))


def is_nif(tidied: str) -> bool:
    """Return whether a tidied text is a NIF with its right check letter or digit."""
    return bool(nif.is_valid(tidied))
