"""Asks for another year of several accounts at once, and says of each what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.orders.submitting import submit_renewal
from vatio.refusal import Refused
from vatio.tenants.models import Person


@dataclass(frozen=True)
class Outcome:
    """What became of one account: its order, or why there is none."""

    account: Account
    order: Order | None
    refused: Refused | None


def renew_several(
    asked: Sequence[tuple[Account, date]], *, by: Person, at: datetime
) -> list[Outcome]:
    """Ask to renew each account, with the end that the page showed of it.

    Each stands for itself: one that is refused takes none of the others back.
    """
    return [_renew(account, shown_end, by=by, at=at) for account, shown_end in asked]


def _renew(account: Account, shown_end: date, *, by: Person, at: datetime) -> Outcome:
    try:
        order = submit_renewal(account, shown_end=shown_end, by=by, at=at)
    except Refused as refused:
        return Outcome(account, None, refused)
    return Outcome(account, order, None)
