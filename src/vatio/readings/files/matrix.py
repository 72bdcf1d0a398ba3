"""Takes a matrix apart: a row a day, a column an hour or quarter; its total is a check."""

from collections.abc import Sequence

from vatio.readings.files import labels
from vatio.readings.files.headings import IMPORTED, unit_in
from vatio.readings.files.layouts import Column, Layout, Records
from vatio.readings.files.recognising import OF_DAYS, Header, is_total
from vatio.readings.files.splitting import SplitTable
from vatio.readings.slots import local_day
from vatio.spreadsheets.files.cells import is_blank

Sums = list[tuple[int, object, list[object]]]
"""Lines that state their own total: the line, the total, and the values it is of."""


def records(
    table: SplitTable, header: Header, layout: Layout, time_zone: str
) -> tuple[Records, Sums]:
    """Return one record for each hour of each day that has it, and the totals that rows state.

    Columns beyond the length of a day are no hours of it while they are empty. On a day that
    lacks an hour, either its last column is empty or the column of the hour that was leapt over.
    """
    hours = list(header.hours.items())
    heading = header.headings[hours[0][0]].text
    unit, where = unit_in(heading), "heading"
    if not unit:
        unit, where = layout.unit, layout.unit_from
    named = f"{hours[0][1]}–{hours[-1][1]}"
    column = Column(IMPORTED, unit, named, [], unit_from=where)
    found = Records([], [], columns=[column])
    at_day = header.place(*OF_DAYS)
    at_cups, at_total = header.place("cups"), header.place("total")
    texts = [text for _at, text in hours]
    sums: Sums = []
    for line, row in zip(table.lines[header.at + 1 :], table.rows[header.at + 1 :], strict=True):
        if is_total(row):
            continue
        values = [row[at] if at < len(row) else "" for at, _text in hours]
        for text, value in _of_day(_at(row, at_day), texts, values, time_zone):
            found.lines.append(line)
            found.days.append(_at(row, at_day))
            found.hours.append(text)
            column.cells.append(value)
            if at_cups >= 0:
                found.cups.append(_at(row, at_cups))
        if not is_blank(_at(row, at_total)):
            sums.append((line, _at(row, at_total), values))
    return found, sums


def _at(row: Sequence[object], at: int) -> object:
    return row[at] if 0 <= at < len(row) else ""


def _of_day(
    day: object, texts: list[str], values: list[object], time_zone: str
) -> list[tuple[str, object]]:
    """Return the hours of a day with their values: not the empty columns that it does not have."""
    pairs = list(zip(texts, values, strict=True))
    label = labels.parsed(day)
    if isinstance(label, str):
        return pairs[:1]
    minutes = 15 if len(texts) > 50 else 30 if len(texts) > 26 else 60
    count = local_day(label.day, time_zone).count(minutes)
    surplus = len(pairs) - count
    if surplus <= 0:
        return pairs
    first = labels.hour_of(texts[0])
    if first is None or first[1] < 0:
        # Columns named by the clock: an empty one may be the hour that was leapt over.
        return [pair for pair in pairs if not is_blank(pair[1])]
    if all(is_blank(value) for value in values[count:]):
        return pairs[:count]
    blank = [at for at, value in enumerate(values) if is_blank(value)]
    if len(blank) != surplus:
        return pairs
    kept = [pair for at, pair in enumerate(pairs) if at not in blank]
    return [(texts[at], value) for at, (_text, value) in enumerate(kept)]
