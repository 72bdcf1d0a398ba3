"""How bytes reach a meter: over IP, to a transparent modem at its end, or by a modem of ours."""

import asyncio
import ipaddress

from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.reaching.modem import ModemLimits, ModemStream, dial_modem
from vatio.collection.reaching.serial_ports import open_serial

PIECE = 4096
GOODBYE = 1.0
"""Seconds for which a closed connection may take leave; then it is cut."""


class IpStream:
    """A connection over IP; it speaks as `iec102.link.ByteStream` asks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        """Return the next bytes; none once the other end hung up."""
        return await self._reader.read(PIECE)

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        self._writer.write(data)
        await self._writer.drain()

    async def close(self) -> None:
        """Free the line at once; what was not sent by then is dropped."""
        self._writer.close()
        try:
            async with asyncio.timeout(GOODBYE):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


async def dial_ip(address: str, port: int, *, within: float) -> IpStream:
    """Connect to an address that was checked before, within some seconds.

    :param address: an address in digits: a name is refused, as it could lead elsewhere by now.
    :raises CallFailed: if nobody answers there.
    """
    ipaddress.ip_address(address)
    try:
        async with asyncio.timeout(within):
            reader, writer = await asyncio.open_connection(address, port)
    except (OSError, TimeoutError):
        raise CallFailed(CallFailure.UNREACHABLE) from None
    return IpStream(reader, writer)


async def dial_by_modem(
    opens: str, number: str, *, limits: ModemLimits, within: float
) -> ModemStream:
    """Open a modem within some seconds, and let it call a number.

    :param opens: what COLLECT_MODEMS has: a serial device, or socket://host:port.
    :raises CallFailed: `NO_MODEM` if it cannot be opened, else what the modem says.
    """
    return await dial_modem(await open_serial(opens, within=within), number, limits=limits)
