"""Alerts: rules evaluated on what changed, what fell silent, and how soon a text has left."""

import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from benchmarks.ground import (
    filling,
    measuring,
    platform,
    postbox,
    posting,
    processes,
    sms_gateway,
    warned,
    watched,
)
from benchmarks.ground.watched import QUARTER
from vatio.accounts.models import Account
from vatio.alerts import evaluating, silence
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.readings import following
from vatio.tenants.models import Person

READINGS = 100
"""Readings of each series that arrive: a day of quarters, and an hour of the next."""

DUE = 100
"""One in so many sources is due."""

APART = 0.5
"""Seconds from one insertion to the next, on average."""

SETTLING = 5.0
"""Seconds in which the processes start before anything is posted."""

PATIENCE = 60.0
"""Seconds without a text after which none is waited for any more."""


def opened(count: int) -> tuple[list[Account], Person]:
    """Open accounts in a fresh database; return some that hold meters, and who opened them."""
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    organisation = filling.organisation("Norte Eficiente", boss)
    end = filling.TODAY + timedelta(days=200)
    versions = filling.licences(boss)
    filling.accounts_ending(organisation, count * 3 + 1, versions, due_on=end, every=1)
    by_meters = Account.objects.filter(current_holding__meters__isnull=False)
    return list(by_meters.order_by("id")[:count]), boss


def evaluation(rules: int, accounts: int, kinds: Sequence[str], *, times: int) -> dict[str, Any]:
    """Measure rules of accounts, each on a series of which readings have arrived.

    They were evaluated before on 60 days. Each time is taken back, without what a commit takes.
    """
    of, _boss = opened(accounts)
    watched.install(of, series=rules // accounts, kinds=kinds)
    filling.settle()
    evaluating.evaluate_anew(at=filling.NOW)
    watched.bring(of, readings=READINGS)
    filling.settle()
    measuring.calm()
    found = 0

    def claimed(act: Callable[[], object]) -> None:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)

    def once() -> float:
        nonlocal found
        with transaction.atomic():
            changes = following.claim(rules)
            before = AlertEpisode.objects.count()
            seconds = measuring.seconds(lambda: evaluating.evaluate(changes, at=filling.NOW))
            found = AlertEpisode.objects.count() - before
            transaction.set_rollback(True)
        return seconds

    once()
    timings = [once() * 1000 for _time in range(times)]
    whole: list[float] = []
    for _time in range(times):
        claimed(lambda: whole.append(measuring.seconds(follow) * 1000))
    counted: list[int] = []

    def count() -> None:
        changes = following.claim(rules)
        counted.append(measuring.statements(lambda: evaluating.evaluate(changes, at=filling.NOW)))

    claimed(count)
    return {
        "rules": AlertRule.objects.count(),
        "accounts": accounts,
        "kinds": sorted(set(kinds)),
        "readings": rules * READINGS,
        "episodes": found,
        "statements": counted[0],
        **measuring.spread(timings),
        "followed_ms": measuring.spread(whole)["median_ms"],
    }


def follow() -> None:
    """Follow what changed, as the job does."""

    def also(changes: Sequence[following.ChangedSeries]) -> None:
        evaluating.evaluate(changes, at=filling.NOW)

    following.follow(also=also)


def sweeping(sources: int, *, times: int) -> list[dict[str, Any]]:
    """Measure the sweep over sources of which none is due, and one in a hundred."""
    each = min(sources, 100)
    of, _boss = opened(sources // each)
    watched.install_sources(of, each=each)
    filling.settle()
    idle = [_swept(sources, 0) for _time in range(times)]
    busy = []
    for _time in range(times):
        AlertEpisode.objects.all().delete()
        watched.make_due(every=DUE)
        filling.settle()
        busy.append(_swept(sources, DUE))
    return [_together(idle), _together(busy)]


def _swept(sources: int, every: int) -> dict[str, Any]:
    seconds = measuring.seconds(lambda: silence.sweep(at=filling.NOW))
    return {
        "sources": sources,
        "due": sources // every if every else 0,
        "opened": AlertEpisode.objects.count(),
        "ms": seconds * 1000,
    }


def _together(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    timings = measuring.spread([run["ms"] for run in runs])
    return {**{name: value for name, value in runs[-1].items() if name != "ms"}, **timings}


def texting(insertions: int) -> dict[str, Any]:
    """Measure from the begin of a request that posts a reading to its text's arrival.

    Each reading opens an episode in an account of its own. They are posted at random moments,
    whether or not the texts of those before have arrived.
    """
    accounts, boss = opened(insertions)
    now = datetime.now(UTC)
    warned_ones = warned.install(accounts, boss, at=now)
    filling.settle()
    slot = datetime.fromtimestamp(now.timestamp() // QUARTER * QUARTER - QUARTER, UTC)
    dice = random.Random(7)
    posted: dict[str, float] = {}
    connection.close()
    with postbox.opened() as box, sms_gateway.opened() as taken:
        os.environ["SMS_URL"] = f"http://127.0.0.1:{taken.port}/"
        with (
            processes.web_processes(1) as ports,
            processes.workers(1, mail_port=box.port.value),
        ):
            time.sleep(SETTLING)
            for each in warned_ones:
                posted[each.number] = time.monotonic()
                posting.post(ports, [[each.gateway.post(slot, 1)]])
                due = time.monotonic() + dice.uniform(0, 2 * APART)
                while (left := due - time.monotonic()) > 0:
                    taken.wait(left)
            while taken.count < insertions and taken.wait(PATIENCE):
                pass
    os.environ.pop("SMS_URL")
    delays = sorted((taken.at[number] - at) * 1000 for number, at in posted.items())
    connection.close()
    return {
        "insertions": insertions,
        "texts": taken.count,
        "p50_ms": round(delays[len(delays) // 2]),
        "p95_ms": round(delays[int(len(delays) * 0.95)]),
        "max_ms": round(delays[-1]),
    }


def main() -> None:
    """Measure rules above a threshold, rules of all kinds, of one account and of many."""
    options = measuring.arguments(
        __doc__ or "", rules=1_000, many=20, sources=100_000, times=7, insertions=100
    )
    evaluated = [
        evaluation(options.rules, accounts, kinds, times=options.times)
        for accounts, kinds in (
            (1, ("above",)),
            (1, watched.MIXED),
            (options.many, watched.MIXED),
        )
    ]
    measuring.report(
        {
            "measured": "alerting",
            "evaluated": evaluated,
            "swept": sweeping(options.sources, times=options.times),
            "texted": texting(options.insertions),
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
