"""Parses values: which mark is the decimal one, what is missing, and exact base units."""

import re
from collections.abc import Iterable
from math import isfinite
from typing import Literal, NamedTuple

from vatio.readings.files.asking import MustBeAsked
from vatio.spreadsheets.files.cells import NoValue
from vatio.spreadsheets.values import fold

MISSING = {
    "",
    "-",
    "--",
    "---",
    "n/d",
    "nd",
    "n.d.",
    "n/a",
    "na",
    "s/d",
    "sin dato",
    "sin datos",
    "sense dades",
    "no disponible",
    "null",
    "none",
}
"""What files write where they have no value: without case and accents."""

NOT_FINITE = {"nan", "inf", "infinity", "+inf", "-inf", "-infinity", "∞"}
PLAIN = re.compile(r"[^0-9\n]")
GROUPED = {
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?", re.ASCII),
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII),
}
NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?", re.ASCII)
MAY_BE_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
NUMERIC = re.compile(r"\s*[+-]?[\d.,]*\d[\d.,]*\s*", re.ASCII)
SPACES = re.compile(r"[\s'’]")


class UnitScale(NamedTuple):
    """How many base units one of a value is, as a fraction, so that nothing is rounded twice."""

    times: int
    per: int = 1


Amount = float | str | None
"""A value in base units, None if it is missing, or the code of what is wrong with it."""


def decimal_mark(cells: Iterable[object], delimiter: str) -> Literal[",", "."]:
    """Return which mark is the decimal one in the values of a file, each given once.

    Both marks in one value settle it, and so does what cannot separate thousands. A comma alone
    is decimal, as the files are Spanish; a point is where commas separate cells.

    :raises MustBeAsked: if every value with a point may be one of thousands.
    """
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and NUMERIC.fullmatch(cell)]
    with_comma = [text for text in texts if "," in text]
    with_point = [text for text in texts if "." in text]
    for text in with_comma:
        if "." in text:
            return "," if text.rindex(",") > text.rindex(".") else "."
    if any(text.count(".") > 1 for text in with_point):
        return ","
    of_thousands = all(map(MAY_BE_GROUPED.fullmatch, with_point))
    if with_comma:
        return "," if of_thousands or not all(map(MAY_BE_GROUPED.fullmatch, with_comma)) else "."
    if with_point and of_thousands and delimiter != ",":
        raise MustBeAsked("decimal")
    return "."


def amounts(cells: list[object], scale: UnitScale, decimal: str) -> tuple[list[Amount], bool]:
    """Return the values of a column in base units, and whether a code is among them.

    Each distinct cell is parsed once.
    """
    if scale == (1, 1) and cells and type(cells[0]) is str:
        try:
            if PLAIN.search("\n".join(cells)) is None:  # type: ignore[arg-type]
                return list(map(float, cells)), False  # type: ignore[arg-type]
        except (TypeError, ValueError):
            pass
    table = {cell: amount(cell, scale, decimal) for cell in set(cells)}
    return [table[cell] for cell in cells], any(isinstance(each, str) for each in table.values())


def amount(cell: object, scale: UnitScale, decimal: str) -> Amount:
    """Return a value in base units, None if it is missing, or the code of what is wrong.

    The digits are scaled as whole numbers and divided once, so «1,168» kWh is 1168.0 Wh.
    """
    if cell is None or (isinstance(cell, NoValue) and cell.why == "merged"):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        # Fifteen digits are what a spreadsheet shows: more is the noise of its arithmetic.
        text = format(cell, ".15g") if isinstance(cell, float) else str(cell)
        decimal = "."
    elif isinstance(cell, str):
        text = cell.strip()
    else:
        return "malformed"
    plain = _ungrouped(text, decimal)
    found = NUMBER.fullmatch(plain) if plain is not None else None
    if found is None or not (found[2] or found[3]):
        folded = fold(text)
        if folded in MISSING:
            return None
        return "not_finite" if folded in NOT_FINITE else "malformed"
    return _scaled(found, scale)


def _ungrouped(text: str, decimal: str) -> str | None:
    """Return a number with a decimal point and no marks of thousands, or None if it is none."""
    other = "." if decimal == "," else ","
    if other in text:
        if not GROUPED[decimal].fullmatch(text):
            return None
        text = text.replace(other, "")
    if text.count(decimal) > 1:
        return None
    return SPACES.sub("", text.replace(decimal, "."))


def _scaled(found: re.Match[str], scale: UnitScale) -> Amount:
    sign, whole, after, exponent = found.groups()
    after = after or ""
    shift = len(after) - int(exponent or 0)
    digits = int((whole or "") + after or "0") * scale.times
    try:
        above, below = (0, shift) if shift > 0 else (-shift, 0)
        value: float = digits * 10**above / (10**below * scale.per)
    except OverflowError:
        return "not_finite"
    if not isfinite(value):
        return "not_finite"
    if sign == "-" and value:
        return "negative"
    return value
