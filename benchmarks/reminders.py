"""Deciding reminders: all due the same day, one in a hundred due, and nothing to do."""

from datetime import UTC, datetime, time, timedelta

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
"""How many accounts there are, and that one in so many of them is due."""


def fill(accounts: int, every: int) -> None:
    """Fill a fresh database, of whose accounts one in `every` is due, with two leaders each."""
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


def run(accounts: int, every: int) -> dict[str, object]:
    """Decide once with something due, then again with nothing to do, commits included."""
    fill(accounts, every)
    taken: list[float] = []
    memory = measuring.peak_memory(lambda: taken.append(measuring.seconds(lambda: decide(at=AT))))
    told = {"due": Reminder.objects.count(), "messages": Message.objects.count()}
    again = sorted(measuring.seconds(lambda: decide(at=AT)) for _ in range(5))
    return {
        "accounts": accounts,
        **told,
        "seconds": taken[0],
        "seconds_nothing_to_do": again[2],
        "statements": measuring.statements(lambda: decide(at=AT)),
        **memory,
    }


def main() -> None:
    """Measure the sizes that are claimed, none above the asked number of accounts."""
    asked = measuring.arguments(__doc__ or "", accounts=1_000_000)
    sizes = dict.fromkeys((min(accounts, asked.accounts), every) for accounts, every in SIZES)
    found = [run(accounts, every) for accounts, every in sizes]
    measuring.report(
        {"measured": "reminders", "runs": found, "machine": measuring.machine()},
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
