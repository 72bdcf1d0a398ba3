"""What moved in a wallet and what for, and how much was in it day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, Sum

from vatio.accounts.models import Account, SmsTransaction
from vatio.notifications.models import Message

BY_DAY = """
SELECT (at AT TIME ZONE %(time_zone)s)::date AS day, sum(credits)::int, count(*) FILTER (
    WHERE kind IN ('bought', 'imported', 'adjusted'))
FROM accounts_smstransaction WHERE account_id = %(account)s
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Movement:
    """A transaction, the balance after it, and the text that it was for, if for one."""

    transaction: SmsTransaction
    balance: int
    message: Message | None


@dataclass(frozen=True)
class DayBalance:
    """The balance at the end of a day on which it changed, and whether credits were agreed then."""

    day: date
    balance: int
    is_agreed: bool


def movements(transactions: Sequence[SmsTransaction]) -> list[Movement]:
    """Return what some transactions of one account were for, given the latest first, no gaps.

    Two statements, however many there are.
    """
    if not transactions:
        return []
    latest = transactions[0]
    before = Q(at__lt=latest.at) | Q(at=latest.at, id__lte=latest.pk)
    own = SmsTransaction.objects.filter(before, account=latest.account_id)
    balance = int(own.aggregate(sum=Sum("credits", default=0))["sum"])
    keys = [each.message_id for each in transactions if each.message_id is not None]
    texts = Message.objects.filter(account_id=latest.account_id).select_related("person")
    found = texts.in_bulk(keys)
    told = []
    for each in transactions:
        told.append(Movement(each, balance, found.get(each.message_id or 0)))
        balance -= each.credits
    return told


def balances(account: Account) -> list[DayBalance]:
    """Return an account's balance at the end of each day of its zone on which it changed."""
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, {"account": account.pk, "time_zone": account.time_zone})
        rows = cursor.fetchall()
    told, balance = [], 0
    for day, credits, agreed in rows:
        balance += credits
        told.append(DayBalance(day, balance, bool(agreed)))
    return told


def spent_between(
    accounts: Sequence[int], since: datetime, until: datetime
) -> dict[int, tuple[int, int]]:
    """Return the credits that some accounts spent in `[since, until)`, and those returned."""
    own = SmsTransaction.objects.filter(
        account__in=accounts, message_id__isnull=False, at__gte=since, at__lt=until
    )
    rows = own.values("account_id").annotate(
        spent=Sum("credits", filter=Q(kind="spent"), default=0),
        returned=Sum("credits", filter=Q(kind="returned"), default=0),
    )
    return {row["account_id"]: (-row["spent"], row["returned"]) for row in rows}
