"""Delivering messages to a local SMTP server: how many a second, by one sender and by two."""

import asyncio
import multiprocessing
import time
from typing import Any

from aiosmtpd.smtp import SMTP
from django.db import connection

from benchmarks.ground import filling, measuring, platform
from vatio import clock
from vatio.notifications.delivery import Sender, deliver
from vatio.notifications.door import Address, Door
from vatio.notifications.models import Message
from vatio.notifications.queueing import Reader, queue

SENDER = Sender("avisos@vatio.example", "https://vatio.example")


class _Sink:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


def _serve(port: Any) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(_Sink(), hostname="sink", loop=loop), "127.0.0.1", 0
        )
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(run())


def _send(port: int) -> None:
    connection.settings_dict["NAME"] = platform.NAME
    with Door(Address("127.0.0.1", port, "", "", "none")) as door:
        deliver(door, SENDER, now=clock.now)


def run(count: int, senders: int, port: int) -> dict[str, object]:
    """Queue messages, and let some senders empty the outbox together."""
    Message.objects.all().delete()
    for number in range(0, count, 1_000):
        queue(
            "order_rejected",
            [Reader(f"p{each}@norte.example", "es") for each in range(number, number + 1_000)],
            key=f"bench:{number}",
            context={
                "number": "S-2026-0042",
                "kind": "opening",
                "account": "Hotel Lugo 012",
                "reason": "Falta el NIF.",
                "rule": "",
                "path": "/orders/x/",
            },
            at=clock.now(),
        )
    connection.close()
    begun = time.perf_counter()
    working = [multiprocessing.Process(target=_send, args=(port,)) for _ in range(senders)]
    for each in working:
        each.start()
    for each in working:
        each.join()
    seconds = time.perf_counter() - begun
    sent = Message.objects.filter(state=Message.State.SENT).count()
    return {"senders": senders, "sent": sent, "per_second": round(sent / seconds)}


def main() -> None:
    """Measure one sender and two."""
    asked = measuring.arguments(__doc__ or "", messages=5_000)
    platform.fresh()
    filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    port = multiprocessing.Value("i", 0)
    sink = multiprocessing.Process(target=_serve, args=(port,), daemon=True)
    sink.start()
    while not port.value:
        time.sleep(0.05)
    found = [run(asked.messages, senders, port.value) for senders in (1, 2)]
    sink.terminate()
    measuring.report(
        {
            "measured": "delivery",
            "messages": asked.messages,
            "runs": found,
            "machine": measuring.machine(),
        },
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
