import asyncio
import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.meter.calling import BEGIN, DAY, NOW, SHORT, day, measured, values
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed
from vatio.collection.iec102.frames import Frame, FrameReader
from vatio.collection.iec102.session import MeterAddress, session
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.station import KEY, ZONE, SimulatedMeter, Station

WHOLE = measured(BEGIN, BEGIN + DAY, 60)
TINY = replace(SHORT, reply=0.02, quiet=0.002, pause=0, call=1.5, farewell=0.01)


class NoisyLine:
    """A line to a meter whose answers are spoilt, and split anywhere, as the draws say."""

    def __init__(self, spoilings: list[tuple[int, int, bytes]], piece: int) -> None:
        self._station = Station(SimulatedMeter(), MeterFaults(), lambda: NOW)
        self._reader = FrameReader()
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._spoilings = {number: (at, noise) for number, at, noise in spoilings}
        self._piece = piece
        self._count = 0
        self.closed = False

    async def write(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            answer = self._station.answer(frame)
            if answer is not None:
                self._say(answer)

    def _say(self, answer: Frame) -> None:
        self._count += 1
        line = answer.encoded()
        if self._count in self._spoilings:
            at, noise = self._spoilings[self._count]
            at %= len(line) + 1
            line = line[:at] + noise + line[at + len(noise) :]
        for start in range(0, len(line), self._piece):
            self._said.put_nowait(line[start : start + self._piece])

    async def read(self) -> bytes:
        return await self._said.get()

    async def close(self) -> None:
        self.closed = True


class BabblingLine:
    """A line that says what was drawn, whatever is asked, and then nothing."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.closed = False

    async def write(self, data: bytes) -> None:
        return

    async def read(self) -> bytes:
        await asyncio.sleep(0)
        if not self._pieces:
            await asyncio.sleep(60)
        return self._pieces.pop(0) or b"\xff"

    async def close(self) -> None:
        self.closed = True


def read_over(line: NoisyLine | BabblingLine) -> MeterCurve | None:
    async def run() -> MeterCurve:
        async with session(line, MeterAddress(1, 1), KEY, zone=ZONE, limits=TINY) as begun:
            return await day()(begun)

    start = time.monotonic()
    try:
        return asyncio.run(run())
    except CallFailed as failure:
        assert failure.args == (str(failure.reason),)
        return None
    finally:
        assert line.closed
        assert time.monotonic() - start < 10


spoiling = st.tuples(st.integers(1, 40), st.integers(0, 60), st.binary(min_size=1, max_size=1))


@settings(deadline=None)
@given(st.lists(spoiling, max_size=4, unique_by=lambda each: each[0]), st.integers(1, 80))
def test_bytes_spoilt_anywhere_never_make_a_wrong_reading(
    spoilings: list[tuple[int, int, bytes]], piece: int
) -> None:
    curve = read_over(NoisyLine(spoilings, piece))

    if curve is not None:
        assert values(curve) == WHOLE


@settings(deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=20))
def test_random_bytes_never_hold_a_call_up_and_are_never_readings(pieces: list[bytes]) -> None:
    assert read_over(BabblingLine(pieces)) is None


frames = st.builds(
    Frame,
    st.sampled_from([0x00, 0x01, 0x08, 0x09, 0x0B, 0x1B, 0x28]),
    st.sampled_from([1, 1, 1, 2]),
    st.one_of(st.just(b""), st.binary(min_size=1, max_size=40)),
)


@settings(deadline=None)
@given(st.lists(frames.map(Frame.encoded), max_size=20))
def test_whole_frames_that_answer_nothing_never_hold_a_call_up(pieces: list[bytes]) -> None:
    assert read_over(BabblingLine(pieces)) is None
