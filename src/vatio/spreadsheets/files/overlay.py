"""Lays what a workbook says besides its values over the values that a library read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vatio.spreadsheets.files.cells import CannotRead, NoValue, SheetRow, is_blank, trim

MOST_MARKS = 2_000_000
Place = tuple[int, int]


@dataclass
class Marks:
    """The cells of a sheet that have no value and are not empty, and its hidden rows, from 0."""

    cells: dict[int, dict[int, NoValue]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    count: int = 0

    def put(self, row: int, column: int, mark: NoValue) -> None:
        """Mark a cell.

        :raises CannotRead: if more cells are marked than any portfolio has.
        """
        self.count += 1
        if self.count > MOST_MARKS:
            raise CannotRead("large")
        self.cells.setdefault(row, {})[column] = mark

    def cover(self, ranges: Iterable[tuple[Place, Place]], *, last: Place | None) -> None:
        """Mark the cells that merged cells cover, up to the last cell with a value."""
        if last is None:
            return
        for (top, left), (bottom, right) in ranges:
            for row in range(top, min(bottom, last[0]) + 1):
                for column in range(left, min(right, last[1]) + 1):
                    if (row, column) != (top, left):
                        self.put(row, column, NoValue("merged"))


def overlaid(rows: Iterable[list[Any]], marks: Marks) -> Iterator[SheetRow]:
    """Yield the rows of a sheet in which something is written, with the marks in their cells."""
    for index, cells in enumerate(rows):
        marked = marks.cells.get(index)
        if marked:
            cells += [""] * (max(marked) + 1 - len(cells))
            for column, mark in marked.items():
                if mark.why != "merged" or is_blank(cells[column]):
                    cells[column] = mark
        if cells and is_blank(cells[-1]):
            trim(cells)
        if cells:
            yield SheetRow(index + 1, cells, index in marks.hidden)
