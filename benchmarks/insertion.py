"""Insertion over HTTP, from two web processes: whole days, repeats, single slots, and bytes."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client

from benchmarks.ground import (
    driving,
    filling,
    flat,
    gateways,
    measuring,
    platform,
    posting,
    processes,
)
from benchmarks.ground.gateways import INSTANTS, REGISTERS, SLOTS, STEP, Gateway
from benchmarks.ground.posting import Posted
from vatio.accounts.models import Account
from vatio.readings.decoding import decode
from vatio.readings.insertion import InsertionSender, insert
from vatio.tenants.models import Person

WEB_PROCESSES = 2
QUANTITIES = {"instants": INSTANTS, "registers": REGISTERS}
UNBOUNDED = {
    "INSERTION_RATE": "100000",
    "INSERTION_BURST": "1000000",
    "INSERTION_READINGS_A_DAY": "1000000000000",
}
"""The pace of a source is set as high as it goes: what is measured is what keeping up costs."""

ANALYSED_AFTER = 8
"""Slots after which the tables are analysed, as autovacuum does within a minute: a plan made for
empty tables would stay in use."""

SIZE = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
WHERE relkind = 'r' AND relname LIKE %s
"""


def told(posted: Posted, **about: object) -> dict[str, object]:
    """Return the figures of what was posted."""
    return {
        **about,
        "requests": len(posted.latencies),
        "readings": posted.readings,
        "readings_per_second": round(posted.readings / posted.seconds),
        "requests_per_second": round(len(posted.latencies) / posted.seconds, 1),
        **measuring.spread(posted.latencies),
        "driver_cores": round(posted.processor_seconds / posted.seconds, 2),
        "counts": posted.counts,
    }


def whole_days(ports: Sequence[int], of: Sequence[Gateway], *, days: int) -> Iterator[Posted]:
    """Post days, a batch a day and gateway, and then the same batches again."""
    for _again in range(2):
        queues = [
            [gateway.post(gateways.day(back), SLOTS) for back in range(days + 1, 1, -1)]
            for gateway in of
        ]
        yield posting.post(ports, queues)


def single_slots(
    ports: Sequence[int], of: Sequence[Gateway], *, slots: int, connections: int
) -> Posted:
    """Post the slots of yesterday one after the other: each gateway a request a slot."""
    queues = [
        [
            gateway.post(gateways.day(1) + slot * STEP, 1)
            for slot in range(slots)
            for gateway in of[number::connections]
        ]
        for number in range(connections)
    ]
    return posting.post(ports, queues)


def floor(ports: Sequence[int]) -> float:
    """Return how many requests a second an empty view answers, over as many connections."""
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    driven = driving.drive([(port, request) for port in ports], connections=8, seconds=2)
    return round(len(driven.answers) / driven.seconds, 1)


def statements(of: Gateway, *, after: int) -> int:
    """Return how many statements the next slot of a gateway takes, BEGIN and COMMIT included.

    :param after: how many slots of yesterday it has sent.
    """
    client = Client(headers={"host": "127.0.0.1", "Authorization": f"Bearer {of.token}"})
    begin = gateways.day(1) + after * STEP

    def post(slot: int) -> None:
        body = of.body(begin + slot * STEP, 1)
        answer = client.post("/readings", body, content_type="application/json")
        assert answer.status_code == 200, answer.content

    post(0)
    return measuring.statements(lambda: post(1))


def bytes_of_days(of: Sequence[Gateway], *, days: int) -> Callable[[], int]:
    """Return a function that stores whole days, and returns how many readings they were."""

    def store() -> int:
        stored = 0
        for back in range(days + 1, 1, -1):
            for each in of:
                batch = decode(each.body(gateways.day(back), SLOTS))
                stored += insert(_sender(each), batch, at=filling.NOW).counts.new
        return stored

    return store


def bytes_of_slots(of: Sequence[Gateway], *, slots: int) -> Callable[[], int]:
    """Return a function that stores one slot after the other, each as it ends."""

    def store() -> int:
        stored = 0
        for slot in range(slots):
            if slot == ANALYSED_AFTER:
                filling.settle()
            begin = gateways.day(8) + slot * STEP
            for each in of:
                batch = decode(each.body(begin, 1))
                at = begin + STEP + timedelta(seconds=5)
                stored += insert(_sender(each), batch, at=at).counts.new
        return stored

    return store


def _sender(of: Gateway) -> InsertionSender:
    return InsertionSender(of.account_id, of.source_id, 10**12)


def bytes_a_reading(store: Callable[[], int]) -> dict[str, Any]:
    """Empty the tables of readings, store, and return the bytes of all of them a reading.

    Tables and indexes are vacuumed first, as autovacuum does it: what is free in them counts.
    """
    filling.forget_readings()
    empty = _size("readings%")
    readings = 0

    def run() -> None:
        nonlocal readings
        readings = store()

    seconds = measuring.seconds(run)
    filling.settle()
    return {
        "readings": readings,
        "seconds": seconds,
        "bytes_a_reading": round((_size("readings%") - empty) / max(readings, 1), 1),
        "by_table": _by_table(max(readings, 1)),
    }


def _by_table(readings: int) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relname LIKE 'readings%%' ORDER BY 2 DESC"
        )
        shares = {name: round(size / readings, 1) for name, size in cursor.fetchall()}
    return {name: share for name, share in shares.items() if share >= 0.1}


def _size(pattern: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SIZE, [pattern])
        return int(cursor.fetchone()[0])


def kept(of: Sequence[Gateway], *, days: int, slots: int) -> dict[str, dict[str, Any]]:
    """Measure the bytes a reading, whole days and slot by slot, each beside a flat table."""
    series = range(sum(len(each.dids) * len(each.quantities) for each in of))
    begin = gateways.day(8)
    return {
        "whole days": bytes_a_reading(bytes_of_days(of, days=days)),
        "whole days, a flat table": flat.days(series, gateways.day(days + 1), days * SLOTS),
        "slot by slot": bytes_a_reading(bytes_of_slots(of, slots=slots)),
        "slot by slot, a flat table": flat.slots(series, begin, slots),
    }


def installed(
    of: Account, name: str, by: Person, *, many: int, devices: int
) -> dict[str, list[Gateway]]:
    """Install gateways of each kind of quantities."""
    return {
        kind: [
            gateways.install(
                of, f"{name}-{kind}-{number}", by, devices=devices, quantities=quantities
            )
            for number in range(many)
        ]
        for kind, quantities in QUANTITIES.items()
    }


def main() -> None:
    """Measure days of ten devices of four data points, single slots, and the bytes of both."""
    options = measuring.arguments(
        __doc__ or "", gateways=8, devices=10, days=30, singles=64, slots=90, grown=480
    )
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    account = gateways.account("Norte Eficiente", boss)
    large = installed(account, "días", boss, many=options.gateways, devices=options.devices)
    small = installed(account, "turnos", boss, many=options.singles, devices=1)
    filling.settle()
    machine = measuring.machine()
    os.environ.update(UNBOUNDED)
    days: list[dict[str, object]] = []
    slots: list[dict[str, object]] = []
    connection.close()
    with processes.web_processes(WEB_PROCESSES) as ports:
        for kind, of in large.items():
            first, again = whole_days(ports, of, days=options.days)
            days += [told(first, kind=kind, repeated=False), told(again, kind=kind, repeated=True)]
        for kind, of in small.items():
            posted = single_slots(ports, of, slots=options.slots, connections=8)
            asked = statements(of[0], after=options.slots)
            slots.append({**told(posted, kind=kind), "statements": asked, "floor": floor(ports)})
    grown = kept(large["instants"], days=options.days, slots=options.grown)
    measuring.report(
        {
            "measured": "insertion",
            "web_processes": WEB_PROCESSES,
            "gateways": options.gateways,
            "devices": options.devices,
            "days": days,
            "slots": slots,
            "bytes": grown,
            "machine": machine,
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
