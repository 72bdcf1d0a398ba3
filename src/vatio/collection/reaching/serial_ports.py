"""The bytes of a modem: at a serial device, or at a serial server in the network.

pyserial opens, sets and frees a port. Each of these may block, so a thread of its own does them
for each port. In between it carries bytes between the port and one of a pair of sockets; the
other of the pair is the event loop's, which waits for it as for any connection.
"""

import asyncio
import contextlib
import logging
import os
import select
import socket
import termios
import threading
from collections.abc import Callable

import serial

from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.env import is_modem

logger = logging.getLogger("vatio.collection")

SPEED = 9600
"""Bit/s, with eight data bits, no parity and one stop bit."""

PIECE = 4096
GOODBYE = 2.0
"""Seconds for which a port that is closed is waited for; pyserial rests 0.3 s after a server."""

OPEN = b"\x06"
"""What a port's thread says first, once it is open; if it cannot be opened, it hangs up."""

GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class SerialStream:
    """An open serial port; it speaks as `iec102.link.ByteStream` asks."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, freed: asyncio.Event
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._freed = freed

    async def read(self) -> bytes:
        """Return the next bytes; none once the port is gone or closed."""
        try:
            return await self._reader.read(PIECE)
        except ConnectionError:
            return b""

    async def write(self, data: bytes) -> None:
        """Send bytes.

        :raises ConnectionError: if the port is gone.
        """
        self._writer.write(data)
        await self._writer.drain()

    async def close(self) -> None:
        """Free the port at once; what was not sent by then is dropped."""
        self._writer.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self._freed.wait()


async def open_serial(opens: str, *, within: float) -> SerialStream:
    """Open a port for nobody else, within some seconds.

    :param opens: what COLLECT_MODEMS has: a serial device, or socket://host:port.
    :raises CallFailed: `NO_MODEM` if it cannot be opened, or is in use; the log says why.
    """
    if not is_modem(opens):
        raise ValueError("a modem is a serial device or a serial server")
    loop, freed = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        with contextlib.suppress(RuntimeError):  # nobody waits after the end of the loop
            loop.call_soon_threadsafe(freed.set)

    ours, carried = socket.socketpair()
    carried.setblocking(False)
    threading.Thread(
        target=_serve, args=(opens, carried, tell), name=f"port {opens}", daemon=True
    ).start()
    reader, writer = await asyncio.open_connection(sock=ours)
    try:
        async with asyncio.timeout(within):
            is_open = await reader.read(len(OPEN)) == OPEN
    except TimeoutError:
        logger.warning("The modem at %s does not open in %s s.", opens, within)
        is_open = False
    except BaseException:
        writer.transport.abort()
        raise
    if not is_open:
        writer.transport.abort()
        raise CallFailed(CallFailure.NO_MODEM)
    return SerialStream(reader, writer, freed)


def _serve(opens: str, carried: socket.socket, tell: Callable[[], None]) -> None:
    """Open a port, carry its bytes until either end is gone, and free it: the whole thread."""
    try:
        port = serial.serial_for_url(
            opens,
            baudrate=SPEED,
            bytesize=serial.EIGHTBITS,
            parity=serial.PARITY_NONE,
            stopbits=serial.STOPBITS_ONE,
            exclusive=True,
        )
    except (OSError, ValueError, termios.error) as error:
        logger.warning("The modem at %s cannot be opened: %s", opens, error)
        carried.close()
        tell()
        return
    try:
        with carried:
            _carry(port.fileno(), carried)
    finally:
        _free(port)
        tell()


def _carry(port: int, carried: socket.socket) -> None:
    """Carry bytes both ways until either end is gone; one piece waits either way at most.

    The descriptor is read itself, since pyserial waits for it by `select`, which knows none
    from 1,024 on; a collector with hundreds of calls may have more.
    """
    inward, outward = OPEN, b""
    lines = select.poll()
    while True:
        lines.register(port, (0 if inward else select.POLLIN) | (select.POLLOUT if outward else 0))
        lines.register(
            carried, (0 if outward else select.POLLIN) | (select.POLLOUT if inward else 0)
        )
        found = dict(lines.poll())
        at_port, at_loop = found.get(port, 0), found.get(carried.fileno(), 0)
        try:
            if at_loop & GONE or (at_port & GONE and not at_port & select.POLLIN):
                return
            if at_port & select.POLLIN and not (inward := os.read(port, PIECE)):
                return
            if at_port & select.POLLOUT:
                outward = outward[os.write(port, outward) :]
            if at_loop & select.POLLOUT:
                inward = inward[carried.send(inward) :]
            if at_loop & select.POLLIN and not (outward := carried.recv(PIECE)):
                return
        except BlockingIOError:
            continue
        except OSError:
            return


def _free(port: serial.SerialBase) -> None:
    """Close a port; a device would wait for what it has not sent yet, so that is dropped."""
    with contextlib.suppress(OSError, termios.error):
        port.reset_output_buffer()
    with contextlib.suppress(OSError):
        port.close()
