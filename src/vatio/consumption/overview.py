"""What an account consumed lately: yesterday, this month so far, 30 days, and where it goes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vatio.accounts.models import Account
from vatio.analysis.comparing import Versus
from vatio.analysis.figures import DayFigures
from vatio.consumption.buckets import By
from vatio.consumption.freshness import SourceFreshness, sources
from vatio.consumption.looking import Look, look
from vatio.consumption.parts import Parted, by_site
from vatio.consumption.subjects import EnergySubject, whole_account
from vatio.dates import day_at
from vatio.readings.slots import WHOLE_DAY

ONE_DAY = timedelta(days=1)
LATELY = 30
"""How many days, up to yesterday, are shown day by day."""


@dataclass(frozen=True)
class Overview:
    """An account lately. `today` is the day in its time zone, which is not over.

    `lately` are the 30 days up to yesterday. `month` are the days of the month up to yesterday,
    beside those of a year before by weekday and, in `against_month`, the same dates of last month;
    on the first of a month they are those of the month that ended.
    """

    today: date
    subject: EnergySubject
    month: Look
    against_month: Look
    lately: Look
    sites: Parted
    sources: list[SourceFreshness]

    @property
    def yesterday(self) -> DayFigures:
        """Yesterday."""
        return self.lately.days[-1]

    @property
    def week_before(self) -> DayFigures:
        """The same weekday of the week before."""
        return self.lately.days[-8]


def overview(account: Account, *, at: datetime) -> Overview:
    """Return what an account consumed lately; as many statements whatever is installed."""
    today = day_at(at, account.time_zone)
    subject = whole_account(account)
    first = (today - ONE_DAY).replace(day=1)

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
    return Overview(
        today=today,
        subject=subject,
        month=days(first, today, Versus.WEEKDAY),
        against_month=days(first, today, Versus.MONTH),
        lately=lately,
        sites=by_site(account, lately, By.MONTH),
        sources=sources(account, at=at),
    )
