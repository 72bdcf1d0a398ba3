"""What a file holds once it is read, and how it passes from one process to the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

Why = Literal["error", "formula", "merged"]


class CannotRead(Exception):
    """A file cannot be read. `code` says why; `line` is the line of the file, 0 if it is none."""

    def __init__(self, code: str, *, line: int = 0) -> None:
        super().__init__(code)
        self.code, self.line = code, line


@dataclass(frozen=True)
class NoValue:
    """A cell without a value that is not empty either.

    It holds an error such as #N/A (`text`), a formula whose result was never stored, or it is
    covered by a merged cell, whose value may have been meant for it too.
    """

    why: Why
    text: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class SheetRow:
    """The cells of one line, its number in the file, from 1, and whether the line is hidden."""

    number: int
    cells: list[object]
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, or a CSV split at one delimiter; its rows can be read once."""

    name: str
    rows: Iterator[SheetRow]
    hidden: bool = False
    typed: bool = True


def is_blank(cell: object) -> bool:
    """Return whether nothing is written in a cell."""
    if isinstance(cell, NoValue):
        return cell.why == "merged"
    return cell is None or (isinstance(cell, str) and not cell.strip())


def trim(cells: list[Any]) -> list[Any]:
    """Take the blank cells away from the end of a line, and return the line."""
    while cells and is_blank(cells[-1]):
        cells.pop()
    return cells


def packed(cell: object) -> list[str | float]:
    """Return a cell that JSON has no type for as a list of its kind and its text.

    :raises TypeError: if it is of no kind that a cell can have.
    """
    if isinstance(cell, NoValue):
        return [cell.why, cell.text]
    if isinstance(cell, datetime):
        return ["moment", cell.isoformat()]
    if isinstance(cell, date):
        return ["day", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["duration", cell.total_seconds()]
    raise TypeError(type(cell))


def unpacked(kind: str, text: str | float) -> object:
    """Return the cell that `packed` made a list of."""
    if kind == "day":
        return date.fromisoformat(str(text))
    if kind == "moment":
        return datetime.fromisoformat(str(text))
    if kind == "time":
        return time.fromisoformat(str(text))
    if kind == "duration":
        return timedelta(seconds=float(text))
    return NoValue(kind, str(text))  # type: ignore[arg-type]
