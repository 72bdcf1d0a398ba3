"""Deciding reminders: all due the same day, one in a hundred due, and nothing to do."""

import json
from datetime import UTC, datetime, time, timedelta

from django.db import connection

from benchmarks.ground import filling, measuring, platform
from vatio.notifications.models import Message
from vatio.reminders.deciding import decide
from vatio.reminders.models import Reminder

DUE_ON = filling.TODAY + timedelta(days=30)
"""The end of the accounts that are due; that of the others is at least two months later."""

AT = datetime.combine(DUE_ON - timedelta(days=28), time(10), tzinfo=UTC)
"""A moment at which «queda un mes» is due, whichever month it is, and «una semana» is not."""

OF_AN_ORGANISATION = 10_000
SIZES = [(10_000, 1), (100_000, 100), (1_000_000, 100), (100_000, 1)]
"""The number of accounts, and `every`: one account in so many is due."""


def fill(accounts: int, every: int) -> None:
    """Fill a new database: one account in `every` is due, and two people lead each organisation."""
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    versions = filling.licences(boss)
    for number in range(-(-accounts // OF_AN_ORGANISATION)):
        organisation = filling.organisation(f"Organización {number}", boss)
        for each in range(2):
            leader = filling.person(f"p{number}.{each}@vatio.example", f"Persona {each}")
            filling.lead(organisation, leader)
        filling.accounts_ending(
            organisation, min(accounts, OF_AN_ORGANISATION), versions, due_on=DUE_ON, every=every
        )
    filling.settle()


FLOOR = """
INSERT INTO notifications_message (key, address, language, template, context, secret, only_leaders,
    queued_at, next_attempt_at, send_before, state, attempts, repeated, last_error)
SELECT 'floor:' || n, 'p' || n || '@vatio.example', 'es', 'reminder', %(context)s::jsonb, false,
    false, now(), now(), now() + interval '7 days', 'queued', 0, false, ''
FROM generate_series(1, %(messages)s) AS n
"""
"""What deciding cannot do without: one plain INSERT of as many messages as it queues."""


def floor(messages: int) -> float:
    """Measure that INSERT and its commit, in seconds; then take its rows away."""
    context = json.dumps({"account": "Hotel Lugo 012", "ends_on": "2027-05-03", "path": "/a/"})

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLOOR, {"messages": messages, "context": context})

    seconds = measuring.seconds(insert)
    Message.objects.filter(key__startswith="floor:").delete()
    return seconds


def run(accounts: int, every: int) -> dict[str, object]:
    """Measure deciding once with reminders due, then with none, commits included."""
    fill(accounts, every)
    seconds: list[float] = []
    memory = measuring.peak_memory(lambda: seconds.append(measuring.seconds(lambda: decide(at=AT))))
    counts = {"due": Reminder.objects.count(), "messages": Message.objects.count()}
    again = sorted(measuring.seconds(lambda: decide(at=AT)) for _ in range(5))
    return {
        "accounts": accounts,
        **counts,
        "seconds": seconds[0],
        "floor_seconds": floor(counts["messages"]),
        "seconds_nothing_to_do": again[2],
        "statements": measuring.statements(lambda: decide(at=AT)),
        **memory,
    }


def main() -> None:
    """Measure the sizes that are claimed, none above `--accounts`."""
    options = measuring.arguments(__doc__ or "", accounts=1_000_000)
    sizes = dict.fromkeys((min(accounts, options.accounts), every) for accounts, every in SIZES)
    runs = [run(accounts, every) for accounts, every in sizes]
    measuring.report(
        {"measured": "reminders", "runs": runs, "machine": measuring.machine()},
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
