"""A field of simulated meters on loopback, and RTC lines of accounts that call them."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from tests import make
from tests.collection.called import KEY, details
from vatio.accounts.models import Account
from vatio.collection.collecting import Collector
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.setting_up import add_line
from vatio.dates import start_of
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.load import USUAL
from vatio.demo.meter.server import LOOPBACK, MeterDoor, opened
from vatio.demo.meter.station import SimulatedMeter
from vatio.metering import installing
from vatio.metering.models import RtcLine, Series
from vatio.readings import series as all_series
from vatio.readings.storing import read_range
from vatio.tenants.models import Platform

_numbers = count(1)

T = TypeVar("T")

NIGHT = datetime(2026, 11, 10, 1, tzinfo=UTC)
"""Two in the morning of 10 November in Madrid: the 9th is the last whole day."""

ADDED = datetime(2026, 5, 4, 10, tzinfo=UTC)
"""When lines are added, unless said: the day after accounts begin."""

MADRID = "Europe/Madrid"


class WatchedDoor(MeterDoor):
    """A door that counts how many connections it had at the same time, at most."""

    most = here = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.here += 1
        self.most = max(self.most, self.here)
        try:
            await super().serve(reader, writer)
        finally:
            self.here -= 1


@dataclass
class Meters:
    """Simulated meters: the port and the door of each, and the instant that they all have."""

    at: datetime
    ports: list[int] = field(default_factory=list)
    doors: list[WatchedDoor] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop = field(init=False)
    over: asyncio.Event = field(init=False)


@contextmanager
def meters(*faults: Sequence[str], at: datetime = NIGHT, late: float = 0.6) -> Iterator[Meters]:
    """Answer as a meter for each set of faults, in a thread of its own."""
    field_, up = Meters(at), threading.Event()

    async def serve() -> None:
        field_.loop, field_.over = asyncio.get_running_loop(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for words in faults:
                door = WatchedDoor(
                    SimulatedMeter(key=MeterKey(KEY)),
                    MeterFaults(words),
                    now=lambda: field_.at,
                    late=late,
                )
                field_.doors.append(door)
                ready = asyncio.Event()
                group.create_task(_one(door, field_, ready))
                await ready.wait()
            up.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert up.wait(20)
    yield field_
    field_.loop.call_soon_threadsafe(field_.over.set)
    thread.join(20)


async def _one(door: MeterDoor, meters: Meters, ready: asyncio.Event) -> None:
    async with opened(door, port=0) as port:
        meters.ports.append(port)
        ready.set()
        await meters.over.wait()


def demo() -> None:
    """Make the platform the demo, where loopback may be called."""
    Platform.objects.update_or_create(id=1, defaults={"is_demo": True, "settled_at": make.NOON})


def account(name: str = "", *, lines: int = 4, **more: Any) -> Account:
    """Open an account that holds some lines."""
    version = make.licence(
        f"Llamadas {next(_numbers)}", meters=60, supply_points=60, rtc_lines=lines
    )
    return make.account(name, version=version, **more)


def line(of: Account, port: int | None, *, at: datetime = ADDED, **more: Any) -> RtcLine:
    """Add a line that calls a port of loopback, with the key of the simulated meters."""
    point, meter = make.supply_point(of, at=at), make.meter(of, at=at)
    installing.measure(meter, installing.Measures(point))
    known = {"host": LOOPBACK, "port": port}
    return add_line(point, meter, details(**(known | more)), by=None, at=at)


def collect(at: datetime) -> list[int]:
    """Let a collector call what is due at an instant, once; return the attempts."""
    return with_collector(at, lambda collector: collector.once())


def with_collector(at: datetime, act: Callable[[Collector], Awaitable[T]]) -> T:
    """Do something with a collector whose clock stands still."""
    collector = Collector(now=lambda: at, at_once=50)

    async def run() -> T:
        try:
            return await act(collector)
        finally:
            collector.close()

    return asyncio.run(run())


def stored(line: RtcLine, since: date, until: date, *, minutes: int = 60) -> list[float | None]:
    """Return what is stored of the active energy of a line's meter, in Wh, by interval."""
    own = Series.objects.filter(
        data_point__meter=line.meter, data_point__quantity=402, minutes=minutes, kind="interval"
    ).first()
    if own is None:
        return []
    known = all_series.find(line.account_id, [own.pk])
    days = read_range(line.account_id, known, since, until)
    values: list[float | None] = []
    for number in range((until - since).days):
        day = days.get((own.pk, since + timedelta(days=number)))
        values.extend(day.values if day else [])
    return values


def measured(since: date, until: date, *, minutes: int = 60) -> list[float]:
    """Return what the simulated meter measured, in Wh, by interval: what ought to be stored."""
    at, end = start_of(since, MADRID), start_of(until, MADRID)
    values = []
    while at < end:
        values.append(USUAL.increments(at, minutes)[0] * 1000.0)
        at += timedelta(minutes=minutes)
    return values
