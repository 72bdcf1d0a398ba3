"""A modem that is told by AT commands to call a number, over any stream of bytes."""

import asyncio
import re
from dataclasses import dataclass

from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.link import ByteStream

NUMBER = re.compile(r"\+?[0-9]{3,15}")
GSM_DATA = b"AT+CBST=7,0,1"
"""Bearer of a GSM modem: 9600 bit/s (V.32), asynchronous, not transparent."""

ANSWERS = {
    b"BUSY": CallFailure.BUSY,
    b"NO CARRIER": CallFailure.NO_CARRIER,
    b"NO DIALTONE": CallFailure.NO_DIALTONE,
    b"NO DIAL TONE": CallFailure.NO_DIALTONE,
    b"NO ANSWER": CallFailure.NO_ANSWER,
    b"ERROR": CallFailure.MODEM_ERROR,
}
"""What a modem says when a call does not come about."""

LOST = b"\r\nNO CARRIER\r\n"
LONGEST_LINE = 512


@dataclass(frozen=True)
class ModemLimits:
    """How long a modem is waited for, in seconds."""

    command: float = 5.0
    """For the answer to a command."""
    connect: float = 60.0
    """From the number until the modems speak to each other."""
    guard: float = 1.1
    """Silence around `+++`, by which a modem tells it from data."""


class ModemStream:
    """A call that a modem holds; closing it hangs up and leaves the modem to the next call."""

    def __init__(self, stream: ByteStream, rest: bytes, limits: ModemLimits) -> None:
        self._stream = stream
        self._rest = rest
        self._tail = b""
        self._limits = limits
        self._is_lost = False
        self._is_closed = False

    async def read(self) -> bytes:
        """Return the next bytes; none once the other end hung up, which the modem says in words."""
        if self._is_lost:
            return b""
        data, self._rest = self._rest, b""
        data = data or await self._stream.read()
        seen = self._tail + data
        self._is_lost = not data or LOST in seen
        self._tail = seen[1 - len(LOST) :]
        return b"" if self._is_lost else data

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        await self._stream.write(data)

    async def close(self) -> None:
        """Hang up: a silence, `+++`, a silence, `ATH0`; then free the modem."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if not self._is_lost:
                await self._hang_up()
        finally:
            await self._stream.close()

    async def _hang_up(self) -> None:
        try:
            await asyncio.sleep(self._limits.guard)
            async with asyncio.timeout(self._limits.command):
                await self._stream.write(b"+++")
            await asyncio.sleep(self._limits.guard)
            await _command(self._stream, b"ATH0", self._limits.command)
        except (CallFailed, OSError, TimeoutError):
            return


async def dial_modem(stream: ByteStream, number: str, *, limits: ModemLimits) -> ModemStream:
    """Let a modem call a number, and return the call.

    :raises CallFailed: as soon as the modem says why not; the modem is free by then.
    """
    if not NUMBER.fullmatch(number):
        raise ValueError("a number to call has digits only")
    try:
        await _command(stream, b"ATZ", limits.command)
        await _command(stream, GSM_DATA, limits.command)
        rest = await _command(stream, b"ATD" + number.encode(), limits.connect, until=b"CONNECT")
    except BaseException:
        await stream.close()
        raise
    return ModemStream(stream, rest, limits)


async def _command(
    stream: ByteStream, command: bytes, within: float, *, until: bytes = b"OK"
) -> bytes:
    """Send a command, wait for the line that answers it, and return what followed that line.

    :raises CallFailed: if the modem says no, says nothing, or is gone.
    """
    dials = until == b"CONNECT"
    try:
        async with asyncio.timeout(within):
            await stream.write(command + b"\r")
            return await _answer(stream, until)
    except TimeoutError:
        raise CallFailed(CallFailure.NO_ANSWER if dials else CallFailure.MODEM_ERROR) from None
    except OSError:
        raise CallFailed(CallFailure.MODEM_ERROR) from None


async def _answer(stream: ByteStream, until: bytes) -> bytes:
    pending = b""
    while True:
        while b"\n" in pending:
            line, _end, pending = pending.partition(b"\n")
            word = line.strip()
            if word == until or word.startswith(until + b" "):
                return pending
            if word in ANSWERS:
                raise CallFailed(ANSWERS[word])
            if word.startswith(b"+CME ERROR"):
                raise CallFailed(CallFailure.MODEM_ERROR)
        piece = await stream.read()
        if not piece or len(pending) > LONGEST_LINE:
            raise CallFailed(CallFailure.MODEM_ERROR)
        pending += piece
