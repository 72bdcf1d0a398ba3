"""What a file of load curves holds once it is read, and what was understood of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.readings.ranks import Origin

Labelling = Literal["start", "end", "ordinal"]
Kind = Literal["interval", "register"]
Item = TypeVar("Item")

WHY: dict[str, Promise] = {
    "malformed": _("«%(text)s» cannot be read."),
    "bad_cups": _("«%(text)s» is not a CUPS: its letters do not fit its digits."),
    "no_such_day": _("«%(text)s» is not a day of the calendar."),
    "no_such_hour": _("«%(text)s» does not exist on that day."),
    "negative": _("«%(text)s» is negative, which energy cannot be."),
    "not_finite": _("«%(text)s» is not a finite number."),
    "short_row": _("The line ends before its value."),
    "contradicts": _("An earlier line of the file gives another value for the same time."),
    "off_grid": _("«%(text)s» is not on the grid of the file's intervals."),
}
"""Why a line or a value of it is refused, by its code."""


@dataclass(frozen=True)
class CurveOptions:
    """What a person or an option says of a file; None leaves it to be found out.

    `cups` names the supply point of what the file names none for. `decimal` is the decimal mark.
    """

    label: Labelling | None = None
    unit: Literal["Wh", "kWh", "kW"] | None = None
    time_zone: str | None = None
    kind: Kind | None = None
    cups: str | None = None
    format: str | None = None
    minutes: int | None = None
    decimal: Literal[",", "."] | None = None


@dataclass
class Understood:
    """What was made out of a file, to be shown and corrected.

    `unit_from` says where the unit was found: heading, column, row, above, words, format, told.
    `label_from` says what settled the label: ordinals, spans, 24:00, first and last, offsets,
    days, register, format, told, or a heading as it is written.
    `time_zone` names several zones, with commas, where supply points of several are in the file.
    """

    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    header_line: int = 0
    unit: str = ""
    unit_from: str = ""
    label: str = ""
    label_from: str = ""
    minutes: int = 0
    time_zone: str = ""
    kind: Kind = "interval"


@dataclass(frozen=True)
class RefusedRow:
    """A line of a file that is refused, or, if `quantity` is not 0, its value of that quantity."""

    line: int
    code: str
    why: str
    quantity: int = 0


@dataclass
class FileCurve:
    """One quantity of one supply point, in order of time.

    `starts` are seconds since 1970, UTC: the start of each interval; of a register, the instant
    at which it stood so. `values` are in base units (Wh, varh); None is missing. `same` counts
    the values that the file gives again. `anything`: whether a value is neither missing nor zero.
    """

    cups: str
    quantity: int
    minutes: int
    kind: Kind
    starts: list[int]
    values: list[float | None]
    qualities: list[int]
    lines: list[int]
    same: int = 0
    anything: bool = False

    @property
    def missing(self) -> int:
        """Return how many of its intervals the file names without a value."""
        return self.values.count(None)


@dataclass
class CurveFile:
    """A file that was read.

    `version` orders deliveries of one file by a distributor (F5D, F1), YYYYMMDD × 100 + version
    of its name, or is 0. `notes` are sentences for whoever hands the file in.
    """

    format: str
    origin: Origin
    version: int
    understood: Understood
    curves: list[FileCurve] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def refusal(line: int, code: str, text: object = "", quantity: int = 0) -> RefusedRow:
    """Return the refusal of a line, or of a value of it, with its words."""
    why = str(WHY[code])
    if "%(" in why:
        why %= {"text": str(text).strip()[:40]}
    return RefusedRow(line, code, why, quantity)


def first_stays(curve: FileCurve) -> tuple[FileCurve, list[RefusedRow]]:
    """Return a curve in order of time, each instant once, and what was refused for that.

    Of several values of an instant the first in the file stays: an equal one counts as the same,
    another is refused as `contradicts`. A missing one says nothing against a value.
    """
    if all(map(int.__lt__, curve.starts, curve.starts[1:])):
        return curve, []
    refused: list[RefusedRow] = []
    standing: dict[int, int] = {}
    same = curve.same
    for index, start in enumerate(curve.starts):
        stands = standing.setdefault(start, index)
        if stands == index:
            continue
        value, first = curve.values[index], curve.values[stands]
        if value == first:
            same += 1
        elif first is None:
            standing[start] = index
        elif value is not None:
            refused.append(refusal(curve.lines[index], "contradicts", quantity=curve.quantity))
    order = [standing[start] for start in sorted(standing)]
    ordered = replace(
        curve,
        starts=sorted(standing),
        values=_picked(curve.values, order),
        qualities=_picked(curve.qualities, order),
        lines=_picked(curve.lines, order),
        same=same,
    )
    return ordered, refused


def _picked(items: Sequence[Item], order: list[int]) -> list[Item]:
    return [items[index] for index in order]
