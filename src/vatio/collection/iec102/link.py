"""The link layer: one request, one answer, the frame count bit, and an end to every wait."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from vatio.collection.iec102 import frames
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.frames import BrokenFrame, Frame, FrameReader


class ByteStream(Protocol):
    """An open connection to a meter: bytes both ways, in pieces of any size."""

    async def read(self) -> bytes:
        """Return the next bytes, at least one; none at all once the other end hung up."""

    async def write(self, data: bytes) -> None:
        """Send bytes.

        :raises ConnectionError: if the other end hung up.
        """

    async def close(self) -> None:
        """Free the line; nothing is raised, and twice is harmless."""


@dataclass(frozen=True)
class CallLimits:
    """How long a call waits, in seconds, how often it asks, and how many bytes it takes."""

    reply: float = 5.0
    """For one whole answer, from the moment at which the request was sent."""
    quiet: float = 0.2
    """Without a byte, after which a disturbed line counts as quiet."""
    pause: float = 0.5
    """Before a meter that is busy or has no data yet is asked again."""
    call: float = 300.0
    """For the whole call, its end included."""
    farewell: float = 1.0
    """For the meter's answer to the end of the session, which the call does not depend on."""
    tries: int = 3
    """How often one request is sent."""
    empties: int = 60
    """How many answers without data, one after the other, a meter may give."""
    most_of_answer: int = 64 * 1024
    """Bytes that may come for one request: the longest answer has 261, idle bytes aside."""
    most_of_call: int = 8 * 1024 * 1024
    """Bytes that may come in a call: 45 days of hours and quarter-hours, of all eight objects,
    have 0.5 million, so that each may come ten times over."""


class MeterLink:
    """The link to one meter: requests go out one by one, each until it is answered.

    A request whose answer is lost or broken goes out again with the same frame count bit,
    upon which the meter repeats its last answer. An answer says nothing of the request that it
    belongs to. But a meter answers each request at most once, and every line keeps the order of
    what it carries: of a request that was sent three times two answers may be owed when the
    first is taken, equal to it, and they come before the answer to the next request. So an equal
    answer is taken for one that is owed, as long as any is, however often the next request was
    sent. If it was none, the next request goes unanswered and is sent again, which loses time;
    the other way about, the next answer would be lost.
    """

    def __init__(self, stream: ByteStream, *, address: int, limits: CallLimits) -> None:
        self._stream = stream
        self._address = address
        self._limits = limits
        self._reader = FrameReader()
        self._fcb = False
        self._taken: Frame | None = None
        self._owed = 0
        self._asked_at = 0
        self.sent = 0
        """Bytes sent."""
        self.received = 0
        """Bytes received."""
        self.repeated = 0
        """Requests that had to be sent again."""

    async def open(self) -> None:
        """Ask for the status of the link, and reset it.

        :raises CallFailed: if the meter takes no session or does not answer.
        """
        for _try in range(self._limits.tries):
            answer = await self._ask(self._request(frames.STATUS), {frames.STATUS_ANSWER})
            if answer.control & frames.BUFFERS_FULL:
                await asyncio.sleep(self._limits.pause)
                continue
            answer = await self._ask(self._request(frames.RESET), {frames.ACK, frames.NACK})
            if answer.function == frames.ACK:
                self._fcb = False
                if self._owed:
                    # What answers the key is like what is owed; the status of the link is not.
                    await self._ask(self._request(frames.STATUS), {frames.STATUS_ANSWER})
                return
            await asyncio.sleep(self._limits.pause)
        raise CallFailed(CallFailure.BUSY)

    async def send(self, body: bytes) -> bool:
        """Hand a data unit over, and return whether the meter took it."""
        request = self._request(frames.SEND, body)
        answer = await self._ask(request, {frames.ACK, frames.NACK})
        return answer.function == frames.ACK

    async def fetch(self) -> bytes | None:
        """Return the next data unit that the meter has ready, or None if it has none."""
        answer = await self._ask(
            self._request(frames.CLASS_2), {frames.DATA, frames.NO_DATA, frames.NACK}
        )
        return answer.body if answer.function == frames.DATA else None

    async def part(self, body: bytes) -> None:
        """Send a last data unit, and wait a moment for its answer, whatever it is."""
        await self._write(self._request(frames.SEND, body))
        await self._answer({frames.ACK, frames.NACK}, within=self._limits.farewell)

    def _request(self, function: int, body: bytes = b"") -> Frame:
        control = frames.FROM_MASTER | function
        if function in (frames.SEND, frames.CLASS_2):
            self._fcb = not self._fcb
            control |= frames.FCV | (frames.FCB if self._fcb else 0)
        return Frame(control, self._address, body)

    async def _ask(self, request: Frame, expected: set[int]) -> Frame:
        """Send a request until it is answered.

        :raises CallFailed: after the last try, with the first reason that is not silence.
        """
        reason = CallFailure.SILENT
        for attempt in range(self._limits.tries):
            await self._write(request)
            answer = await self._answer(expected, within=self._limits.reply)
            if isinstance(answer, Frame):
                self._taken, self._owed = answer, attempt
                if not self._owed:
                    # More than one answer to one request: what follows belongs to nothing.
                    self._reader.forget()
                return answer
            if reason is CallFailure.SILENT:
                reason = answer
            self.repeated += attempt + 1 < self._limits.tries
        raise CallFailed(reason)

    async def _answer(self, expected: set[int], *, within: float) -> Frame | CallFailure:
        """Return the answer to the request that was just sent, or why there is none."""
        begun = self.received
        try:
            async with asyncio.timeout(within):
                while True:
                    for frame in self._reader.feed(await self._read()):
                        if not frame.from_master and not self._is_owed(frame):
                            return await self._judge(frame, expected)
        except BrokenFrame:
            await self._drain()
            return CallFailure.GARBLED
        except TimeoutError:
            self._reader.forget()
            return CallFailure.SILENT if self.received == begun else CallFailure.TOO_SLOW

    def _is_owed(self, frame: Frame) -> bool:
        """Take a frame for the repetition of the last answer, if one is owed that is like it."""
        if not self._owed or self._taken is None or not frame.says_as(self._taken):
            return False
        self._owed -= 1
        return True

    async def _judge(self, frame: Frame, expected: set[int]) -> Frame | CallFailure:
        """Return a frame if it answers the request; else wait for a quiet line."""
        if frame.link != self._address:
            await self._drain()
            return CallFailure.OTHER_LINK
        if frame.function not in expected:
            await self._drain()
            return CallFailure.UNEXPECTED
        return frame

    async def _drain(self) -> None:
        """Drop what comes until the line is quiet, but no longer than an answer may take."""
        self._reader.forget()
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.reply
        while (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(left, self._limits.quiet)):
                    await self._read()
            except TimeoutError:
                return

    async def _read(self) -> bytes:
        try:
            data = await self._stream.read()
        except (ConnectionError, OSError):
            data = b""
        if not data:
            # A meter that is with somebody else takes the connection, and drops it at once.
            raise CallFailed(CallFailure.HUNG_UP if self.received else CallFailure.BUSY)
        self.received += len(data)
        since = self.received - self._asked_at
        if since > self._limits.most_of_answer or self.received > self._limits.most_of_call:
            raise CallFailed(CallFailure.GARBLED)
        return data

    async def _write(self, request: Frame) -> None:
        data = request.encoded()
        self._asked_at = self.received
        try:
            async with asyncio.timeout(self._limits.reply):
                await self._stream.write(data)
        except TimeoutError:
            raise CallFailed(CallFailure.TOO_SLOW) from None
        except (ConnectionError, OSError):
            reason = CallFailure.HUNG_UP if self.received else CallFailure.BUSY
            raise CallFailed(reason) from None
        self.sent += len(data)
