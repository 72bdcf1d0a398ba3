"""Computes how many accounts end in each of twelve months, from the current month on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from vatio.dates import add_months
from vatio.orders.renewals import Ending, Standing

HOW_MANY = 12
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Month:
    """A month, and how many accounts end in it, by their standing."""

    first: date
    counts: Mapping[Standing, int]

    @property
    def key(self) -> str:
        """The month as written in the URL, in ISO 8601: 2026-12."""
        return f"{self.first:%Y-%m}"

    @property
    def after(self) -> date:
        """The first day of the following month."""
        return add_months(self.first, 1, anchor_day=1)

    @property
    def total(self) -> int:
        """How many accounts end in the month."""
        return sum(self.counts.values())

    @property
    def renewed_percent(self) -> int:
        """The percentage of the month's accounts that are renewed, rounded."""
        return _percent(self.counts.get(Standing.RENEWED, 0), self.total)


@dataclass(frozen=True)
class Outlook:
    """The months ahead, their sums, and how many accounts end soon.

    `soon` counts the accounts that end after today and up to `soon_until`, included.
    """

    months: list[Month]
    all: Month
    soon: int
    soon_until: date
    undecided_and_over: int
    """How many of the undecided accounts have ended already, today included."""

    def month(self, key: str) -> Month | None:
        """Return the month ahead that has a key; None if no month has it."""
        return next((month for month in self.months if month.key == key), None)


def span(today: date) -> tuple[date, date]:
    """Return the half-open interval of the months ahead: first day, and the day after the last."""
    first = today.replace(day=1)
    return first, add_months(first, HOW_MANY, anchor_day=1)


def outlook(endings: Iterable[Ending], *, today: date) -> Outlook:
    """Compute the months ahead from the endings within `span`."""
    first, _until = span(today)
    firsts = [add_months(first, place, anchor_day=1) for place in range(HOW_MANY)]
    sums: dict[date, dict[Standing, int]] = {day: {} for day in firsts}
    whole: dict[Standing, int] = {}
    soon = over = 0
    for ending in endings:
        for counts in (sums[ending.on.replace(day=1)], whole):
            counts[ending.standing] = counts.get(ending.standing, 0) + ending.accounts
        if today < ending.on <= today + SOON:
            soon += ending.accounts
        if ending.on <= today and ending.standing == Standing.UNDECIDED:
            over += ending.accounts
    months = [Month(day, counts) for day, counts in sums.items()]
    return Outlook(
        months=months,
        all=Month(first, whole),
        soon=soon,
        soon_until=today + SOON,
        undecided_and_over=over,
    )


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
