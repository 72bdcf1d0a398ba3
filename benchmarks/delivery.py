"""Delivering messages to a mail server on loopback: how many a second, by one worker and by two."""

import smtplib
import time
from email.message import EmailMessage

from django.db import connection

from benchmarks.ground import filling, measuring, platform, postbox, processes
from vatio import clock
from vatio.notifications.models import Message
from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.models import Organisation, Person

WORKERS = (1, 2)
AT_ONCE = 1_000
PATIENCE = 60.0
"""Seconds without an arrival after which the run fails."""

CONTEXT = {
    "number": "S-2026-0042",
    "kind": "opening",
    "account": "Hotel Lugo 012",
    "reason": "Falta el NIF.",
    "rule": "",
    "path": "/orders/x/",
}


def fill(count: int) -> None:
    """Queue some messages in a new database, each to an address of its own."""
    platform.fresh()
    boss: Person = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    organisation: Organisation = filling.organisation("Norte Eficiente", boss)
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count))
        queue(
            "order_rejected",
            [Recipient(f"p{number}@norte.example", "es") for number in numbers],
            key=f"bench:{start}",
            context=CONTEXT,
            at=clock.now(),
            organisation=organisation,
        )
    filling.settle()


def run(count: int, workers: int) -> dict[str, object]:
    """Measure how some workers, each a process, empty the outbox together."""
    fill(count)
    connection.close()
    with postbox.opened() as box, processes.workers(workers, mail_port=box.port.value):
        _wait_for(box, count)
        _wait_until_settled()
        sent = Message.objects.filter(state=Message.State.SENT).count()
        elapsed = box.last_at.value - box.first_at.value
        figures = {
            "workers": workers,
            "messages": count,
            "sent": sent,
            "arrived": box.arrived.value,
            "repeated": box.repeated.value,
            "seconds": round(elapsed, 2),
            "per_second": round((box.arrived.value - 1) / elapsed, 1),
        }
    connection.close()
    return figures


def floor(count: int) -> float:
    """Send ready-made mails over one connection of smtplib, and return how many a second."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@vatio.example", "b@norte.example", "Solicitud"
    mail.set_content("Falta el NIF.\n" * 20)
    with postbox.opened() as box, smtplib.SMTP("127.0.0.1", box.port.value) as server:
        began = time.monotonic()
        for number in range(count):
            del mail["Message-ID"]
            mail["Message-ID"] = f"<{number}@vatio.example>"
            server.send_message(mail)
        return round(count / (time.monotonic() - began), 1)


def _wait_for(box: postbox.Postbox, count: int) -> None:
    seen, since = 0, time.monotonic()
    while box.arrived.value < count:
        if box.arrived.value > seen:
            seen, since = box.arrived.value, time.monotonic()
        if time.monotonic() - since > PATIENCE:
            raise AssertionError(f"{seen} of {count} messages arrived, and then none")
        time.sleep(0.05)


def _wait_until_settled() -> None:
    """Wait until the workers have recorded the outcome of the last messages."""
    deadline = time.monotonic() + PATIENCE
    underway = [Message.State.QUEUED, Message.State.HANDING_OVER]
    while time.monotonic() < deadline and Message.objects.filter(state__in=underway).exists():
        time.sleep(0.1)


def main() -> None:
    """Measure one worker, then two."""
    options = measuring.arguments(__doc__ or "", messages=10_000)
    under = floor(min(options.messages, 1_000))
    runs = [run(options.messages, workers) for workers in WORKERS]
    measuring.report(
        {
            "measured": "delivery",
            "floor_per_second": under,
            "runs": runs,
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
