"""Reads a file of load curves: recognises it, and makes its curves."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from vatio import formats
from vatio.metering.quantities import QUANTITIES
from vatio.readings.files import headerless, matrix, recognising, splitting
from vatio.readings.files.amounts import UnitScale, amount
from vatio.readings.files.assembling import ZoneOf, assemble, default_cups
from vatio.readings.files.curves import CurveFile, CurveOptions, Understood
from vatio.readings.files.headings import IMPORTED
from vatio.readings.files.layouts import Layout, Records
from vatio.readings.files.recognising import Header
from vatio.readings.files.settling import SCALES
from vatio.readings.files.splitting import SplitTable
from vatio.spreadsheets.files.cells import is_blank
from vatio.spreadsheets.tables import Unreadable

WITHOUT_HEADER = {"f5d", "p5d", "f1", "p1", "p1d", "p2", "p2d"}
Totals = list[tuple[int, list[object]]]


def read(content: bytes, *, name: str, told: CurveOptions, zone_of: ZoneOf) -> CurveFile:
    """Return the curves of a file, with what was understood and what was refused of it.

    `zone_of` returns the IANA zone of the days of a supply point, of "" for one not named.

    :raises Unreadable: if it is no text and no workbook, or no load curve.
    :raises MustBeAsked: if something is open that may not be guessed.
    """
    if splitting.is_text(content):
        text, encoding = splitting.text_of(content)
        for beginning in splitting.beginnings(text, encoding):
            if recognising.header_of(beginning):
                table = splitting.split(text, beginning.delimiter, encoding)
                return _headed(table, told, zone_of)
            if found := headerless.shape_of(beginning, name):
                return _headerless(beginning, text, _told_format(told, found), name, told, zone_of)
    else:
        for table in splitting.sheets(content):
            if recognising.header_of(table):
                return _headed(table, told, zone_of)
    raise Unreadable(
        _(
            "This is none of the load curves that are known: there is no header with a date and a"
            " consumption within its first %(lines)s lines."
        )
        % {"lines": recognising.HEADER_WITHIN}
    )


def _told_format(told: CurveOptions, found: str) -> str:
    return told.format if told.format in WITHOUT_HEADER else found


def _headerless(
    beginning: SplitTable,
    text: str,
    format_name: str,
    name: str,
    told: CurveOptions,
    zone_of: ZoneOf,
) -> CurveFile:
    layout, records, refused = headerless.records(text, beginning.delimiter, format_name)
    version = headerless.version_of(name, format_name)
    file = _file(layout, beginning, records, told, version=version)
    file.refused += refused
    assemble(file, layout, records, told, zone_of)
    return _finished(file)


def _headed(table: SplitTable, told: CurveOptions, zone_of: ZoneOf) -> CurveFile:
    header = recognising.header_of(table)
    assert header is not None
    layout = recognising.layout_of(table, header, told.format)
    if header.hours:
        time_zone = told.time_zone or zone_of(default_cups(layout, told))
        records, sums = matrix.records(table, header, layout, time_zone)
        file = _file(layout, table, records, told)
        assemble(file, layout, records, told, zone_of)
        _check_sums(file, sums)
    else:
        records, refused, totals = recognising.records(table, header, layout)
        file = _file(layout, table, records, told)
        file.refused += refused
        assemble(file, layout, records, told, zone_of)
        _check_totals(file, header, totals)
    if layout.cups and not default_cups(layout, told):
        file.notes.append(_("«%(text)s», above the header, is not a CUPS.") % {"text": layout.cups})
    _note_units(file, records, told)
    _note_unread(file, table, header)
    return _finished(file)


def _file(
    layout: Layout, table: SplitTable, records: Records, told: CurveOptions, *, version: int = 0
) -> CurveFile:
    first = records.columns[0]
    understood = Understood(
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_line=layout.header_line,
        unit=told.unit or first.unit,
        unit_from="told" if told.unit else first.unit_from,
    )
    return CurveFile(layout.format, layout.origin, version, understood)


def _finished(file: CurveFile) -> CurveFile:
    file.refused.sort(key=lambda refused: refused.line)
    return file


def _check_totals(file: CurveFile, header: Header, totals: Totals) -> None:
    """Compare the one row of totals at the end, if there is one, with what was read."""
    if len(totals) != 1:
        return
    line, cells = totals[0]
    for at in header.values:
        each = header.headings[at]
        unit = file.understood.unit if each.quantity == IMPORTED else each.unit
        if at >= len(cells) or is_blank(cells[at]) or SCALES.get(unit, (0, True))[1]:
            continue
        stated = amount(cells[at], UnitScale(SCALES[unit][0]), file.understood.decimal)
        curves = [curve for curve in file.curves if curve.quantity == each.quantity]
        values = [value for curve in curves for value in curve.values]
        _note_difference(file, line, stated, values, QUANTITIES[each.quantity].base)


def _check_sums(file: CurveFile, sums: matrix.Sums) -> None:
    """Compare the total that each line of a matrix states with its hours."""
    times, is_power = SCALES.get(file.understood.unit, (0, True))
    if is_power:
        return
    scale, decimal = UnitScale(times), file.understood.decimal
    for line, total, cells in sums:
        values = [amount(cell, scale, decimal) for cell in cells]
        _note_difference(file, line, amount(total, scale, decimal), values, "Wh")


def _note_difference(
    file: CurveFile, line: int, stated: object, values: Sequence[object], unit: str
) -> None:
    numbers = [value for value in values if isinstance(value, float)]
    # Half a unit of each value is what rounding may have taken or given.
    if isinstance(stated, float) and abs(stated - sum(numbers)) > 0.5 * max(len(numbers), 1):
        file.notes.append(
            _("Line %(line)s states a total of %(stated)s %(unit)s; the values add up to %(sum)s.")
            % {
                "line": line,
                "stated": formats.number(round(stated)),
                "unit": unit,
                "sum": formats.number(round(sum(numbers))),
            }
        )


def _note_units(file: CurveFile, records: Records, told: CurveOptions) -> None:
    for column in records.columns:
        if (told.unit or column.unit) == "Wh":
            file.notes.append(_("«%(column)s» is read as Wh.") % {"column": column.heading})


def _note_unread(file: CurveFile, table: SplitTable, header: Header) -> None:
    """Name the columns that hold something and are not taken."""
    taken = set(header.values) | set(header.hours)
    under = table.rows[header.at + 1 :]
    unread = [
        each.text
        for at, each in enumerate(header.headings)
        if each.text
        and each.role in {"", "value"}
        and at not in taken
        and any(at < len(row) and not is_blank(row[at]) for row in under)
    ]
    if unread:
        names = ", ".join(f"«{text}»" for text in unread)
        file.notes.append(_("Not read: %(columns)s.") % {"columns": names})
