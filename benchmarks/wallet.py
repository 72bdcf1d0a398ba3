"""SMS credits: spent one by one and by storms, returned, and spent by many at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from django.db import connection, transaction

from benchmarks.ground import filling, measuring, platform
from vatio.accounts import wallet
from vatio.accounts.models import Account, SmsWallet
from vatio.accounts.sms_spending import Cost, give_back, reserve, reserve_all

PLENTY = 10_000_000
THREADS = 8
STORM = 100
FEW = 30
"""How many credits there are where more threads than credits spend at once."""

messages = count(1)


def fill(accounts: list[Account], credits: int) -> None:
    """Put so many credits in each wallet, as one purchase of before."""
    ids = [account.pk for account in accounts]
    for account_id in ids:
        wallet.repair(account_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_smstransaction"
            " (account_id, organisation_id, key, kind, credits, at)"
            " SELECT account_id, organisation_id, 'filled:' || account_id, 'adjusted',"
            " %(credits)s - balance, %(at)s FROM accounts_smswallet"
            " WHERE account_id = ANY (%(ids)s)",
            {"credits": credits, "at": filling.NOW, "ids": ids},
        )
        SmsWallet.objects.filter(account__in=ids).update(balance=credits, last_added=credits)


def measure_one(account: Account, *, times: int) -> dict[str, dict[str, object]]:
    """Measure a credit spent, a storm, and one returned, beside the least that each could be."""

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT balance FROM accounts_smswallet WHERE account_id = %s", [account.pk]
            )
            cursor.fetchone()

    def count_down() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_smswallet SET balance = balance WHERE account_id = %s",
                [account.pk],
            )

    def spend() -> None:
        reserve(Cost(account.pk, next(messages), 1), at=filling.NOW)

    def storm() -> None:
        reserve_all([Cost(account.pk, next(messages), 1) for _each in range(STORM)], at=filling.NOW)

    def spend_and_return() -> None:
        own = Cost(account.pk, next(messages), 1)
        reserve(own, at=filling.NOW)
        give_back([own.message_id], at=filling.NOW)

    actions: dict[str, Callable[[], None]] = {
        "a balance read": read,
        "a row changed": count_down,
        "a credit spent": spend,
        "a storm of 100": storm,
        "a credit spent and returned": spend_and_return,
    }
    timings = measuring.side_by_side(actions, times=times, warm=20, digits=3)
    return {
        name: {"statements": measuring.statements(action), **timings[name]}
        for name, action in actions.items()
    }


def by_many(accounts: list[Account], *, seconds: float, size: int) -> dict[str, object]:
    """Spend in some threads for a while, each on its accounts in turn; return credits a second."""
    spent = [0] * THREADS
    start = threading.Barrier(THREADS)
    before = sum(SmsWallet.objects.filter(account__in=accounts).values_list("balance", flat=True))

    def spend(number: int) -> None:
        connection.ensure_connection()
        start.wait()
        until = time.perf_counter() + seconds
        place = number
        while time.perf_counter() < until:
            account = accounts[place % len(accounts)].pk
            place += THREADS
            if size == 1:
                reserve(Cost(account, next(messages), 1), at=filling.NOW)
            else:
                costs = [Cost(account, next(messages), 1) for _each in range(size)]
                reserve_all(costs, at=filling.NOW)
            spent[number] += size
        connection.close()

    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(spend, range(THREADS)))
    lasted = time.perf_counter() - begun
    after = sum(SmsWallet.objects.filter(account__in=accounts).values_list("balance", flat=True))
    return {
        "threads": THREADS,
        "accounts": len(accounts),
        "storm": size,
        "spent": before - after,
        "counted_wrong": before - after - sum(spent),
        "per_second": round(sum(spent) / lasted),
    }


def races(accounts: list[Account]) -> dict[str, object]:
    """Let fifty threads spend thirty credits of each account at once."""
    wrong = 0
    for account in accounts:
        fill([account], FEW)
        start = threading.Barrier(50)

        def spend(_number: int, own: Account = account, start: threading.Barrier = start) -> int:
            connection.ensure_connection()
            start.wait()
            try:
                reserve(Cost(own.pk, next(messages), 1), at=filling.NOW)
            except wallet.NotEnoughCredits:
                return 0
            finally:
                connection.close()
            return 1

        with ThreadPoolExecutor(50) as threads:
            wrong += sum(threads.map(spend, range(50))) != FEW
    return {"races": len(accounts), "threads": 50, "credits": FEW, "not_exact": wrong}


def main() -> None:
    """Measure spending on one account, on many, one by one and by storms."""
    options = measuring.arguments(__doc__ or "", accounts=10_000, times=2_000, seconds=3, races=20)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    organisation = filling.organisation("Norte Eficiente", boss)
    filling.accounts(organisation, options.accounts, versions)
    filling.settle()
    first, *others = Account.objects.order_by("id")[: 101 + options.races]
    hundred, raced = others[:100], others[100:]
    ours = {account.pk for account in (first, *others)}
    fill([first, *hundred], PLENTY)
    measuring.calm()
    measuring.report(
        {
            "measured": "wallet",
            "accounts": options.accounts,
            "one": measure_one(first, times=options.times),
            "together": [
                by_many(accounts, seconds=options.seconds, size=size)
                for accounts in ([first], hundred)
                for size in (1, STORM)
            ],
            "raced": races(raced),
            "recounted_wrong": sum(each.account_id in ours for each in wallet.recount()),
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
