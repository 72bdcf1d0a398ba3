"""The bar chart of the renewals ahead: a bar for each month, stacked by standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vatio.dates import written_month
from vatio.formats import joined, number
from vatio.orders.outlook import Month
from vatio.orders.renewals import Standing

LEFT, RIGHT, TOP, BASE = 48.0, 960.0, 34.0, 226.0
WIDTH = 46.0
LINES = 4
LOOKS = {
    Standing.RENEWED: "part-renewed",
    Standing.ASKED: "part-asked",
    Standing.LEAVING: "part-leaving",
    Standing.UNDECIDED: "part-undecided",
}
"""The CSS class of each part, from the foot of a bar upwards."""

URGENT = "part-urgent"
"""The CSS class of the undecided renewals of the current month."""


@dataclass(frozen=True)
class Part:
    """A part of a bar: its CSS class (`look`), its top and its height."""

    look: str
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """The bar of a month: its parts from the foot upwards, the total above, the labels below."""

    x: float
    top: float
    total: int
    month: str
    year: str
    parts: list[Part]

    @property
    def middle(self) -> float:
        """The x coordinate on which the labels are centred."""
        return self.x + WIDTH / 2


@dataclass(frozen=True)
class Drawing:
    """Everything that the template draws, in the coordinates of the SVG, and the same in words."""

    bars: list[Bar]
    grid: list[tuple[float, int]]
    told: str


def draw(months: Sequence[Month]) -> Drawing:
    """Compute the chart of the months; the first month is the current one."""
    ceiling = _ceiling(max((month.total for month in months), default=0))
    step = (RIGHT - LEFT) / len(months)
    bars = [
        _bar(month, LEFT + step * (place + 0.5) - WIDTH / 2, ceiling, is_first=place == 0)
        for place, month in enumerate(months)
    ]
    values = range(0, ceiling + 1, ceiling // LINES)
    return Drawing(bars, [(_up(value, ceiling), value) for value in values], _told(months))


def _bar(month: Month, x: float, ceiling: int, *, is_first: bool) -> Bar:
    parts, below = [], 0
    for standing, look in LOOKS.items():
        accounts = month.counts.get(standing, 0)
        if accounts:
            top, foot = _up(below + accounts, ceiling), _up(below, ceiling)
            is_urgent = is_first and standing == Standing.UNDECIDED
            parts.append(Part(URGENT if is_urgent else look, top, round(foot - top, 1)))
        below += accounts
    first = month.first
    return Bar(
        x=round(x, 1),
        top=_up(below, ceiling),
        total=below,
        month=_named(first, "LLL"),
        year=str(first.year) if is_first or first.month == 1 else "",
        parts=parts,
    )


def _up(value: int, ceiling: int) -> float:
    return round(BASE - (BASE - TOP) * value / ceiling, 1)


def _ceiling(most: int) -> int:
    """Return a round number, not below the highest total, that the grid's lines divide evenly."""
    step, tens = LINES, 1
    while step < most:
        step = next((LINES * tens * n for n in (1, 2, 5) if LINES * tens * n >= most), step)
        tens *= 10
    return step


def _named(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=get_language() or "es")


def _told(months: Sequence[Month]) -> str:
    """Return in words what the chart shows."""
    said = joined(f"{written_month(month.first)} {number(month.total)}" for month in months)
    return _("Accounts that end in each month: %(months)s. The table has the figures.") % {
        "months": said
    }
