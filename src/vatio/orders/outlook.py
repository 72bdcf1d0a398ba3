"""The twelve months from the one that runs, and how many accounts end in each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from vatio.dates import add_months
from vatio.orders.renewals import Ending, Standing

HOW_MANY = 12
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Month:
    """A month, and how many accounts end in it, by what is known of them."""

    first: date
    counts: Mapping[Standing, int]

    @property
    def key(self) -> str:
        """The month as the address says it: 2026-12."""
        return f"{self.first:%Y-%m}"

    @property
    def after(self) -> date:
        """The first day of the month that follows."""
        return add_months(self.first, 1, anchor_day=1)

    @property
    def total(self) -> int:
        """How many accounts end in it."""
        return sum(self.counts.values())

    @property
    def renewed_percent(self) -> int:
        """How many of a hundred are renewed."""
        return _percent(self.counts.get(Standing.RENEWED, 0), self.total)


@dataclass(frozen=True)
class Outlook:
    """The months ahead, their sums, and what of them is near."""

    months: list[Month]
    all: Month
    soon: int
    soon_until: date
    undecided_and_over: int
    """Of those undecided in the month that runs, how many have ended already."""

    def month(self, key: str) -> Month | None:
        """Return the month ahead that has this key; None if none has."""
        return next((month for month in self.months if month.key == key), None)


def span(today: date) -> tuple[date, date]:
    """Return the first day of the months ahead, and the day after their last."""
    first = today.replace(day=1)
    return first, add_months(first, HOW_MANY, anchor_day=1)


def outlook(endings: Iterable[Ending], *, today: date) -> Outlook:
    """Compute the months ahead from the endings of each of their days."""
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
