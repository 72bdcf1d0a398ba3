import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from serial import SerialException, serial_for_url

from tests.collection.reaching.modem_player import Behind, ModemPlayer, behind_device, behind_server
from tests.demo.meter.calling import BEGIN, DAY, NOW, SHORT, measured, values
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.session import MeterAddress, session
from vatio.collection.reaching.modem import ModemLimits, ModemStream
from vatio.collection.reaching.serial_ports import SerialStream, open_serial
from vatio.collection.reaching.transports import dial_by_modem
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.server import LOOPBACK, MeterDoor, opened
from vatio.demo.meter.station import KEY, ZONE, SimulatedMeter

NUMBER = "+34982102030"
LIMITS = ModemLimits(command=1.0, connect=2.0, guard=0.05)
PATIENT = replace(SHORT, reply=2.0, call=15.0)
FULL_CALL = ["ATZ", "AT+CBST=7,0,1", f"ATD{NUMBER}", "+++", "ATH0"]

both_ways = pytest.mark.parametrize("behind", [behind_device, behind_server])


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """No test leaves a thread or a descriptor behind, a moment after its end."""
    before = held()
    yield
    until = time.monotonic() + 3
    while held() != before and time.monotonic() < until:
        time.sleep(0.01)
    assert held() == before


def held() -> tuple[int, int]:
    threads = [each for each in threading.enumerate() if each.name.startswith("port ")]
    return len(os.listdir("/dev/fd")), len(threads)


async def dial(opens: str, limits: ModemLimits = LIMITS) -> ModemStream:
    return await dial_by_modem(opens, NUMBER, limits=limits, within=2.0)


async def read_day(opens: str) -> MeterCurve:
    address = MeterAddress(1, 1)
    stream = await dial(opens)
    async with session(stream, address, KEY, zone=ZONE, limits=PATIENT) as begun:
        return await begun.curve(BEGIN, BEGIN + DAY, minutes=60)


def played(
    behind: Behind,
    act: Callable[[str, ModemPlayer], Awaitable[object]],
    *faults: str,
    says: str = "CONNECT 9600",
    **answers: str,
) -> ModemPlayer:
    """Let a modem with a meter at the other end of its calls play while something is done."""

    async def run() -> ModemPlayer:
        door = MeterDoor(SimulatedMeter(), MeterFaults(faults), now=lambda: NOW)
        async with opened(door, port=0) as meter:
            player = ModemPlayer(meter=meter, says=says, **answers)
            async with behind(player) as opens:
                await act(opens, player)
            return player

    return asyncio.run(asyncio.wait_for(run(), 20))


def why_not(opens: str, *, within: float = 2.0) -> CallFailure:
    async def run() -> SerialStream:
        return await open_serial(opens, within=within)

    with pytest.raises(CallFailed) as failed:
        asyncio.run(run())
    return failed.value.reason


@both_ways
def test_a_whole_day_is_read_through_a_modem_which_then_hangs_up(behind: Behind) -> None:
    found: list[MeterCurve] = []

    async def act(opens: str, _player: ModemPlayer) -> None:
        found.append(await read_day(opens))

    player = played(behind, act)

    assert values(found[0]) == measured(BEGIN, BEGIN + DAY, 60)
    assert player.heard == FULL_CALL


@both_ways
def test_one_call_after_the_other_uses_the_same_modem(behind: Behind) -> None:
    found: list[MeterCurve] = []

    async def act(opens: str, _player: ModemPlayer) -> None:
        found.append(await read_day(opens))
        found.append(await read_day(opens))

    player = played(behind, act)

    assert found[0] == found[1]
    assert player.heard == FULL_CALL * 2


@both_ways
@pytest.mark.parametrize(("says", "reason"), [
    ("BUSY", CallFailure.BUSY),
    ("NO CARRIER", CallFailure.NO_CARRIER),
    ("NO DIALTONE", CallFailure.NO_DIALTONE),
    ("NO ANSWER", CallFailure.NO_ANSWER),
    ("ERROR", CallFailure.MODEM_ERROR),
])  # fmt: skip
def test_what_a_modem_says_instead_of_a_call_is_known_at_once_and_frees_it(
    behind: Behind, says: str, reason: CallFailure
) -> None:
    async def act(opens: str, _player: ModemPlayer) -> None:
        begun = time.monotonic()
        for _call in range(2):
            with pytest.raises(CallFailed) as failed:
                await dial(opens, ModemLimits(command=5, connect=20, guard=0.05))
            assert failed.value.reason is reason
        assert time.monotonic() - begun < 4

    player = played(behind, act, says=says)

    assert player.heard == FULL_CALL[:3] * 2


@both_ways
def test_a_modem_that_says_nothing_does_not_hold_a_call_up(behind: Behind) -> None:
    reasons = []
    quick = ModemLimits(command=0.2, connect=0.2, guard=0.02)

    async def act(opens: str, _player: ModemPlayer) -> None:
        with pytest.raises(CallFailed) as failed:
            await dial(opens, quick)
        reasons.append(failed.value.reason)

    played(behind, act, says="")
    played(behind, act, ATZ="")

    assert reasons == [CallFailure.NO_ANSWER, CallFailure.MODEM_ERROR]


@both_ways
def test_a_meter_that_hangs_up_in_the_middle_is_told_by_the_modem(behind: Behind) -> None:
    async def act(opens: str, _player: ModemPlayer) -> None:
        with pytest.raises(CallFailed) as failed:
            await read_day(opens)
        assert failed.value.reason is CallFailure.HUNG_UP

    player = played(behind, act, "hang-up=8")

    assert player.heard == FULL_CALL[:3]


@both_ways
def test_a_modem_that_vanishes_in_the_middle_of_a_call_ends_it(behind: Behind) -> None:
    async def act(opens: str, player: ModemPlayer) -> None:
        stream = await dial(opens)
        reading = asyncio.create_task(stream.read())
        await asyncio.sleep(0.05)
        player.vanish()
        with pytest.raises(CallFailed) as failed:
            await reading
        assert failed.value.reason is CallFailure.HUNG_UP
        await stream.close()

    played(behind, act)


@both_ways
def test_a_modem_that_vanishes_while_it_dials_is_a_modem_error(behind: Behind) -> None:
    async def act(opens: str, player: ModemPlayer) -> None:
        dialling = asyncio.create_task(dial(opens))
        while len(player.heard) < 3:
            await asyncio.sleep(0.01)
        player.vanish()
        with pytest.raises(CallFailed) as failed:
            await dialling
        assert failed.value.reason is CallFailure.MODEM_ERROR

    played(behind, act, says="")


@both_ways
def test_a_port_that_is_gone_has_no_bytes_and_takes_none(behind: Behind) -> None:
    async def act(opens: str, player: ModemPlayer) -> None:
        stream = await open_serial(opens, within=2.0)
        await stream.write(b"AT?\r")
        while not player.heard:
            await asyncio.sleep(0.01)
        player.vanish()
        while await stream.read():
            pass
        assert await stream.read() == b""
        with pytest.raises(ConnectionError):
            for _write in range(2):
                await stream.write(b"ATZ\r")
        await stream.close()

    played(behind, act)


@both_ways
def test_closing_ends_a_read_at_once_and_twice_is_harmless(behind: Behind) -> None:
    async def act(opens: str, _player: ModemPlayer) -> None:
        stream = await open_serial(opens, within=2.0)
        reading = asyncio.create_task(stream.read())
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        await stream.close()
        await stream.close()
        assert await reading == b""
        assert time.monotonic() - begun < 1
        await (await open_serial(opens, within=2.0)).close()

    played(behind, act)


@both_ways
def test_a_call_that_is_called_off_frees_its_modem(behind: Behind) -> None:
    async def act(opens: str, player: ModemPlayer) -> None:
        dialling = asyncio.create_task(dial(opens))
        while len(player.heard) < 3:
            await asyncio.sleep(0.01)
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        await (await open_serial(opens, within=2.0)).close()

    played(behind, act, says="")


@both_ways
def test_what_nobody_reads_waits_and_arrives_whole_and_in_order(behind: Behind) -> None:
    said = "".join(f"{number:07}\n" for number in range(100_000))
    found: list[bytes] = []

    async def act(opens: str, player: ModemPlayer) -> None:
        stream = await open_serial(opens, within=2.0)
        await stream.write(b"AT+ALL\r")
        await asyncio.sleep(0.5)
        while sum(map(len, found)) < len(said) + len("AT+ALL\r\r\n\r\n"):
            found.append(await stream.read())
        await stream.close()

    played(behind, act, **{"AT+ALL": said})

    assert b"".join(found).decode() == f"AT+ALL\r\r\n{said}\r\n"


def test_a_device_that_is_not_there_or_is_none_is_no_modem(caplog) -> None:
    assert why_not("/dev/vatio-has-no-such-modem") is CallFailure.NO_MODEM
    assert why_not("/dev/null") is CallFailure.NO_MODEM
    assert "No such file" in caplog.messages[0]
    assert "/dev/null" in caplog.messages[1]


def test_a_serial_server_that_is_not_there_is_no_modem() -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as server:
        port = server.getsockname()[1]

    assert why_not(f"socket://{LOOPBACK}:{port}") is CallFailure.NO_MODEM
    assert why_not("socket://modem.invalid:4001") is CallFailure.NO_MODEM


@pytest.mark.parametrize("opens", ["loop://", "spy:///dev/ttyUSB0", "COM3", "/etc/passwd", ""])
def test_nothing_else_that_pyserial_knows_is_opened(opens: str) -> None:
    with pytest.raises(ValueError):
        asyncio.run(open_serial(opens, within=1.0))


def test_a_port_that_does_not_open_in_time_is_no_modem(monkeypatch) -> None:
    release = threading.Event()

    def late(*_args: object, **_more: object) -> None:
        release.wait(5)
        raise SerialException

    monkeypatch.setattr("vatio.collection.reaching.serial_ports.serial.serial_for_url", late)
    begun = time.monotonic()

    reason = why_not("/dev/ttyUSB0", within=0.1)

    assert reason is CallFailure.NO_MODEM
    assert time.monotonic() - begun < 2
    release.set()


def test_a_port_that_opens_when_nobody_waits_any_more_is_freed(monkeypatch) -> None:
    release, (own, theirs) = threading.Event(), os.openpty()
    really = serial_for_url

    def late(*args: object, **more: object) -> object:
        release.wait(5)
        return really(*args, **more)

    monkeypatch.setattr("vatio.collection.reaching.serial_ports.serial.serial_for_url", late)

    assert why_not(os.ttyname(theirs), within=0.1) is CallFailure.NO_MODEM
    release.set()
    os.close(own)
    os.close(theirs)


@pytest.mark.processes
def test_a_device_that_another_process_uses_is_no_modem() -> None:
    own, theirs = os.openpty()
    use = (
        "import serial, sys; port = serial.serial_for_url(sys.argv[1], exclusive=True);"
        "print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", use, os.ttyname(theirs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()

        in_use = why_not(os.ttyname(theirs))

        other.stdin.close()

    async def free() -> None:
        await (await open_serial(os.ttyname(theirs), within=2.0)).close()

    asyncio.run(free())
    os.close(own)
    os.close(theirs)
    assert in_use is CallFailure.NO_MODEM


@pytest.mark.processes
def test_a_port_that_is_opening_or_open_does_not_hold_up_the_end_of_the_process() -> None:
    own, theirs = os.openpty()
    use = (
        "import asyncio, sys\n"
        "from vatio.collection.reaching.serial_ports import open_serial\n"
        "async def run():\n"
        "    global stream\n"
        "    stream = await open_serial(sys.argv[1], within=2)\n"
        "asyncio.run(run())\n"
    )
    begun = time.monotonic()

    done = subprocess.run(
        [sys.executable, "-c", use, os.ttyname(theirs)], capture_output=True, timeout=20
    )

    os.close(own)
    os.close(theirs)
    assert (done.returncode, time.monotonic() - begun < 10) == (0, True), done.stderr
