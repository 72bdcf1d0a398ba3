"""Spends SMS credits on messages, and gives back those of messages that never left.

Credits are spent when a message is queued, before anybody tries to send it: a message that leaves
has been paid for, whatever dies on the way. They are given back once, in the transaction that
settles the message as one that certainly did not leave; nothing is given back for a message whose
outcome is unknown.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from vatio.accounts.models import Account, SmsTransaction, SmsWallet
from vatio.accounts.wallet import NotEnoughCredits
from vatio.notifications.queueing import queue_to_leaders

FEW = 20
"""The percentage of what was last added at which the SuperAdministrators are told."""

SPEND = """
WITH own AS (
    UPDATE accounts_smswallet SET balance = balance - %(credits)s
    WHERE account_id = %(account)s AND balance >= %(credits)s
    RETURNING account_id, organisation_id, balance, last_added, told_step
), written AS (
    INSERT INTO accounts_smstransaction
        (account_id, organisation_id, key, kind, credits, at, message_id)
    SELECT account_id, organisation_id, 'sms:' || %(message)s, 'spent', -%(credits)s::int, %(at)s,
           %(message)s
    FROM own
)
SELECT * FROM own
"""

LOCK = """
SELECT account_id, organisation_id, balance, last_added, told_step FROM accounts_smswallet
WHERE account_id = ANY (%(accounts)s::bigint[]) ORDER BY account_id FOR UPDATE
"""

# The wallets are locked by the statement before: a snapshot taken in the statement that waits for
# a lock would be older than the lock. Messages are paid for in their order, up to the first that
# costs more than is left.
SPEND_ALL = """
WITH asked AS (
    SELECT *, sum(credits) OVER (PARTITION BY account_id ORDER BY place) AS so_far
    FROM unnest(%(accounts)s::bigint[], %(messages)s::bigint[], %(credits)s::int[])
         WITH ORDINALITY AS asked (account_id, message_id, credits, place)
), paid AS (
    SELECT asked.*, own.organisation_id FROM asked
    JOIN accounts_smswallet own USING (account_id) WHERE asked.so_far <= own.balance
), written AS (
    INSERT INTO accounts_smstransaction
        (account_id, organisation_id, key, kind, credits, at, message_id)
    SELECT account_id, organisation_id, 'sms:' || message_id, 'spent', -credits, %(at)s, message_id
    FROM paid ORDER BY place
), taken AS (
    UPDATE accounts_smswallet own SET balance = own.balance - total.credits
    FROM (SELECT account_id, max(so_far) AS credits FROM paid GROUP BY account_id) AS total
    WHERE own.account_id = total.account_id
)
SELECT message_id FROM paid
"""

GIVE_BACK = """
WITH spent AS (
    SELECT account_id, organisation_id, message_id, -credits AS credits
    FROM accounts_smstransaction WHERE key = ANY (%(keys)s::text[])
), written AS (
    INSERT INTO accounts_smstransaction
        (account_id, organisation_id, key, kind, credits, at, message_id)
    SELECT account_id, organisation_id, 'sms:' || message_id || ':returned', 'returned', credits,
           %(at)s, message_id
    FROM spent ORDER BY message_id
    ON CONFLICT (key) DO NOTHING
    RETURNING account_id, credits
), returned AS (
    UPDATE accounts_smswallet own SET balance = own.balance + total.credits
    FROM (SELECT account_id, sum(credits)::int AS credits FROM written GROUP BY account_id) AS total
    WHERE own.account_id = total.account_id
)
SELECT coalesce(sum(credits), 0)::int FROM written
"""


@dataclass(frozen=True)
class Cost:
    """What a message costs its account: a credit for each segment."""

    account_id: int
    message_id: int
    credits: int


class LockedWallet(NamedTuple):
    """A wallet's row, as a statement that locked it left it."""

    account_id: int
    organisation_id: int
    balance: int
    last_added: int
    told_step: int


def reserve(cost: Cost, *, at: datetime) -> None:
    """Spend the credits of one message, in one conditional statement, atomic by itself.

    A message is paid for once: a second time raises IntegrityError, and spends nothing.

    :raises NotEnoughCredits: if the wallet holds fewer; then nothing is spent, nor told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SPEND,
            {
                "account": cost.account_id,
                "message": cost.message_id,
                "credits": cost.credits,
                "at": at,
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise NotEnoughCredits(_("The account has no SMS credits left for this."))
    _tell_if_new(LockedWallet._make(row), is_short=False, at=at)


@transaction.atomic
def reserve_all(costs: Sequence[Cost], *, at: datetime) -> set[int]:
    """Spend the credits of many messages at once; return the keys of those that are paid for.

    Of each account messages are paid for in the order given, up to the first that costs more
    than is left: the others are not to be sent, and its SuperAdministrators learn so, once.
    """
    if not costs:
        return set()
    accounts = sorted({cost.account_id for cost in costs})
    asked: dict[str, Any] = {
        "accounts": [cost.account_id for cost in costs],
        "messages": [cost.message_id for cost in costs],
        "credits": [cost.credits for cost in costs],
        "at": at,
    }
    locked = lock_wallets(accounts)
    with connection.cursor() as cursor:
        cursor.execute(SPEND_ALL, asked)
        paid = {message for (message,) in cursor.fetchall()}
    spent: Counter[int] = Counter()
    for cost in costs:
        spent[cost.account_id] += cost.credits if cost.message_id in paid else 0
    short = {cost.account_id for cost in costs if cost.message_id not in paid}
    for before in locked:
        left = before._replace(balance=before.balance - spent[before.account_id])
        _tell_if_new(left, is_short=left.account_id in short, at=at)
    return paid


def lock_wallets(accounts: Sequence[int]) -> list[LockedWallet]:
    """Lock the wallets of some accounts until the transaction ends, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"accounts": list(accounts)})
        return [LockedWallet._make(row) for row in cursor.fetchall()]


@transaction.atomic
def give_back(messages: Iterable[int], *, at: datetime) -> int:
    """Return to their wallets the credits of messages that never left; return how many.

    A message that was not paid for, or whose credits were given back before, returns nothing.
    The wallets of several accounts are locked in the order of the accounts.
    """
    keys = [f"sms:{message}" for message in messages]
    if len(keys) > 1:
        spent = SmsTransaction.objects.filter(key__in=keys)
        lock_wallets(sorted(set(spent.values_list("account_id", flat=True))))
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, {"keys": keys, "at": at})
        (returned,) = cursor.fetchone()
    return int(returned)


def _tell_if_new(left: LockedWallet, *, is_short: bool, at: datetime) -> None:
    step = _step(left, is_short=is_short)
    if step > left.told_step:
        _tell(left, step, is_short=is_short, at=at)


@transaction.atomic
def _tell(left: LockedWallet, step: int, *, is_short: bool, at: datetime) -> None:
    """Tell the SuperAdministrators that few credits are left, or none, once after each purchase.

    Two who cross a step at once tell it once: the update of one finds it told.
    """
    own = SmsWallet.objects.filter(account=left.account_id)
    if not own.filter(told_step__lt=step).update(told_step=step, tellings=F("tellings") + 1):
        return
    account = Account.objects.select_related("organisation").get(pk=left.account_id)
    queue_to_leaders(
        "sms_credits",
        account.organisation,
        key=f"sms_credits:{account.pk}:{own.get().tellings}",
        context={
            "account": account.name,
            "balance": left.balance,
            "is_short": is_short,
            "path": f"/accounts/{account.uid}/expand/",
        },
        at=at,
        account_id=account.pk,
    )


def _step(left: LockedWallet, *, is_short: bool) -> int:
    if is_short or left.balance == 0:
        return 2
    return 1 if left.balance * 100 <= left.last_added * FEW else 0
