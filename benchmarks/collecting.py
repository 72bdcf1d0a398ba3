"""RTC lines called by `vatio collect --once`: yesterday of two curves from meters by IP."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Max, Min, Sum

from benchmarks.ground import called, filling, measuring, platform
from vatio.accounts.models import Account
from vatio.collection.collecting import Collector
from vatio.collection.models import CallAttempt, LineSettings
from vatio.tenants.models import Platform

COUNTED = 10
"""Lines whose statements are counted."""


def opened(count: int) -> list[Account]:
    """Open accounts in a fresh database of a demo, where loopback may be called."""
    platform.fresh()
    Platform.objects.create(is_demo=True, settled_at=filling.NOW)
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    organisation = filling.organisation("Norte Eficiente", boss)
    end = filling.TODAY + (filling.NOW - called.MADE) * 4
    filling.accounts_ending(organisation, count, filling.licences(boss), due_on=end, every=1)
    return list(Account.objects.order_by("id"))


def collect() -> dict[str, float]:
    """Run `vatio collect --once`; return what the process took, its start and end included."""
    connection.close()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "vatio.cli", "collect", "--once", "--json"],
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "a line did not answer"
    return {
        "seconds": round(time.perf_counter() - begun, 2),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "memory_peak_mib": round(used.ru_maxrss / 1024, 1),
    }


def attempts() -> dict[str, Any]:
    """Return what came of the calls."""
    calls = CallAttempt.objects.all()
    sums = calls.aggregate(
        first=Min("started_at"),
        last=Max("ended_at"),
        values=Sum("new"),
        intervals=Sum("hours") + Sum("quarters"),
    )
    took = [
        (ended - started).total_seconds() * 1000
        for started, ended in calls.values_list("started_at", "ended_at")
        if started and ended
    ]
    return {
        "called": len(took),
        "done": calls.filter(outcome="done").count(),
        "calling_seconds": round((sums["last"] - sums["first"]).total_seconds(), 2),
        "intervals": sums["intervals"],
        "values": sums["values"],
        "call": measuring.spread(took),
    }


def statements(accounts: list[Account], ports: list[int]) -> float:
    """Return how many statements a line takes, BEGIN and COMMIT included, called in here."""
    LineSettings.objects.all().delete()
    called.install(accounts, ports)
    connections: list[BaseDatabaseWrapper] = []

    def listen(connection: BaseDatabaseWrapper, **_more: object) -> None:
        connection.force_debug_cursor = True
        connections.append(connection)

    async def run() -> None:
        collector = Collector(now=lambda: datetime.now(UTC), at_once=len(ports))
        try:
            await collector.once()
        finally:
            collector.close()

    connection_created.connect(listen)
    asyncio.run(run())
    connection_created.disconnect(listen)
    return round(sum(len(each.queries_log) for each in connections) / len(ports), 1)


def main() -> None:
    """Measure lines of some accounts, each with a meter of its own."""
    options = measuring.arguments(__doc__ or "", lines=1_000, accounts=50, processes=4)
    accounts = opened(options.accounts + 1)
    with called.simulated(options.lines + COUNTED, processes=options.processes) as meters:
        called.install(accounts[:-1], meters.ports[COUNTED:])
        filling.settle()
        machine = measuring.machine()
        collected = collect()
        made = attempts()
        asked = statements(accounts[-1:], meters.ports[:COUNTED])
    measuring.report(
        {
            "measured": "collecting",
            "lines": options.lines,
            "accounts": options.accounts,
            "processes": options.processes,
            **collected,
            **made,
            "statements": asked,
            "meters_processor_seconds": round(sum(meters.processor_seconds), 2),
            "machine": machine,
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
