"""Writes the copies of what an account's terms say: first day, last end, what is held now."""

from datetime import date, datetime
from typing import TypedDict

from vatio.accounts import current_holdings
from vatio.accounts.models import Account, Term
from vatio.dates import start_of


class Columns(TypedDict):
    """The columns of an account that are derived from its terms."""

    opened_on: date
    covered_until: date
    ends_at: datetime


def columns(opened_on: date, covered_until: date, time_zone: str) -> Columns:
    """Compute the derived columns from a first day and an exclusive end, in the time zone."""
    return {
        "opened_on": opened_on,
        "covered_until": covered_until,
        "ends_at": start_of(covered_until, time_zone),
    }


def extend(account: Account, *, until: date, at: datetime) -> None:
    """Write the account's derived columns after a term was added behind all others."""
    if account.opened_on is None:
        raise AssertionError("only an account that was opened has a term to follow")
    for column, value in columns(account.opened_on, until, account.time_zone).items():
        setattr(account, column, value)
    account.save(update_fields=["covered_until", "ends_at"])
    current_holdings.write([account], at=at)


def write(account: Account, *, at: datetime) -> None:
    """Write the account's derived columns after any change of its terms or time zone.

    `covered_until` is the exclusive end of the last term that covers any day; a
    renewal closed on its first day covers none, and does not count.
    """
    terms = Term.objects.filter(account=account, cancelled_at__isnull=True).values_list(
        "starts_on", "ends_on", "closed_on"
    )
    lived = [(starts, closed or ends) for starts, ends, closed in terms]
    if not lived:
        return
    opened_on = min(start for start, _ in lived)
    ends = [end for start, end in lived if end > start]
    for column, value in columns(
        opened_on, max(ends, default=opened_on), account.time_zone
    ).items():
        setattr(account, column, value)
    account.save(update_fields=["opened_on", "covered_until", "ends_at"])
    current_holdings.write([account], at=at)
