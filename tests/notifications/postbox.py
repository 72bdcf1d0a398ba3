"""A real SMTP server on loopback, which can be told to misbehave."""

import asyncio
import email
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message as Mail
from typing import Any

from aiosmtpd.smtp import SMTP

from vatio.notifications.smtp import Address


class Postbox:
    """What arrived, and what the server is to do with what comes next."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.refused: dict[str, str] = {}
        self.answers: list[str] = []
        self.port = 0

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.port, "", "", "none")

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "drop before":
            server.transport.abort()
            return "451 dropped"
        if answer.startswith(("250", "drop after")):
            self.mails.append(email.message_from_bytes(envelope.content))
            self.senders.append(envelope.mail_from)
            self.recipients.extend(envelope.rcpt_tos)
        if answer == "drop after":
            server.transport.abort()
            return "451 dropped"
        return answer


@contextmanager
def open_postbox(postbox: Postbox | None = None) -> Iterator[Postbox]:
    """Run a server for a postbox in a thread of its own, on any free port."""
    box = postbox or Postbox()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await loop.create_server(
            lambda: SMTP(box, hostname="postbox", loop=loop), "127.0.0.1", box.port
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
