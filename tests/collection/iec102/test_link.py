import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from vatio.collection.iec102 import frames
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.frames import Frame, FrameReader
from vatio.collection.iec102.link import CallLimits, MeterLink

REPLY = 0.2
LIMITS = CallLimits(reply=REPLY, quiet=0.01, pause=0, call=20, farewell=0.05)
Said = Sequence[bytes | None]


class LateLine:
    """A line to a meter that says bodies one by one, None for «no data», and then nothing.

    It keeps the order of what it carries. Answer number N, from 1, is delayed by some reply
    times, or lost if the delay is infinite; `before` comes before each answer.
    """

    def __init__(self, said: Said, delays: Mapping[int, float], *, before: bytes = b"") -> None:
        self._left = list(said)
        self._delays = delays
        self._before = before
        self._reader = FrameReader()
        self._come: asyncio.Queue[bytes] = asyncio.Queue()
        self._last: tuple[bool, Frame] | None = None
        self._count = 0
        self._until = 0.0

    async def write(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            self._count += 1
            delay = self._delays.get(self._count, 0)
            answer = self._answer(frame)
            if delay == float("inf"):
                continue
            loop = asyncio.get_running_loop()
            self._until = max(self._until + 1e-4, loop.time() + delay * REPLY)
            loop.call_at(self._until, self._come.put_nowait, self._before + answer.encoded())

    def _answer(self, asked: Frame) -> Frame:
        if self._last is None or self._last[0] != asked.fcb:
            body = self._left.pop(0)
            control = frames.NO_DATA if body is None else frames.DATA
            self._last = asked.fcb, Frame(control, asked.link, body or b"")
        return self._last[1]

    async def read(self) -> bytes:
        return await self._come.get()

    async def close(self) -> None:
        return


async def fetched(line: LateLine, count: int, limits: CallLimits = LIMITS) -> list[bytes | None]:
    link = MeterLink(line, address=1, limits=limits)
    return [await link.fetch() for _time in range(count)]


NUMBERED = [bytes([number]) for number in range(12)]
TWICE = [bytes([number // 2]) for number in range(12)]
PAUSING = [None if number % 3 else bytes([number]) for number in range(12)]
LOST = float("inf")


@pytest.mark.parametrize("said", [NUMBERED, TWICE, PAUSING])
def test_whatever_answers_come_late_each_is_taken_once_and_in_order(said: Said) -> None:
    late = [
        {number: first, number + 1: second, number + 2: third}
        for number in range(1, 10)
        for first, second, third in [
            (1.2, 1.5, 0.3),
            (1.2, 1.5, 1.2),
            (1.5, 0.3, 1.5),
            (LOST, 1.2, 0.9),
            (1.6, LOST, 0),
            (LOST, 0, LOST),
        ]
    ]

    async def run() -> list[list[bytes | None]]:
        return await asyncio.gather(*(fetched(LateLine(said, each), 12) for each in late))

    for delays, came in zip(late, asyncio.run(run()), strict=True):
        assert (delays, came) == (delays, list(said))


def test_what_is_like_an_answer_that_is_owed_costs_time_and_never_the_next_answer() -> None:
    line = LateLine(TWICE, {1: LOST, 3: 0.2})

    async def run() -> tuple[list[bytes | None], int]:
        link = MeterLink(line, address=1, limits=LIMITS)
        return [await link.fetch() for _time in range(4)], link.repeated

    assert asyncio.run(run()) == (TWICE[:4], 2)


@pytest.mark.parametrize(("limits", "taken"), [
    (replace(LIMITS, most_of_answer=999), 0),
    (replace(LIMITS, most_of_answer=1_010), 12),
    (replace(LIMITS, most_of_call=5_100), 5),
])  # fmt: skip
def test_a_line_that_floods_is_left_after_as_many_bytes_as_it_may_send(
    limits: CallLimits, taken: int
) -> None:
    line = LateLine(NUMBERED, {}, before=b"\xff" * 1_000)
    came: list[bytes | None] = []

    async def run() -> None:
        link = MeterLink(line, address=1, limits=limits)
        for _time in range(12):
            came.append(await link.fetch())

    if taken == 12:
        asyncio.run(run())
    else:
        with pytest.raises(CallFailed) as failed:
            asyncio.run(run())
        assert failed.value.reason is CallFailure.GARBLED
    assert came == NUMBERED[:taken]


def test_what_a_call_takes_is_far_more_than_45_days_have_and_far_less_than_a_flood() -> None:
    longest = frames.LONGEST_BODY + 9
    records = 45 * (24 + 96) + 2 * 45

    assert records * 100 < LIMITS.most_of_call / 10
    assert longest * 100 < LIMITS.most_of_answer < LIMITS.most_of_call < 2**31
