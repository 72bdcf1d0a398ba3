"""Calls of the client to a simulated meter on loopback, as the tests of both make them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.link import CallLimits
from vatio.collection.iec102.session import MeterAddress, MeterSession, session
from vatio.collection.reaching.transports import dial_ip
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.load import USUAL
from vatio.demo.meter.server import LOOPBACK, MeterDoor, opened
from vatio.demo.meter.station import KEY, ZONE, SimulatedMeter

NOW = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
BEGIN = datetime(2026, 11, 8, 23, tzinfo=UTC)
DAY = timedelta(days=1)
SHORT = CallLimits(reply=0.4, quiet=0.02, pause=0.01, call=8.0, farewell=0.1)

AT_ONCE = replace(SHORT, reply=0.8, call=20.0)
"""For many calls at once, each of which waits for the others too."""

T = TypeVar("T")
Acts = Callable[[MeterSession], Awaitable[T]]


def day(minutes: int = 60) -> Acts[MeterCurve]:
    return lambda opened: opened.curve(BEGIN, BEGIN + DAY, minutes=minutes)


async def call(
    port: int,
    act: Acts[T],
    *,
    key: MeterKey = KEY,
    link: int = 1,
    point: int = 1,
    limits: CallLimits = SHORT,
) -> T:
    stream = await dial_ip(LOOPBACK, port, within=1.0)
    address = MeterAddress(link, point)
    async with session(stream, address, key, zone=ZONE, limits=limits) as begun:
        return await act(begun)


def called(*faults: str, act: Acts[T], now: datetime = NOW, late: float = 0.6, **how: object) -> T:
    """Call a meter that has some faults, once, and return what came."""

    async def run() -> T:
        door = MeterDoor(SimulatedMeter(), MeterFaults(faults), now=lambda: now, late=late)
        async with opened(door, port=0) as port:
            return await call(port, act, **how)  # type: ignore[arg-type]

    return asyncio.run(run())


def called_at_once(faults: list[str], *, act: Acts[T]) -> list[T | CallFailure]:
    """Call a meter for each fault, all at once, and return what came or why not."""

    async def one(fault: str) -> T | CallFailure:
        door = MeterDoor(SimulatedMeter(), MeterFaults([fault]), now=lambda: NOW, late=1.2)
        async with opened(door, port=0) as port:
            try:
                return await call(port, act, limits=AT_ONCE)
            except CallFailed as failure:
                return failure.reason

    async def run() -> list[T | CallFailure]:
        return await asyncio.gather(*(one(fault) for fault in faults))

    return asyncio.run(run())


def measured(start: datetime, end: datetime, minutes: int) -> dict[datetime, tuple[int, ...]]:
    """Return what the simulated meter measured: the starts in UTC with the values of 1 to 8."""
    step, found = timedelta(minutes=minutes), {}
    while start < end:
        found[start] = USUAL.increments(start, minutes)
        start += step
    return found


def values(curve: MeterCurve) -> dict[datetime, tuple[int, ...]]:
    assert len({each.start for each in curve.intervals}) == len(curve.intervals)
    return {each.start: tuple(total.value for total in each.totals) for each in curve.intervals}
