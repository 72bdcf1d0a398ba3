"""What an account has left, one more unit of it, and many who take at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from django.db import connection, transaction

from benchmarks.ground import filling, measuring, platform
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.entitlements import limits
from vatio.entitlements.models import Usage
from vatio.entitlements.question import entitlement
from vatio.metering import installing
from vatio.tenants.models import Person
from vatio.units import Quantities, Unit

PLENTY = 100_000
THREADS = 8
FREE = 10
"""How many places are free where more threads than places take at once."""


def roomy(account: Account, by: Person, *, meters: int) -> Account:
    """Let an account hold so many meters, and begin its usage."""
    adjusting.adjust_quantities(
        account, Quantities(meters=meters), reason="Medida", by=by, at=filling.NOW
    )
    limits.take(account, {Unit.METERS: 1}, at=filling.NOW)
    return Account.objects.get(pk=account.pk)


def measure_one(account: Account, by: Person, *, times: int) -> dict[str, dict[str, object]]:
    """Measure the question and one more unit, each beside the least that it could be."""
    numbers = count(1)

    def look_up() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT used FROM entitlements_usage WHERE id = %s", [row])
            cursor.fetchone()

    def ask() -> None:
        entitlement(account, at=filling.NOW)

    def add_plainly() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT used FROM entitlements_usage WHERE id = %s FOR UPDATE", [row])
            cursor.execute("UPDATE entitlements_usage SET used = used + 1 WHERE id = %s", [row])

    def take() -> None:
        limits.take(account, {Unit.METERS: 1}, at=filling.NOW)

    def install() -> None:
        details = installing.MeterDetails(f"Contador {next(numbers)}")
        installing.add_meter(account, details, by=by, at=filling.NOW)

    row = Usage.objects.get(account=account, unit=Unit.METERS).pk
    actions: dict[str, Callable[[], None]] = {
        "a row by its key": look_up,
        "the question": ask,
        "a counter": add_plainly,
        "one more unit": take,
        "a whole meter": install,
    }
    timings = measuring.side_by_side(actions, times=times, warm=20, digits=3)
    return {
        name: {"statements": measuring.statements(action), **timings[name]}
        for name, action in actions.items()
    }


def by_many(account: Account, *, seconds: float) -> dict[str, object]:
    """Take from one account in some threads for a while; return how many units a second."""
    counts = [0] * THREADS
    start = threading.Barrier(THREADS)

    def take(number: int) -> None:
        connection.ensure_connection()
        start.wait()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            limits.take(account, {Unit.METERS: 1}, at=filling.NOW)
            counts[number] += 1
        connection.close()

    before = Usage.objects.get(account=account, unit=Unit.METERS).used
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(take, range(THREADS)))
    lasted = time.perf_counter() - begun
    taken = Usage.objects.get(account=account, unit=Unit.METERS).used - before
    return {
        "threads": THREADS,
        "taken": taken,
        "counted_wrong": taken - sum(counts),
        "per_second": round(taken / lasted),
    }


def races(accounts: list[Account], by: Person) -> dict[str, object]:
    """Let more threads than there are places take the last of each account's at once."""
    over = most = 0
    for account in accounts:
        held = roomy(account, by, meters=FREE + 1)
        start = threading.Barrier(2 * FREE)

        def take(_number: int, held: Account = held, start: threading.Barrier = start) -> int:
            connection.ensure_connection()
            start.wait()
            try:
                limits.take(held, {Unit.METERS: 1}, at=filling.NOW)
            except limits.LimitReached:
                return 0
            finally:
                connection.close()
            return 1

        with ThreadPoolExecutor(2 * FREE) as threads:
            taken = sum(threads.map(take, range(2 * FREE)))
        most = max(most, taken)
        over += taken != FREE
    return {"races": len(accounts), "free": FREE, "most_taken": most, "not_exact": over}


def main() -> None:
    """Measure one account among many."""
    options = measuring.arguments(__doc__ or "", accounts=10_000, times=2_000, seconds=3, races=100)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    organisation = filling.organisation("Norte Eficiente", boss)
    filling.accounts(organisation, options.accounts, versions)
    filling.settle()
    by_meters = Account.objects.filter(
        ends_at__gt=filling.NOW,
        opened_on__lte=filling.TODAY,
        current_holding__meters__isnull=False,
    ).order_by("id")[: options.races + 1]
    first, *others = by_meters
    account = roomy(first, boss, meters=PLENTY)
    measuring.calm()
    figures = measure_one(account, boss, times=options.times)
    together = by_many(account, seconds=options.seconds)
    raced = races(others, boss)
    measuring.report(
        {
            "measured": "room",
            "accounts": options.accounts,
            "one": figures,
            "together": together,
            "raced": raced,
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
