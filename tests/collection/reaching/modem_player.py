"""A modem as it behaves towards a computer, behind a serial device or a serial server.

It takes AT commands and echoes them, calls a simulated meter whatever the number, and hands the
bytes of a call through until `+++` or until the meter hangs up.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from vatio.demo.meter.server import LOOPBACK

COMMANDS = {"ATZ": "OK", "AT+CBST=7,0,1": "OK"}


class ModemPlayer:
    """Plays a modem over streams of bytes, for one computer at a time."""

    def __init__(self, *, meter: int = 0, says: str = "CONNECT 9600", **answers: str) -> None:
        """Take the port of a meter on loopback, and what is said to dialling and to commands."""
        self.heard: list[str] = []
        self.vanish: Callable[[], None] = lambda: None
        self._answers = COMMANDS | answers
        self._meter = meter
        self._says = says
        self._call: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._is_online = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Play until the computer is gone."""
        typed = b""
        try:
            while piece := await reader.read(4096):
                if self._call and self._is_online and piece != b"+++":
                    self._call.write(piece)
                elif piece == b"+++":
                    self.heard.append("+++")
                    self._is_online = False
                    writer.write(b"\r\nOK\r\n")
                else:
                    *commands, typed = (typed + piece).split(b"\r")
                    for command in commands:
                        await self._obey(command.decode(), writer)
        except ConnectionError:
            return
        finally:
            self._hang_up()
            writer.close()

    async def _obey(self, command: str, writer: asyncio.StreamWriter) -> None:
        self.heard.append(command)
        writer.write(command.encode() + b"\r")
        answer = self._answers.get(command, "ERROR")
        if command == "ATH0":
            self._hang_up()
            answer = "OK"
        elif command.startswith("ATD"):
            answer = self._says
            if answer.startswith("CONNECT"):
                listen, self._call = await asyncio.open_connection(LOOPBACK, self._meter)
                self._is_online = True
                self._listening = asyncio.create_task(self._hand_on(listen, writer))
        if answer:
            writer.write(f"\r\n{answer}\r\n".encode())

    async def _hand_on(self, meter: asyncio.StreamReader, computer: asyncio.StreamWriter) -> None:
        while piece := await meter.read(4096):
            computer.write(piece)
        self._is_online = False
        self._hang_up()
        computer.write(b"\r\nNO CARRIER\r\n")

    def _hang_up(self) -> None:
        if self._call:
            self._call.close()
            self._call = None
        if self._listening and self._listening is not asyncio.current_task():
            self._listening.cancel()


Behind = Callable[[ModemPlayer], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def behind_device(player: ModemPlayer) -> AsyncIterator[str]:
    """Let a modem play at a serial device, and hand over its path.

    The other side of the device is held as well, as otherwise it would be gone with each call.
    """
    loop = asyncio.get_running_loop()
    own, held = os.openpty()
    reader = asyncio.StreamReader()
    with open(own, "rb", buffering=0) as heard, open(os.dup(own), "wb", buffering=0) as said:
        reading, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), heard
        )
        writing, flow = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, said)
        playing = asyncio.create_task(
            player.serve(reader, asyncio.StreamWriter(writing, flow, None, loop))
        )

        def vanish() -> None:
            reading.close()
            playing.cancel()
            if not writing.is_closing():
                writing.abort()

        player.vanish = vanish
        try:
            yield os.ttyname(held)
        finally:
            os.close(held)
            if not reading.is_closing():
                vanish()
            await asyncio.gather(playing, return_exceptions=True)


@asynccontextmanager
async def behind_server(player: ModemPlayer) -> AsyncIterator[str]:
    """Let a modem play at a serial server on loopback, and hand over its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        player.vanish = writer.transport.abort
        await player.serve(reader, writer)

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield f"socket://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
