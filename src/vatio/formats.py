"""Formats numbers and lists of words for the reader's language."""

from collections.abc import Iterable
from functools import lru_cache

from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language

GROUPED, SIGNED = "#,##0", "+#,##0;−#,##0"
"""Patterns that group thousands from four digits on, so that 1.000 reads well above 14.800.

CLDR would write 1000 in Spanish (minimumGroupingDigits is 2); Babel follows the pattern alone.
"""


def number(value: int) -> str:
    """Return a whole number with its thousands grouped: 1.480 in Spanish, 1,480 in English."""
    return _decimal(value, GROUPED, get_language() or "es")


def signed(change: int) -> str:
    """Return a change with its sign: +1.000, −5."""
    return _decimal(change, SIGNED, get_language() or "es")


def percent(hundredths: int) -> str:
    """Return a percentage: 75 % in Spanish, 75% in English."""
    return format_percent(hundredths / 100, locale=get_language() or "es")


def joined(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: A, B y C.

    A list without a conjunction is made with `str.join`: Babel's style for it,
    "unit-short", raises KeyError in Spanish.
    """
    return format_list(list(words), locale=get_language() or "es")


@lru_cache(maxsize=20_000)
def _decimal(value: int, pattern: str, language: str) -> str:
    return format_decimal(value, pattern, locale=language)
