"""The step chart of an account's SMS credits: the balance at the end of each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from vatio.accounts.sms_movements import DayBalance
from vatio.dates import written
from vatio.formats import joined, number

LEFT, RIGHT, TOP, BOTTOM = 56.0, 788.0, 40.0, 196.0
ROOM_FOR_WORDS = 64.0
"""Width of the label of a day; a label without room is left out (the table has the figure)."""

MOST_TOLD = 6


@dataclass(frozen=True)
class BalanceKnot:
    """A day on which credits were agreed, and the balance then; no words where there is no room."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class BalancePicture:
    """Everything that the template draws, in the coordinates of the SVG."""

    path: str
    knots: list[BalanceKnot]
    grid: list[tuple[float, int]]
    first: date
    last: date
    told: str


def draw(balances: Sequence[DayBalance], *, today: date) -> BalancePicture | None:
    """Compute the chart of a balance until the end of today; None where nothing ever moved."""
    if not balances:
        return None
    first, last = balances[0].day, max(today, balances[-1].day)
    days = (last - first).days + 1
    ceiling = _ceiling(max(each.balance for each in balances))

    def across(day: date, after: int = 0) -> float:
        return round(LEFT + (RIGHT - LEFT) * ((day - first).days + after) / days, 1)

    def up(balance: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * balance / ceiling, 1)

    path = f"M{LEFT} {up(balances[0].balance)}"
    for each in balances[1:]:
        path += f"H{across(each.day)}V{up(each.balance)}"
    path += f"H{across(last, 1)}"
    agreed = [each for each in balances if each.is_agreed]
    return BalancePicture(
        path=path,
        knots=_knots([(across(each.day), up(each.balance), each.balance) for each in agreed]),
        grid=[(up(value), value) for value in (0, ceiling // 2, ceiling)],
        first=first,
        last=last,
        told=_told(balances, agreed),
    )


def _knots(places: Sequence[tuple[float, float, int]]) -> list[BalanceKnot]:
    """Return the knots, each with its label if no other stands close on its right."""
    knots = []
    for place, (x, y, balance) in enumerate(places):
        following = places[place + 1][0] if place + 1 < len(places) else RIGHT
        knots.append(BalanceKnot(x, y, number(balance) if following - x >= ROOM_FOR_WORDS else ""))
    return knots


def _ceiling(most: int) -> int:
    """Return a round, even number not below the highest balance."""
    step = 2
    while step * 5 < most:
        step *= 5 if str(step)[0] == "2" else 2
    return max(-(-most // step) * step, 2)


def _told(balances: Sequence[DayBalance], agreed: Sequence[DayBalance]) -> str:
    """Return in words what the chart shows: the latest days of purchase, and the balance now."""
    parts = [
        _("%(balance)s on %(day)s") % {"balance": number(each.balance), "day": written(each.day)}
        for each in agreed[-MOST_TOLD:]
    ]
    said = {"steps": joined(parts), "balance": number(balances[-1].balance)}
    if not parts:
        return _("SMS credits: %(balance)s now.") % said
    return _("SMS credits after each purchase: %(steps)s; %(balance)s now.") % said
