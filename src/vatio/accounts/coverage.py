"""Writes on the account what its terms say: opened when, covered until when, in which instant."""

from datetime import date, datetime
from typing import TypedDict

from vatio.accounts.models import Account, Term
from vatio.dates import start_of


class Columns(TypedDict):
    """What an account repeats of its terms."""

    opened_on: date
    covered_until: date
    ends_at: datetime


def columns(opened_on: date, covered_until: date, time_zone: str) -> Columns:
    """Give the account's columns for a first day and an end, in its zone."""
    return {
        "opened_on": opened_on,
        "covered_until": covered_until,
        "ends_at": start_of(covered_until, time_zone),
    }


def extend(account: Account, *, until: date) -> None:
    """Repeat on the account that a term was added behind all others."""
    if account.opened_on is None:
        raise AssertionError("only an account that was opened has a term to follow")
    for column, value in columns(account.opened_on, until, account.time_zone).items():
        setattr(account, column, value)
    account.save(update_fields=["covered_until", "ends_at"])


def write(account: Account) -> None:
    """Repeat the terms on the account, after every change of terms or of zone.

    `covered_until` is the end of the last term that covers any day; a renewal
    closed on its first day held nothing, and does not count.
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
