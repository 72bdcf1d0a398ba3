"""A mail server on loopback, in a process of its own, that counts what arrives."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.smtp import SMTP


class Postbox:
    """What arrived: the number of mails and of repeated ones, and when the first and last came.

    Times are seconds of the monotonic clock.
    """

    def __init__(self) -> None:
        self.port = multiprocessing.Value("i", 0)
        self.arrived = multiprocessing.Value("i", 0)
        self.repeated = multiprocessing.Value("i", 0)
        self.first_at = multiprocessing.Value("d", 0.0)
        self.last_at = multiprocessing.Value("d", 0.0)
        self.names: set[str] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Accept and count a mail; one whose Message-ID came before is counted as repeated."""
        now = time.monotonic()
        name = str(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"])
        if name in self.names:
            self.repeated.value += 1
        self.names.add(name)
        self.first_at.value = self.first_at.value or now
        self.last_at.value = now
        self.arrived.value += 1
        return "250 OK"

    def serve(self) -> None:
        """Serve until the process is terminated."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, hostname="postbox", loop=loop), "127.0.0.1", 0
        )
        self.port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()


@contextmanager
def opened() -> Iterator[Postbox]:
    """Start a postbox in a process of its own, and terminate it at the end."""
    postbox = Postbox()
    process = multiprocessing.Process(target=postbox.serve, daemon=True)
    process.start()
    while not postbox.port.value:
        time.sleep(0.02)
    try:
        yield postbox
    finally:
        process.terminate()
        process.join()
