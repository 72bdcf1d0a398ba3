"""What «Cartera» says of an account: this month, against last year, yesterday, how fresh it is.

Last year is 364 days before, so that each day is beside one of the same weekday. Both sides are
cut alike: what was not read yet a year ago is left out of both, and of the rest only days that
are whole on both sides count. A day is whole where every data point that counts on it has all its
values.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import or_

from vatio.consumption.account_freshness import NEVER, Freshness
from vatio.consumption.portfolio.months import AccountDays
from vatio.metering.quantities import QUANTITIES
from vatio.readings.months import month_of
from vatio.readings.slots import ONE_DAY, local_day
from vatio.readings.stretches import ACTIVE_ENERGY

YEAR = 364 * ONE_DAY
"""52 weeks: the day a year before that is of the same weekday."""

KWH = QUANTITIES[ACTIVE_ENERGY].factor


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """The figures of an account, or of several together; energies are in kWh, None for none.

    `month` is from the first day of the month up to and including today, as far as there are
    readings. `compared` and `before` are those of the `days` that are whole in both years, of
    the whole days of this month; `left_out` counts the others. `lacking` are the days of the month
    before today, and `yesterday_lacks` says it of yesterday, on which something is missing of what
    had a reading before. `open_alerts` counts the episodes of alerts that are open.
    """

    month: float | None = None
    yesterday: float | None = None
    compared: float = 0
    before: float = 0
    days: int = 0
    left_out: int = 0
    lacking: int = 0
    yesterday_lacks: bool = False
    freshness: Freshness = NEVER
    open_alerts: int = 0

    @property
    def change(self) -> float | None:
        """The change against last year as a share of it; None where nothing can be compared."""
        return (self.compared - self.before) / self.before if self.before > 0 else None

    @property
    def percent(self) -> int | None:
        """The change in whole per cent."""
        return None if self.change is None else round(self.change * 100)


def spans_of(today: date) -> list[tuple[date, date]]:
    """Return the days that the figures need, both ends included."""
    first, yesterday = month_of(today), today - ONE_DAY
    spans = [(min(first, yesterday), today)]
    if first <= yesterday:
        spans.append((first - YEAR, yesterday - YEAR))
    return spans


def figures(own: AccountDays, *, today: date, time_zone: str) -> AccountFigures:
    """Compute the figures of an account from its days.

    :param today: the day at the account.
    :param time_zone: that of the account; a supply point without a meter has no other.
    """
    first, yesterday = month_of(today), today - ONE_DAY
    read = _Days(own, time_zone)
    so_far = [read.energy(first + n * ONE_DAY) for n in range((today - first).days + 1)]
    compared = before = 0.0
    days = left_out = 0
    for number in range((today - first).days):
        day = first + number * ONE_DAY
        now, then = read.whole(day), read.whole(day - YEAR)
        if now is None or then is None:
            left_out += 1
            continue
        compared, before, days = compared + now, before + then, days + 1
    return AccountFigures(
        month=_sum(so_far),
        yesterday=_in_kwh(read.energy(yesterday)),
        compared=compared / KWH,
        before=before / KWH,
        days=days,
        left_out=left_out,
        lacking=sum(read.lacks(first + n * ONE_DAY) for n in range((today - first).days)),
        yesterday_lacks=read.lacks(yesterday),
        freshness=own.freshness,
        open_alerts=own.counted,
    )


def together(all_figures: Iterable[AccountFigures]) -> AccountFigures:
    """Add up the figures of accounts: the change is that of those that can be compared."""
    own = list(all_figures)
    months = [each.month for each in own if each.month is not None]
    yesterdays = [each.yesterday for each in own if each.yesterday is not None]
    with_change = [each for each in own if each.change is not None]
    moments = [each.freshness.last_at for each in own if each.freshness.last_at]
    return AccountFigures(
        month=sum(months) if months else None,
        yesterday=sum(yesterdays) if yesterdays else None,
        compared=sum(each.compared for each in with_change),
        before=sum(each.before for each in with_change),
        days=max((each.days for each in with_change), default=0),
        left_out=sum(each.left_out for each in with_change),
        lacking=sum(each.lacking for each in own),
        yesterday_lacks=any(each.yesterday_lacks for each in own),
        freshness=Freshness(
            max(moments, default=None),
            sum(each.freshness.expected for each in own),
            sum(each.freshness.late for each in own),
        ),
        open_alerts=sum(each.open_alerts for each in own),
    )


class _Days:
    """The days of an account, each month of them added up once, whatever the time zones."""

    def __init__(self, own: AccountDays, time_zone: str) -> None:
        self._own, self._time_zone = own, time_zone
        self._months: dict[date, _Month] = {}

    def energy(self, day: date) -> float | None:
        """Return what there is of a day, in base units; None if there is nothing."""
        return self._month(month_of(day)).totals[day.day - 1]

    def whole(self, day: date) -> float | None:
        """Return the energy to compare of a day that is whole, in base units; else None."""
        month = self._month(month_of(day))
        return month.compared[day.day - 1] if month.are_whole[day.day - 1] else None

    def lacks(self, day: date) -> bool:
        """Return whether something is missing of a day."""
        return self._month(month_of(day)).lacks[day.day - 1]

    def _month(self, month: date) -> "_Month":
        if month not in self._months:
            self._months[month] = self._added(month)
        return self._months[month]

    def _added(self, month: date) -> "_Month":
        made = _Month()
        for each in self._own.months.get(month, ()):
            made.totals = _both(made.totals, each.totals)
            lengths = minutes_of(month, each.time_zone or self._time_zone)
            short = [known < length for known, length in zip(each.covered, lengths, strict=True)]
            made.lacks = list(map(or_, made.lacks, short))
            if each.is_compared:
                made.compared = _both(made.compared, each.totals)
                made.are_whole = [
                    known and not lacks for known, lacks in zip(made.are_whole, short, strict=True)
                ]
        return made


@dataclass(slots=True)
class _Month:
    """The days of a month of an account: all that there is, and what is compared of it.

    `are_whole` is said of what is compared, `lacks` of all.
    """

    totals: list[float | None] = field(default_factory=lambda: [None] * 31)
    compared: list[float | None] = field(default_factory=lambda: [None] * 31)
    are_whole: list[bool] = field(default_factory=lambda: [True] * 31)
    lacks: list[bool] = field(default_factory=lambda: [False] * 31)


def _both(one: list[float | None], other: list[float | None]) -> list[float | None]:
    return [
        new if old is None else old if new is None else old + new
        for old, new in zip(one, other, strict=True)
    ]


@lru_cache(maxsize=1_000)
def minutes_of(month: date, time_zone: str) -> tuple[int, ...]:
    """Return how long the 31 local days from the first of a month on are, in minutes.

    A day on which clocks change by an hour has 1,380 or 1,500.
    """
    days = [local_day(month + number * ONE_DAY, time_zone) for number in range(31)]
    return tuple((each.ends - each.begins) // 60 for each in days)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return _in_kwh(sum(known)) if known else None


def _in_kwh(value: float | None) -> float | None:
    return None if value is None else value / KWH
