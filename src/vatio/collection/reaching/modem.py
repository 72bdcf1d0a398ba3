"""A modem that is told by AT commands to call a number, over any stream of bytes."""

import asyncio
import contextlib
import re
from collections.abc import Mapping
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
        """Return the next bytes.

        :raises CallFailed: once the other end hung up, which the modem says in words.
        """
        data, self._rest = self._rest, b""
        data = data or await self._stream.read()
        seen = self._tail + data
        self._is_lost = self._is_lost or not data or LOST in seen
        if self._is_lost:
            raise CallFailed(CallFailure.HUNG_UP)
        self._tail = seen[1 - len(LOST) :]
        return data

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
                await _hang_up(self._stream, self._limits)
        finally:
            await self._stream.close()


async def dial_modem(stream: ByteStream, number: str, *, limits: ModemLimits) -> ModemStream:
    """Let a modem call a number, and return the call.

    :raises CallFailed: as soon as the modem says why not; the modem is free by then.
    """
    if not NUMBER.fullmatch(number):
        raise ValueError("a number to call has digits only")
    try:
        await _reset(stream, limits)
        await _command(stream, GSM_DATA, limits.command)
        rest = await _dial(stream, number, limits)
    except BaseException:
        await stream.close()
        raise
    return ModemStream(stream, rest, limits)


async def _reset(stream: ByteStream, limits: ModemLimits) -> None:
    """Reset the modem; one that is still in a call, which nobody ended, is brought back first."""
    try:
        await _command(stream, b"ATZ", limits.command)
    except CallFailed:
        await _hang_up(stream, limits)
        await _command(stream, b"ATZ", limits.command)


async def _dial(stream: ByteStream, number: str, limits: ModemLimits) -> bytes:
    """Return what followed the word that the modems speak to each other."""
    try:
        async with asyncio.timeout(limits.connect):
            await stream.write(b"ATD" + number.encode() + b"\r")
            return await _answer(stream, b"CONNECT", ANSWERS)
    except TimeoutError:
        # Any character ends the dialling (ITU-T V.250).
        await _hang_up(stream, limits, escape=b"\r")
        raise CallFailed(CallFailure.NO_ANSWER) from None
    except OSError:
        raise CallFailed(CallFailure.MODEM_ERROR) from None


async def _hang_up(stream: ByteStream, limits: ModemLimits, *, escape: bytes = b"+++") -> None:
    """Bring a modem back to its commands, and end its call; nothing is raised."""
    try:
        await asyncio.sleep(limits.guard)
        async with asyncio.timeout(limits.command):
            await stream.write(escape)
        await _settle(stream, 2 * limits.guard)
        await _command(stream, b"ATH0", limits.command)
    except (CallFailed, OSError, TimeoutError):
        return


async def _settle(stream: ByteStream, within: float) -> None:
    """Wait for what a modem says to being brought back; it may say nothing.

    Left unread it would pass for the answer to the next command, which would be cut off then.
    """
    with contextlib.suppress(CallFailed, TimeoutError):
        async with asyncio.timeout(within):
            await _answer(stream, b"OK", ANSWERS)


async def _command(stream: ByteStream, command: bytes, within: float) -> None:
    """Send a command, and wait until the modem agrees.

    What it may still say of an earlier call is passed over.

    :raises CallFailed: if the modem says no, says nothing, or is gone.
    """
    try:
        async with asyncio.timeout(within):
            await stream.write(command + b"\r")
            await _answer(stream, b"OK", {b"ERROR": CallFailure.MODEM_ERROR})
    except (OSError, TimeoutError):
        raise CallFailed(CallFailure.MODEM_ERROR) from None


async def _answer(stream: ByteStream, until: bytes, refusals: Mapping[bytes, CallFailure]) -> bytes:
    """Read lines up to the one that is waited for, and return what followed it."""
    pending = b""
    while True:
        while b"\n" in pending:
            line, _end, pending = pending.partition(b"\n")
            word = line.strip()
            if word == until or word.startswith(until + b" "):
                return pending
            if word in refusals:
                raise CallFailed(refusals[word])
            if word.startswith(b"+CME ERROR"):
                raise CallFailed(CallFailure.MODEM_ERROR)
        piece = await stream.read()
        if not piece or len(pending) > LONGEST_LINE:
            raise CallFailed(CallFailure.MODEM_ERROR)
        pending += piece
