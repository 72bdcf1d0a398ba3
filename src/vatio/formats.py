"""Formats numbers and lists of words for the reader's language.

The numbers that people and files write are read here too, by one function.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language

GROUPED, SIGNED, AMOUNT = "#,##0", "+#,##0;−#,##0", "#,##0.###"
"""Patterns that group thousands from four digits on, so that 1.000 reads well above 14.800.

CLDR would write 1000 in Spanish (minimumGroupingDigits is 2); Babel follows the pattern alone.
"""


def number(value: int) -> str:
    """Return a whole number with its thousands grouped: 1.480 in Spanish, 1,480 in English."""
    return _decimal(value, GROUPED, get_language() or "es")


def amount(value: float) -> str:
    """Return an amount with at most three decimals: 1.234,5 in Spanish, 1,234.5 in English."""
    return _decimal(Decimal(str(round(value, 3))), AMOUNT, get_language() or "es")


def signed(change: int) -> str:
    """Return a change with its sign: +1.000, −5."""
    return _decimal(change, SIGNED, get_language() or "es")


def percent(hundredths: int) -> str:
    """Return a percentage: 75 % in Spanish, 75% in English."""
    return format_percent(hundredths / 100, locale=get_language() or "es")


WHOLE = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*|\d+)"
    r"(?:(?!(?P=mark))[.,]0+)?",
    re.ASCII,
)
"""Matches a whole number, its thousands grouped or not, perhaps with zeros as decimals."""

EITHER = re.compile(r"([1-9]\d{0,2}),(\d{3})", re.ASCII)
"""Matches a number whose comma may stand before thousands, or before three decimals."""

LONGEST_NUMBER = 30
BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007", " ") | {"’": "'"})


class NotWhole(ValueError):
    """A text is no whole number; `either` holds both numbers that it may mean, if it may."""

    def __init__(self, either: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.either = either


def whole_number(text: str) -> int:
    """Return the whole number that a text writes: 1000, 1.000, 1 000, 1'000, 1.000,00.

    A point before three figures groups thousands, as Vatio itself writes in Spanish. A comma
    there groups them for who reads English; for others it may come before decimals too.

    :raises NotWhole: if it is no whole number, or may be one of two.
    """
    text = text.translate(BLANKS).strip()
    either, found = EITHER.fullmatch(text), WHOLE.fullmatch(text[:LONGEST_NUMBER])
    if either and not (get_language() or "es").startswith("en"):
        decimals = either[2].rstrip("0")
        raise NotWhole((either[1] + either[2], f"{either[1]},{decimals}".rstrip(",")))
    if not found or len(text) > LONGEST_NUMBER:
        raise NotWhole
    return int(re.sub(r"[.,' ]", "", found["whole"]))


DECIMAL = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*|\d+)"
    r"(?:(?!(?P=mark))[.,](?P<decimals>\d+))?",
    re.ASCII,
)
"""Matches a number with or without decimals, its thousands grouped or not."""

ONE_MARK = re.compile(r"([1-9]\d{0,2})([.,])(\d{3})", re.ASCII)
"""Matches a number whose only mark stands before three figures."""


def decimal_number(text: str) -> Decimal:
    """Return the number that a text writes: 12,5 or 12.5, 1.234,5 or 1,234.5.

    A mark before three figures that is the reader's decimal mark comes before decimals; the
    other one may group thousands or come before decimals.

    :raises NotWhole: if it is no number, or may be one of two.
    """
    text = text.translate(BLANKS).strip()
    mark = "." if (get_language() or "es").startswith("en") else ","
    only, found = ONE_MARK.fullmatch(text), DECIMAL.fullmatch(text[:LONGEST_NUMBER])
    if only and only[2] != mark:
        raise NotWhole((only[1] + only[3], f"{only[1]}{mark}{only[3]}"))
    if only:
        return Decimal(f"{only[1]}.{only[3]}")
    if not found or len(text) > LONGEST_NUMBER:
        raise NotWhole
    whole = re.sub(r"[.,' ]", "", found["whole"])
    return Decimal(f"{whole}.{found['decimals'] or 0}")


def decimal_text(value: Decimal, places: int = 3) -> str:
    """Return a number with up to so many decimals, as a form shows it: 1234,5 in Spanish."""
    return _decimal(value, f"0.{'#' * places}", get_language() or "es")


def measured_value(value: float) -> str:
    """Return what a meter showed, grouped and with up to three decimals: 48.212,182 in Spanish."""
    return _decimal(Decimal(repr(value)), "#,##0.###", get_language() or "es")


def joined(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: A, B y C.

    A list without a conjunction is made with `str.join`: Babel's style for it,
    "unit-short", raises KeyError in Spanish.
    """
    return format_list(list(words), locale=get_language() or "es")


@lru_cache(maxsize=20_000)
def _decimal(value: int | Decimal, pattern: str, language: str) -> str:
    return format_decimal(value, pattern, locale=language)
