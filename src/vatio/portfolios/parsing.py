"""Parses an ESCO's portfolio: which of its tables is read, and each of its lines as an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from vatio import formats
from vatio.portfolios.columns import NAMES, REQUIRED, Headings, perhaps, surely
from vatio.portfolios.values import Ends, end_of, value
from vatio.spreadsheets.files.cells import SheetRow, is_blank
from vatio.spreadsheets.tables import SheetTable, Unreadable, tables
from vatio.spreadsheets.values import Wrong, fold
from vatio.units import Quantities


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell of the file, or in the file as a whole (line 0).

    `answer` names what the person could say about the file to mend it: ends, sheet or columns.
    """

    line: int
    column: str
    words: str
    answer: str = ""

    def __str__(self) -> str:
        if not self.line:
            return self.words
        where = _("line %(line)s") % {"line": self.line}
        return f"{where}: {self.column}: {self.words}" if self.column else f"{where}: {self.words}"


@dataclass(frozen=True)
class Row:
    """One account as the file describes it; a quantity is None where its cell is empty.

    `ends_on` is the first day that is no longer covered.
    """

    line: int
    name: str
    client: str
    nif: str
    sector: str
    licence: str
    quantities: Quantities
    sms_credits: int
    starts_on: date
    ends_on: date
    contact_email: str


@dataclass(frozen=True)
class SheetOffered:
    """A sheet of the workbook in which something is written, and whether it is the one read."""

    name: str
    hidden: bool
    is_read: bool


@dataclass
class Portfolio:
    """What was parsed from a file: its rows and its faults, and what of it is not read."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    columns: Headings = field(default_factory=lambda: Headings(0))
    lines: Sequence[SheetRow] = ()
    sheets: list[SheetOffered] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    without_heading: set[int] = field(default_factory=set)

    @property
    def headings_at(self) -> int:
        """The number of the line with the headings."""
        return self.lines[self.columns.index].number if self.lines else 1

    @property
    def above(self) -> list[int]:
        """The numbers of the lines above the headings."""
        return [line.number for line in self.lines[: self.columns.index]]

    @property
    def hidden(self) -> list[int]:
        """The numbers of the lines below the headings that the workbook hides."""
        return [line.number for line in self.lines[self.columns.index + 1 :] if line.hidden]

    def position_of(self, fault: Fault) -> int | None:
        """Return the position of a fault's cell in its line, from 0; None if it is in no cell."""
        key = next((key for key, name in NAMES.items() if str(name) == fault.column), "")
        return self.columns.positions.get(key)


def understand(
    content: bytes,
    *,
    ends: Ends = "",
    columns: Mapping[str, str] | None = None,
    sheet: str = "",
) -> Portfolio:
    """Parse a portfolio from the bytes of a spreadsheet.

    Headings are searched for below any title lines, in every sheet unless one is named; empty
    lines and lines of totals are skipped. An end that looks inclusive (the day before a whole
    number of months after the start) is a fault unless `ends` says whether ends are inclusive.
    So are several sheets with accounts, unless `sheet` says which is meant.

    :param columns: headings of the file, each with the key of `HEADINGS` that it means, or "" if
        it is to be left out.
    :raises Unreadable: if the file cannot be read, or has no headings of a portfolio, or no sheet
        of that name.
    """
    mapped = {fold(theirs): ours for theirs, ours in (columns or {}).items()}
    known, unknown = list[tuple[SheetTable, Headings]](), list[SheetTable]()
    for table in tables(content):
        found = surely(table.rows, mapped)
        if found is None:
            unknown.append(table)
            continue
        known.append((table, found))
        if not table.typed:
            unknown.clear()
            break
    offered = [table for table, _found in known] + unknown
    chosen, found = _chosen(known, unknown, mapped, sheet)
    portfolio = Portfolio(columns=found, lines=chosen.rows)
    if chosen.typed:
        portfolio.sheets = [
            SheetOffered(table.name, table.hidden, table is chosen)
            for table in offered
            if table.rows
        ]
    if not sheet:
        _ask_which(portfolio, known)
    _read(portfolio, typed=chosen.typed, ends=ends)
    return portfolio


def _chosen(
    known: Sequence[tuple[SheetTable, Headings]],
    unknown: Sequence[SheetTable],
    mapped: Mapping[str, str],
    sheet: str,
) -> tuple[SheetTable, Headings]:
    """Return the table that is read: the named one, or the first that shows accounts.

    A sheet that can be seen comes before a hidden one, and what has lines below its headings
    before what has none.
    """
    if sheet:
        names = [table.name for table, _found in known] + [table.name for table in unknown]
        if fold(sheet) not in map(fold, names):
            raise Unreadable(
                _("There is no sheet «%(name)s». They are: %(known)s.")
                % {"name": sheet, "known": ", ".join(names) or "–"}
            )
        known = [each for each in known if fold(each[0].name) == fold(sheet)]
        unknown = [table for table in unknown if fold(table.name) == fold(sheet)]
    if known:
        return max(known, key=lambda each: (_has_accounts(*each), not each[0].hidden))
    for table in unknown:
        likely = perhaps(table.rows, mapped)
        if likely is not None:
            return table, likely
    raise Unreadable(
        _("No headings were found: there must be a line with «Nombre de la cuenta», «Licencia»…")
    )


def _has_accounts(table: SheetTable, found: Headings) -> bool:
    return len(table.rows) > found.index + 1


def _ask_which(portfolio: Portfolio, known: Sequence[tuple[SheetTable, Headings]]) -> None:
    """Ask which sheet is meant, if several that can be seen hold accounts."""
    names = [
        f"«{table.name}»"
        for table, found in known
        if not table.hidden and _has_accounts(table, found)
    ]
    if len(names) > 1:
        words = _(
            "The sheets %(names)s hold accounts: say which is meant. Import the others after it."
        )
        portfolio.faults.append(
            Fault(0, "", words % {"names": formats.joined(names)}, answer="sheet")
        )


def _read(portfolio: Portfolio, *, typed: bool, ends: Ends) -> None:
    columns = portfolio.columns
    portfolio.faults += [*_clashes(columns), *_missing(columns)]
    if any(key not in columns.positions for key in REQUIRED):
        return
    if columns.are_of_the_export:
        ends = ends or "exclusive"
    width = max(columns.headings, default=0) + 1
    inside = [place for place in range(width) if place not in columns.headings]
    for line in portfolio.lines[columns.index + 1 :]:
        cells = {
            key: line.cells[place] if place < len(line.cells) else ""
            for key, place in columns.positions.items()
        }
        if _is_total(cells):
            portfolio.totals.append(line.number)
            continue
        if len(line.cells) > width and not typed:
            words = _("it has more cells than there are headings (%(count)s).") % {"count": width}
            portfolio.faults.append(Fault(line.number, "", words))
        if inside or len(line.cells) > width:
            portfolio.without_heading |= _written(line, [*inside, *range(width, len(line.cells))])
        _read_row(portfolio, line.number, cells, ends=ends)
    if not portfolio.rows and not portfolio.faults:
        portfolio.faults.append(Fault(0, "", _("There is no account below the headings.")))


def _written(line: SheetRow, places: Sequence[int]) -> set[int]:
    """Return those of some places of a line in which something is written."""
    cells = line.cells
    return {place for place in places if place < len(cells) and not is_blank(cells[place])}


def _clashes(columns: Headings) -> list[Fault]:
    return [
        Fault(
            0,
            "",
            _("Several columns are read as «%(name)s»: %(headings)s. Say which is meant.")
            % {
                "name": NAMES[clash.key],
                "headings": formats.joined(f"«{heading}»" for heading in clash.headings),
            },
            answer="columns",
        )
        for clash in columns.clashes
    ]


def _missing(columns: Headings) -> list[Fault]:
    missing = [str(NAMES[key]) for key in REQUIRED if key not in columns.positions]
    if not missing:
        return []
    words = _("These columns are missing: %(names)s.") % {"names": formats.joined(missing)}
    return [Fault(0, "", words, answer="columns")]


def _is_total(cells: dict[str, object]) -> bool:
    """Return whether a line holds totals: named «total» or «suma», without licence or days."""
    told = ("licence", "starts_on", "ends_on")
    return fold(cells["name"]).startswith(("total", "suma")) and all(
        is_blank(cells[key]) for key in told
    )


def _read_row(portfolio: Portfolio, line: int, cells: dict[str, object], *, ends: Ends) -> None:
    values: dict[str, object] = {}
    faults: list[Fault] = []
    is_ours = portfolio.columns.are_of_the_export
    for key in NAMES:
        try:
            values[key] = value(key, cells.get(key, ""), is_ours=is_ours)
        except Wrong as wrong:
            faults.append(Fault(line, str(NAMES[key]), str(wrong), wrong.answer))
    if not faults:
        try:
            values["ends_on"] = end_of(values["starts_on"], values["ends_on"], ends)  # type: ignore[arg-type]
        except Wrong as wrong:
            faults.append(Fault(line, str(NAMES["ends_on"]), str(wrong), wrong.answer))
    if faults:
        portfolio.faults.extend(faults)
    else:
        values["sms_credits"] = values["sms_credits"] or 0
        values["quantities"] = Quantities.each(values.pop)  # type: ignore[arg-type]
        portfolio.rows.append(Row(line=line, **values))  # type: ignore[arg-type]
