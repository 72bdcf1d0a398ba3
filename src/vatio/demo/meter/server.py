"""The door of the simulated meter: one session at a time on 127.0.0.1, and faults of the line."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from vatio.collection.iec102.frames import BrokenFrame, Frame, FrameReader
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.station import SimulatedMeter, Station

LOOPBACK = "127.0.0.1"
LATE = 1.5
"""Seconds by which a late answer comes too late, for a client that waits one second."""


class MeterDoor:
    """Takes connections for a simulated meter, one at a time, and drops all others at once."""

    def __init__(
        self,
        meter: SimulatedMeter,
        faults: MeterFaults,
        *,
        now: Callable[[], datetime],
        late: float = LATE,
    ) -> None:
        self._meter = meter
        self._faults = faults
        self._now = now
        self._late = late
        self._taken = False
        self._heard = 0
        self._said = 0
        self._noise = random.Random(102)  # noqa: S311 - noise, not a secret
        self.connections = 0
        """How many connections were taken, those that were dropped at once aside."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends."""
        if self._taken or "busy" in self._faults:
            writer.close()
            return
        self._taken = True
        self.connections += 1
        self._heard = self._said = 0
        try:
            await self._converse(reader, writer)
        except ConnectionError:
            return
        finally:
            self._taken = False
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        station = Station(self._meter, self._faults, await self._clock())
        frames = FrameReader()
        while piece := await reader.read(4096):
            if "echo" in self._faults:
                writer.write(piece)
            try:
                heard = frames.feed(piece)
            except BrokenFrame:
                continue
            for frame in heard:
                self._heard += 1
                if self._faults.hits("deaf", self._heard):
                    continue
                answer = station.answer(frame)
                if answer is not None and not await self._say(answer, writer):
                    return

    async def _clock(self) -> Callable[[], datetime]:
        """Return a clock that starts at what `now` says, which may ask a database."""
        at = await asyncio.to_thread(self._now)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        return lambda: at + timedelta(seconds=loop.time() - begun)

    async def _say(self, answer: Frame, writer: asyncio.StreamWriter) -> bool:
        """Send an answer with the faults of the line; return whether the line still stands."""
        faults = self._faults
        self._said += 1
        count = self._said
        if "silent" in faults or 0 < faults.number("silent-from") <= count:
            return True
        if faults.hits("hang-up", count):
            return False
        await asyncio.sleep(faults.number("delay"))
        if faults.hits("late", count):
            await asyncio.sleep(self._late)
        if faults.hits("drop", count) or faults.hits_every("drop-every", count):
            return True
        whole = self._on_the_line(answer, count)
        if faults.hits("cut", count):
            writer.write(whole[: len(whole) // 2])
            await writer.drain()
            return False
        await self._write(whole, writer)
        return True

    def _on_the_line(self, answer: Frame, count: int) -> bytes:
        """Return an answer's bytes as they arrive."""
        faults = self._faults
        if "other-link" in faults:
            answer = Frame(answer.control, answer.link ^ 1, answer.body)
        whole = answer.encoded()
        spoilt = (
            faults.hits("corrupt", count)
            or faults.hits_every("corrupt-every", count)
            or "corrupt-all" in faults
        )
        if spoilt:
            whole = whole[:-2] + bytes([whole[-2] ^ 0x41]) + whole[-1:]
        if "garbage" in faults or faults.hits("noise", count):
            noise = b"\x55" + self._noise.randbytes(40)
            whole = noise if "garbage" in faults else noise + whole
        if "idle-only" in faults:
            whole = b"\xff" * len(whole)
        return b"\xff" * int(faults.number("idle")) + whole

    async def _write(self, whole: bytes, writer: asyncio.StreamWriter) -> None:
        while "idle-flood" in self._faults:
            writer.write(b"\xff" * 4096)
            await writer.drain()
            await asyncio.sleep(0)
        size = 1 if "slow" in self._faults else int(self._faults.number("split")) or len(whole)
        for at in range(0, len(whole), size):
            writer.write(whole[at : at + size])
            await writer.drain()
            if size < len(whole):
                await asyncio.sleep(self._faults.number("slow"))


@asynccontextmanager
async def opened(door: MeterDoor, *, port: int) -> AsyncIterator[int]:
    """Listen on a port of loopback, any free one for 0, and hand its number over."""
    server = await asyncio.start_server(door.serve, LOOPBACK, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
