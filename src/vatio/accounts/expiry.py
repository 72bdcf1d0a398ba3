"""Whether an account is active, expired, in grace, or has yet to start."""

from datetime import date, datetime, timedelta
from typing import Protocol

from django.db.models import Q

from vatio.accounts.models import AccountSet
from vatio.dates import day_at, days_at, known_time_zones

GRACE_DAYS = 30


class Covered(Protocol):
    """The days that an account covers, in its time zone, and its instant of expiry."""

    @property
    def opened_on(self) -> date | None: ...
    @property
    def covered_until(self) -> date | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def time_zone(self) -> str: ...


def is_expired(account: Covered, *, at: datetime) -> bool:
    """Return whether the account's last term has ended: true from the instant `ends_at` on."""
    return account.ends_at is not None and account.ends_at <= at


def has_started(account: Covered, *, at: datetime) -> bool:
    """Return whether the account's first term has begun, by the day in its time zone."""
    return account.opened_on is not None and account.opened_on <= day_at(at, account.time_zone)


def grace_ends_on(account: Covered) -> date | None:
    """Return the exclusive end of grace: the first day on which no readings are collected."""
    if account.covered_until is None:
        return None
    return account.covered_until + timedelta(days=GRACE_DAYS)


def collects(account: Covered, *, today: date) -> bool:
    """Return whether the account's readings are collected on a day of its time zone.

    Readings are collected from the account's first day until grace is over, whether
    the account has expired or not.
    """
    over = grace_ends_on(account)
    started = account.opened_on is not None and account.opened_on <= today
    return started and over is not None and today < over


def is_in_grace(account: Covered, *, at: datetime) -> bool:
    """Return whether the account has expired and its `GRACE_DAYS` are running."""
    over = grace_ends_on(account)
    return is_expired(account, at=at) and over is not None and day_at(at, account.time_zone) < over


def in_grace(accounts: AccountSet, *, at: datetime) -> AccountSet:
    """Return the accounts that have expired and whose `GRACE_DAYS` are running.

    At one instant there are at most three days on earth: each is compared with the
    accounts of the time zones in which it is today.
    """
    time_zones: dict[date, list[str]] = {}
    for time_zone, today in zip(known_time_zones(), days_at(at), strict=True):
        time_zones.setdefault(today, []).append(time_zone)
    runs = Q()
    for today, there in time_zones.items():
        ended_after = today - timedelta(days=GRACE_DAYS)
        runs |= Q(time_zone__in=there, covered_until__gt=ended_after)
    return accounts.filter(runs, ends_at__lte=at)
