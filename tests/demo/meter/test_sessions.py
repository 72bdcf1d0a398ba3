import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.demo.meter.calling import BEGIN, DAY, NOW, SHORT, call, called, day, measured, values
from vatio.collection.iec102.asdus import MeterIdentity, MeterKey
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.session import MeterAddress, MeterSession, session
from vatio.collection.reaching.transports import dial_ip
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.load import USUAL
from vatio.demo.meter.server import LOOPBACK, MeterDoor, opened
from vatio.demo.meter.station import KEY, ZONE, SimulatedMeter

WINTER_AGAIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
SUMMER_AGAIN = datetime(2026, 3, 28, 23, tzinfo=UTC)


async def everything(
    opened: MeterSession,
) -> tuple[MeterIdentity, datetime, MeterCurve, MeterCurve]:
    return (
        await opened.identity(),
        (await opened.clock()).at,
        await opened.curve(BEGIN, BEGIN + DAY, minutes=60),
        await opened.curve(BEGIN, BEGIN + DAY, minutes=15),
    )


def test_a_session_reads_identity_clock_hours_and_quarter_hours() -> None:
    identity, clock, hours, quarters = called(act=everything)

    assert identity == MeterIdentity(25, 99_102_001)
    assert NOW <= clock < NOW + timedelta(seconds=5)
    assert values(hours) == measured(BEGIN, BEGIN + DAY, 60)
    assert values(quarters) == measured(BEGIN, BEGIN + DAY, 15)
    assert (len(hours.intervals), len(quarters.intervals)) == (24, 96)
    assert {each.quality for each in hours.intervals[0].totals[6:]} == {0x80}


@pytest.mark.parametrize(("begin", "hours"), [(WINTER_AGAIN, 25), (SUMMER_AGAIN, 23)])
@pytest.mark.parametrize("minutes", [60, 15])
def test_days_on_which_clocks_change_have_23_or_25_hours(
    begin: datetime, hours: int, minutes: int
) -> None:
    end = begin + timedelta(hours=hours)

    curve = called(
        act=lambda opened: opened.curve(begin, end, minutes=minutes), now=end + timedelta(days=5)
    )

    assert len(curve.intervals) == hours * 60 // minutes
    assert values(curve) == measured(begin, end, minutes)
    assert (curve.missing, curve.repeated, curve.disordered) == ((), 0, False)


def test_the_readings_of_the_registers_are_those_at_the_ends_of_hours() -> None:
    curve = called(act=lambda opened: opened.curve(BEGIN, BEGIN + DAY, minutes=60, readings=True))

    hour = timedelta(hours=1)
    assert values(curve) == {
        BEGIN + n * hour: USUAL.readings(BEGIN + (n + 1) * hour) for n in range(24)
    }
    first, second = list(values(curve).values())[:2]
    assert second[0] - first[0] == USUAL.increments(BEGIN + hour, 60)[0]


def test_what_has_not_been_measured_yet_is_missing() -> None:
    curve = called(
        act=lambda opened: opened.curve(
            NOW.replace(minute=0) - 2 * timedelta(hours=1),
            NOW.replace(minute=0) + timedelta(hours=3),
            minutes=60,
        )
    )

    assert len(curve.intervals) == 2
    assert len(curve.missing) == 3


def test_a_period_that_the_meter_does_not_have_is_not_available() -> None:
    with pytest.raises(CallFailed) as failed:
        called(
            act=lambda opened: opened.curve(
                NOW.replace(minute=0) + DAY, NOW.replace(minute=0) + 2 * DAY, minutes=60
            )
        )

    assert failed.value.reason is CallFailure.NOT_AVAILABLE


@pytest.mark.parametrize(("how", "reason"), [
    ({"key": MeterKey(8)}, CallFailure.REFUSED_KEY),
    ({"link": 2}, CallFailure.SILENT),
])  # fmt: skip
def test_another_key_or_link_address_gets_nothing(
    how: dict[str, object], reason: CallFailure
) -> None:
    with pytest.raises(CallFailed) as failed:
        called(act=day(), **how)

    assert failed.value.reason is reason


def test_a_meter_takes_one_session_at_a_time_and_is_free_at_once_afterwards() -> None:
    async def run() -> tuple[CallFailure, int, int]:
        door = MeterDoor(SimulatedMeter(), MeterFaults(), now=lambda: NOW)
        async with opened(door, port=0) as port:
            first = await dial_ip(LOOPBACK, port, within=1)
            async with session(first, MeterAddress(1, 1), KEY, zone=ZONE, limits=SHORT):
                with pytest.raises(CallFailed) as failed:
                    await call(port, day())
            after = await call(port, day())
            return failed.value.reason, len(after.intervals), door.connections

    assert asyncio.run(run()) == (CallFailure.BUSY, 24, 2)


def test_a_meter_is_free_after_a_call_that_failed() -> None:
    async def run() -> int:
        door = MeterDoor(SimulatedMeter(), MeterFaults(), now=lambda: NOW)
        async with opened(door, port=0) as port:
            with pytest.raises(CallFailed):
                await call(port, day(), key=MeterKey(1))
            with pytest.raises(ZeroDivisionError):
                await call(port, lambda opened: 1 / 0)  # type: ignore[arg-type, return-value]
            return len((await call(port, day())).intervals)

    assert asyncio.run(run()) == 24


def test_the_whole_call_has_an_end() -> None:
    begun = time.monotonic()

    with pytest.raises(CallFailed) as failed:
        called("delay=0.1", act=everything, limits=replace(SHORT, call=0.5))

    assert failed.value.reason is CallFailure.TOO_SLOW
    assert time.monotonic() - begun < 2


def test_nobody_at_a_port_is_unreachable() -> None:
    async def run() -> None:
        async with opened(
            MeterDoor(SimulatedMeter(), MeterFaults(), now=lambda: NOW), port=0
        ) as port:
            pass
        await dial_ip(LOOPBACK, port, within=1)

    with pytest.raises(CallFailed) as failed:
        asyncio.run(run())

    assert failed.value.reason is CallFailure.UNREACHABLE


def test_a_name_is_never_dialled() -> None:
    with pytest.raises(ValueError):
        asyncio.run(dial_ip("localhost", 4321, within=1))


def test_a_hundred_meters_are_called_at_once() -> None:
    async def run() -> list[MeterCurve]:
        doors = [
            MeterDoor(SimulatedMeter(link=n + 1), MeterFaults(), now=lambda: NOW)
            for n in range(100)
        ]

        async def one(door: MeterDoor, link: int) -> MeterCurve:
            async with opened(door, port=0) as port:
                return await call(port, day(), link=link, limits=replace(SHORT, reply=10, call=60))

        return await asyncio.gather(*(one(door, n + 1) for n, door in enumerate(doors)))

    curves = asyncio.run(run())

    whole = measured(BEGIN, BEGIN + DAY, 60)
    assert all(values(curve) == whole for curve in curves)


def test_nothing_of_the_key_is_in_a_failure() -> None:
    key = MeterKey(1_162_167_621)

    with pytest.raises(CallFailed) as failed:
        called(act=day(), key=key)

    error: BaseException | None = failed.value
    while error is not None:
        assert "1162167621" not in repr(error)
        assert b"EEEE".decode() not in repr(error)
        error = error.__cause__ or error.__context__
