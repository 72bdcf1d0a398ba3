"""Writes figures into the cells of a table, beside their aims."""

from collections.abc import Iterable, Sequence
from typing import Any

Figures = dict[str, Any]


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Write a table: its first column is of words, the others of figures."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def number(value: float) -> str:
    """Write a figure, its thousands apart."""
    return f"{value:,}"


def kept(value: float, most: float) -> str:
    """Write a figure, marked with a cross if it exceeds its aim."""
    return number(value) if value <= most else f"{number(value)} ✗"


def reached(value: float, least: float) -> str:
    """Write a figure, marked with a cross if it is below its aim."""
    return number(value) if value >= least else f"{number(value)} ✗"


def aimed(value: float, most: float | None) -> str:
    """Write a figure and its aim, if it has one."""
    return number(value) if most is None else f"{kept(value, most)} (aim {most})"


def at_least(value: float, least: float | None) -> str:
    """Write a figure and the least that it is to be, if that is said."""
    return number(value) if least is None else f"{reached(value, least)} (aim {number(least)})"
