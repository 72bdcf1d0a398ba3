"""What an account consumed lately: its last day, the month so far, 30 days, and where it goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vatio.accounts.models import Account
from vatio.analysis.comparing import Comparison, Versus
from vatio.analysis.figures import DayFigures
from vatio.consumption import account_freshness
from vatio.consumption.account_freshness import SourceFreshness
from vatio.consumption.buckets import By
from vatio.consumption.looking import Look, compared_within, look
from vatio.consumption.parts import Parted, by_site
from vatio.consumption.subjects import EnergySubject, whole_account
from vatio.dates import day_at
from vatio.readings.slots import WHOLE_DAY

ONE_DAY = timedelta(days=1)
A_WEEK = 7
LATELY = 30
"""How many days, up to yesterday, are shown day by day."""


@dataclass(frozen=True)
class Overview:
    """An account lately. `today` is the day in its time zone, which is not over.

    `lately` are the 30 days up to yesterday, and `last` the place in them of the last day with
    data: files bring a day some days later. `month` are the days of its month up to it, beside
    those of a year before by weekday and, in `against_month`, the same dates of the month before;
    so on the first of a month they are those of the month that ended. `against_week` compares
    the last day with the same weekday before, each part of the account with itself; None where that
    is before all of the days.
    """

    today: date
    subject: EnergySubject
    month: Look
    against_month: Look
    lately: Look
    last: int
    against_week: Comparison | None
    sites: Parted
    sources: list[SourceFreshness]

    @property
    def last_day(self) -> DayFigures:
        """The last day with data; yesterday where no day of the last ones has any."""
        return self.lately.days[self.last]

    @property
    def week_before(self) -> DayFigures | None:
        """The same weekday of the week before; None where it is before all of the days."""
        return self.lately.days[self.last - A_WEEK] if self.last >= A_WEEK else None

    @property
    def is_up_to_yesterday(self) -> bool:
        """Whether yesterday has data."""
        return self.last_day.day == self.today - ONE_DAY

    @property
    def come(self) -> list[DayFigures]:
        """The last days from the first reading up to the last one: what else is not missed here."""
        begun = min(self.lately.known.first_on.values(), default=self.today)
        return [each for each in self.lately.days[: self.last + 1] if each.day >= begun]


def overview(account: Account, *, at: datetime) -> Overview:
    """Return what an account consumed lately; as many statements whatever is installed."""
    today = day_at(at, account.time_zone)
    subject = whole_account(account)

    def days(since: date, until: date, versus: Versus = Versus.NOTHING) -> Look:
        return look(
            account,
            subject,
            since,
            until,
            now=at.timestamp(),
            minutes=WHOLE_DAY,
            versus=versus,
        )

    lately = days(today - LATELY * ONE_DAY, today)
    with_data = (place for place, each in enumerate(lately.days) if each.present)
    last = max(with_data, default=LATELY - 1)
    last_day = lately.days[last].day
    first = last_day.replace(day=1)
    return Overview(
        today=today,
        subject=subject,
        month=days(first, last_day + ONE_DAY, Versus.WEEKDAY),
        against_month=days(first, last_day + ONE_DAY, Versus.MONTH),
        lately=lately,
        last=last,
        against_week=_against_week(lately, last),
        sites=by_site(account, lately, By.MONTH),
        sources=account_freshness.sources(account, at=at),
    )


def _against_week(lately: Look, last: int) -> Comparison | None:
    if last < A_WEEK:
        return None
    return compared_within(lately, lately.days[last].day, lately.days[last - A_WEEK].day)
