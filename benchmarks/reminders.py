"""Deciding reminders: all due the same day, one in a hundred due, and nothing to do."""

import resource
import time
from datetime import date, datetime, timedelta

from django.db import connection

from benchmarks.ground import filling, measuring, platform
from vatio.notifications.models import Message
from vatio.reminders.deciding import decide
from vatio.reminders.models import Reminder

DUE_ON = date(2026, 12, 24)
"""The end of the accounts that are due: a month after the benchmarks' today."""


def run(accounts: int, every: int) -> dict[str, object]:
    """Fill a fresh database, of whose accounts one in `every` is due, and decide twice."""
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    for number in range(max(accounts // 10_000, 1)):
        organisation = filling.organisation(f"Organización {number}", boss)
        for each in range(2):
            leader = filling.person(f"p{number}.{each}@vatio.example", f"Persona {each}")
            filling.lead(organisation, leader)
        filling.accounts_ending(
            organisation, min(accounts, 10_000), versions, due_on=DUE_ON, every=every
        )
    filling.settle()
    at = datetime.combine(DUE_ON, datetime.min.time(), tzinfo=filling.NOW.tzinfo) - timedelta(
        days=29, hours=14
    )
    statements = 0
    taken = []
    for _time in range(2):
        begun = time.perf_counter()
        statements = measuring.statements(lambda: decide(at=at))
        taken.append(round(time.perf_counter() - begun, 3))
    return {
        "accounts": accounts,
        "due": Reminder.objects.count(),
        "messages": Message.objects.count(),
        "seconds": taken[0],
        "seconds_nothing_to_do": taken[1],
        "statements": statements,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure the sizes that are claimed, up to the asked number of accounts."""
    asked = measuring.arguments(__doc__ or "", accounts=1_000_000)
    sizes = [(10_000, 1), (100_000, 100), (1_000_000, 100)]
    found = [run(accounts, every) for accounts, every in sizes if accounts <= asked.accounts]
    connection.ensure_connection()
    measuring.report(
        {"measured": "reminders", "runs": found, "machine": measuring.machine()},
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
