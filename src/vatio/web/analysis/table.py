"""The table under a picture: the same numbers, a row an interval, hour, day or month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vatio.analysis.curve import HOUR, Value
from vatio.consumption.buckets import Bucket, By, buckets
from vatio.consumption.looking import Look
from vatio.consumption.parts import Parted
from vatio.dates import written_month
from vatio.readings.slots import WHOLE_DAY
from vatio.web.analysis.amounts import ShownUnit, change, decimals_of, figure, rate_words
from vatio.web.analysis.lengths import lasting

SIZE = 100
"""How many rows a page of the table has."""


@dataclass(frozen=True)
class TableColumn:
    """A column of numbers: its heading, and its values in the unit of the heading.

    `brief` is a shorter heading for the page, whose form says the rest.
    Differences have their sign: shares (`is_change`), or of states in their unit (`is_signed`).
    """

    heading: str
    values: list[Value]
    is_change: bool = False
    is_signed: bool = False
    brief: str = ""

    @cached_property
    def decimals(self) -> int:
        """How many decimals all numbers of the column have."""
        return decimals_of(self.values)


@dataclass(frozen=True)
class EnergyTable:
    """Rows of numbers; what is said of a row in words is worked out for those that are shown.

    `rows` are the buckets of each thing; `sums` those of whole columns, None where adding them
    up says nothing. `has_peaks` says whether the highest power of a row is shown beside it.
    """

    by: By
    look: Look
    rows: list[list[Bucket]]
    columns: list[TableColumn]
    sums: list[Value]
    has_peaks: bool

    def __len__(self) -> int:
        return len(self.rows[0])

    @property
    def heading(self) -> str:
        """The heading of the rows."""
        return {By.SLOT: _("Time"), By.HOUR: _("Hour"), By.DAY: _("Day"), By.MONTH: _("Month")}[
            self.by
        ]

    @property
    def peak_heading(self) -> str:
        """The heading of the highest powers, or of the highest values of a state."""
        return f"{rate_words(self.look.subject).highest}, {self.look.subject.unit}"

    @property
    def sum_heading(self) -> str:
        """What the last row is called: states are never added up."""
        return _("In all") if self.look.subject.adds else _("Mean")

    def label(self, row: int) -> str:
        """Return what a row is called; an hour that a day has twice says which one it is."""
        own = self.rows[0][row]
        if self.by == By.MONTH:
            return written_month(own.day)
        if self.by == By.DAY:
            return format_date(own.day, "EEE d MMM y", locale=get_language() or "es")
        at = datetime.fromtimestamp(own.starts, ZoneInfo(self.look.subject.time_zone))
        words = format_datetime(at, "EEE d MMM y, HH:mm", locale=get_language() or "es")
        is_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        return f"{words} ({at.tzname()})" if is_twice else words

    def cells(self, row: int) -> list[str]:
        """Return the numbers of a row as the page writes them."""
        return [_cell(column, column.values[row]) for column in self.columns]

    def sum_cells(self) -> list[str]:
        """Return the sums as the page writes them, nothing where there is none."""
        return [
            "" if value is None else _cell(column, value)
            for column, value in zip(self.columns, self.sums, strict=True)
        ]

    def peak(self, row: int) -> tuple[Value, str]:
        """Return the highest power of a row, in the unit of the curve, and when it was."""
        own, subject = self.rows[0][row], self.look.subject
        if own.most is None:
            return None, ""
        when = ""
        if own.most_at is not None and self.look.minutes < WHOLE_DAY:
            language = get_language() or "es"
            at = datetime.fromtimestamp(own.most_at, ZoneInfo(subject.time_zone))
            when = f"{at:%H:%M}"
            if self.by == By.MONTH:
                when = f"{format_date(at, 'EEE d', locale=language)}, {when}"
        return own.most / subject.quantity.factor, when

    def peak_cells(self, row: int) -> tuple[str, str]:
        """Return the highest power of a row and when it was, as the page writes them."""
        value, when = self.peak(row)
        return _written(value), when

    def note(self, row: int) -> str:
        """Return what is to be known of a row: how much is missing, estimated, doubtful."""
        return " · ".join(_notes([each[row] for each in self.rows], self.look))


def _cell(column: TableColumn, value: Value) -> str:
    if column.is_change:
        return change(value)
    sign = "+" if column.is_signed and value and value > 0 else ""
    return sign + _written(value, column.decimals)


def _written(value: Value, decimals: int | None = None) -> str:
    return figure(value, ShownUnit("", 1), decimals=decimals)


def table(
    looked: Sequence[Look],
    by: By,
    *,
    unit: ShownUnit,
    now: float,
    compared_with: str,
    briefly: str = "",
    parted: Parted | None,
) -> EnergyTable:
    """Return the table of things: with one, also its parts, its comparison and its peaks."""
    rows = [buckets(each, by, now=now) for each in looked]
    look = looked[0]
    by = By.DAY if by in (By.SLOT, By.HOUR) and look.minutes == WHOLE_DAY else by
    columns = _columns(looked, rows, unit, (compared_with, briefly or compared_with), parted)
    return EnergyTable(
        by=by,
        look=look,
        rows=rows,
        columns=columns,
        sums=_sums(looked, columns, unit),
        has_peaks=len(looked) == 1 and by in (By.DAY, By.MONTH),
    )


def _columns(
    looked: Sequence[Look],
    rows: Sequence[Sequence[Bucket]],
    unit: ShownUnit,
    compared_with: tuple[str, str],
    parted: Parted | None,
) -> list[TableColumn]:
    if len(looked) > 1:
        return [
            TableColumn(f"{look.subject.name}, {unit.name}", _scaled([b.total for b in own], unit))
            for look, own in zip(looked, rows, strict=True)
        ]
    columns: list[TableColumn] = []
    (own,) = rows
    if parted is not None:
        parts = [parted.of(each.starts) for each in own]
        columns += [
            TableColumn(
                f"{name}, {unit.name}", _scaled([each[place] or None for each in parts], unit)
            )
            for place, name in enumerate(parted.names)
        ]
    word = (
        _("Total")
        if parted is not None
        else _("Consumption")
        if looked[0].subject.adds
        else _("Mean")
    )
    columns.append(TableColumn(f"{word}, {unit.name}", _scaled([b.total for b in own], unit)))
    if looked[0].against is not None:
        before = _scaled([b.before for b in own], unit)
        heading, brief = (f"{words}, {unit.name}" for words in compared_with)
        columns.append(TableColumn(heading, before, brief=brief))
        columns.append(_differences(looked[0], own, unit))
    return columns


def _differences(look: Look, own: Sequence[Bucket], unit: ShownUnit) -> TableColumn:
    """Return how much more it was: of amounts as a share, of states in their own unit."""
    if look.subject.adds:
        return TableColumn(_("Difference"), [each.change for each in own], is_change=True)
    values = [
        None if each.total is None or each.before is None else each.total - each.before
        for each in own
    ]
    heading = f"{_('Difference')}, {unit.name}"
    return TableColumn(heading, _scaled(values, unit), is_signed=True)


def _sums(looked: Sequence[Look], columns: Sequence[TableColumn], unit: ShownUnit) -> list[Value]:
    """Return the sum of each column; of states the mean of the whole span."""
    look = looked[0]
    if look.subject.adds:
        sums = [_sum(column) for column in columns]
    else:
        sums = [*_scaled([each.figures.total for each in looked], unit)]
        sums += [None] * (len(columns) - len(sums))
    if look.against is not None and len(looked) == 1:
        compared = look.against.comparison
        sums[-2:] = [compared.other / unit.factor, compared.change]
        if not look.subject.adds:
            sums[-1] = (compared.own - compared.other) / unit.factor
        if not compared.compared:
            sums[-2:] = [None, None]
    return sums


def _scaled(values: Sequence[Value], unit: ShownUnit) -> list[Value]:
    return [None if value is None else value / unit.factor for value in values]


def _sum(column: TableColumn) -> Value:
    known = [value for value in column.values if value is not None]
    if column.is_change or not known:
        return None
    return sum(known)


def _notes(row: Sequence[Bucket], look: Look) -> list[str]:
    """Return what is to be known of a row: how much is missing, estimated, doubtful."""
    found: list[str] = []
    whole = all(each.total is None for each in row)
    expected = max(each.expected for each in row)
    if not expected:
        return [_("yet to come")]
    if whole:
        return [_("no data")]
    for name, words in (
        ("missing", _("%(time)s missing")),
        ("partial", _("%(time)s incomplete")),
        ("estimated", _("%(time)s estimated")),
        ("doubtful", _("%(time)s doubtful")),
    ):
        seconds = max(getattr(each, name) for each in row)
        if seconds:
            found.append(words % {"time": lasting(seconds)})
    if look.minutes < WHOLE_DAY and row[0].expected in (23 * HOUR, 25 * HOUR):
        hours = row[0].expected // HOUR
        found.append(_("day of %(hours)s hours: the clocks change") % {"hours": hours})
    return found


@dataclass(frozen=True)
class TablePage:
    """The rows of a table that a page shows, and the places of the pages around."""

    rows: range
    first: Mapping[str, str] | None
    previous: Mapping[str, str] | None
    next: Mapping[str, str] | None
    last: Mapping[str, str] | None


def page(count: int, parameters: Mapping[str, str]) -> TablePage:
    """Return the page of a table of so many rows that an address asks for by its first row."""
    text = parameters.get("row", "")
    at = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
    last = max((count - 1) // SIZE * SIZE, 0)
    begin = min(at // SIZE * SIZE, last)

    def place(row: int) -> Mapping[str, str]:
        return {"row": str(row)}

    return TablePage(
        rows=range(begin, min(begin + SIZE, count)),
        first=place(0) if begin else None,
        previous=place(begin - SIZE) if begin else None,
        next=place(begin + SIZE) if begin < last else None,
        last=place(last) if begin < last else None,
    )
