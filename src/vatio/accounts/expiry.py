"""Whether an account is active, expired, in grace, or has yet to start."""

from datetime import date, datetime, timedelta

from vatio.accounts.models import Account
from vatio.dates import day_at

GRACE_DAYS = 30


def is_expired(account: Account, *, at: datetime) -> bool:
    """Tell whether the account's last term has ended: from the first instant of its end's day."""
    return account.ends_at is not None and account.ends_at <= at


def has_started(account: Account, *, at: datetime) -> bool:
    """Tell whether the account's first term has begun."""
    return account.opened_on is not None and account.opened_on <= day_at(at, account.time_zone)


def grace_ends_on(account: Account) -> date | None:
    """Tell the day on which grace is over: readings are collected up to, not including, it."""
    if account.covered_until is None:
        return None
    return account.covered_until + timedelta(days=GRACE_DAYS)


def collects(account: Account, *, today: date) -> bool:
    """Tell whether the account's readings are collected on a day of its zone.

    They are from its first day until grace is over, whether it has expired or not.
    """
    over = grace_ends_on(account)
    started = account.opened_on is not None and account.opened_on <= today
    return started and over is not None and today < over


def is_in_grace(account: Account, *, at: datetime) -> bool:
    """Tell whether the account has expired and its 30 days of grace are running."""
    over = grace_ends_on(account)
    return is_expired(account, at=at) and over is not None and day_at(at, account.time_zone) < over
