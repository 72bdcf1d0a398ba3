"""The demo's utility meters: they answer on loopback, inside the process that calls them.

One process of a demo answers as its meters, the first that comes; if it ends, another one does.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection

from vatio.collection.line_zones import zone_of
from vatio.collection.models import LineSettings
from vatio.collection.reaching.addresses import LEAST_PORT
from vatio.collection.threads import Threads
from vatio.demo import first_calls
from vatio.demo.called_lines import FIRST_LINK, called_meter
from vatio.demo.called_load import load_of
from vatio.demo.measured import MeasuredSeries, called
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.load import USUAL, MeterLoad
from vatio.demo.meter.server import LOOPBACK, MeterDoor, opened
from vatio.demo.meter.station import SimulatedMeter
from vatio.demo_clock.models import Fill
from vatio.metering.models import RtcLine

logger = logging.getLogger("vatio.demo")

LOCK = 7_204_283
"""The advisory lock of whoever answers as the demo's meters."""

EVERY = 5.0
"""Seconds after which it is looked which lines nobody has called for long."""

MOVE = """
UPDATE collection_linesettings own SET port = taken.port
FROM unnest(%(lines)s::bigint[], %(ports)s::int[]) AS taken (line, port)
WHERE own.line_id = taken.line AND own.host = %(host)s AND own.link_address >= %(first)s
  AND own.port <> taken.port
"""


@dataclass(frozen=True)
class DemoMeter:
    """A meter that answers: the line that calls it, the port if that is free, its trouble."""

    line_id: int
    port: int
    meter: SimulatedMeter
    faults: tuple[str, ...]


class CalledMeters:
    """Answers as the demo's meters; `now` returns the current instant, and may ask the database."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._looking = Threads(1, "demo-meters")
        self._doors = AsyncExitStack()
        self._loop = asyncio.get_running_loop()
        self._answers = False
        self.ports: dict[int, int] = {}
        """The port at which the meter of each line answers, by the line."""

    async def open(self) -> bool:
        """Answer from now on, unless another process does; return whether this one does."""
        if not await self._looking.run(_is_first):
            return False
        self._answers = True
        for each in await self._looking.run(meters):
            self.ports[each.line_id] = await self._open(each)
        await self._looking.run(_move, self.ports)
        return True

    async def keep(self, *, asks: bool) -> None:
        """Answer once the process that does so ends and, if `asks`, ask for forgotten lines."""
        with contextlib.suppress(DatabaseError):
            while True:
                if not self._answers:
                    await self.open()
                if self._answers and asks:
                    await self._looking.run(self._ask)
                await asyncio.sleep(EVERY)

    async def close(self) -> None:
        """Answer no more."""
        await self._doors.aclose()
        if self._answers:
            with contextlib.suppress(DatabaseError):
                await self._looking.run(_leave)
        self._looking.close()

    async def _open(self, each: DemoMeter) -> int:
        """Listen at the port of a meter or, where somebody else does, at any that is free."""
        door = MeterDoor(each.meter, MeterFaults(each.faults), now=self._instant)
        try:
            return await self._doors.enter_async_context(opened(door, port=each.port))
        except OSError:
            return await self._doors.enter_async_context(opened(door, port=0))

    def _instant(self) -> datetime:
        """Return the instant of a meter's clock; called in a thread that has no connection."""
        asked = asyncio.run_coroutine_threadsafe(self._looking.run(self._now), self._loop)
        return asked.result()

    def _ask(self) -> None:
        first_calls.ask(self._now(), lines=self.ports)


@asynccontextmanager
async def answering(
    *, now: Callable[[], datetime], asks: bool = False
) -> AsyncIterator[CalledMeters]:
    """Answer as the demo's meters until the block ends, unless another process does.

    :param asks: whether lines that nobody has called for long are asked for meanwhile.
    """
    own = CalledMeters(now=now)
    try:
        await own.open()
        keeping = asyncio.create_task(own.keep(asks=asks))
        try:
            yield own
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
    finally:
        await own.close()


def meters() -> list[DemoMeter]:
    """Return the meters that the lines of the demo call."""
    fill = Fill.objects.filter(id=Fill.FIRST).first()
    if fill is None:
        return []
    settings = LineSettings.objects.filter(
        host=LOOPBACK, link_address__gte=FIRST_LINK, line__service="accepted"
    ).select_related("line__account", "line__meter", "line__supply_point")
    loads: dict[int, MeterLoad] = {}
    for line in {each.line.account_id: each.line for each in settings}.values():
        loads |= _loads(line, fill.made_on)
    return [_meter(each, loads.get(each.line.meter_id, USUAL)) for each in settings]


def _loads(line: RtcLine, made_on: date) -> dict[int, MeterLoad]:
    """Return what each called meter of a line's account measured, by the meter."""
    by_meter: dict[int, list[MeasuredSeries]] = {}
    for each in called(line.account, made_on=made_on):
        by_meter.setdefault(each.meter_id, []).append(each)
    return {meter: load_of(own, ZoneInfo(zone_of(line))) for meter, own in by_meter.items()}


def _meter(settings: LineSettings, load: MeterLoad) -> DemoMeter:
    line = settings.line
    meter = SimulatedMeter(
        link=settings.link_address,
        point=settings.measuring_point,
        serial=10_000_000 + line.meter_id,
        zone=ZoneInfo(zone_of(line)),
        load=load,
    )
    faults = called_meter(line.account.name, line.meter.name).faults
    return DemoMeter(line.pk, max(settings.port or 0, LEAST_PORT), meter, faults)


def _is_first() -> bool:
    """Return whether nobody else answers; whoever does holds a lock with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::bigint)", [LOCK])
        (is_first,) = cursor.fetchone()
    return bool(is_first)


def _leave() -> None:
    """Let another process answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s::bigint)", [LOCK])


def _move(ports: Mapping[int, int]) -> None:
    """Have lines call the ports at which their meters answer."""
    asked: dict[str, Any] = {
        "lines": list(ports),
        "ports": list(ports.values()),
        "host": LOOPBACK,
        "first": FIRST_LINK,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, asked)
