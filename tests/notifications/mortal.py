"""A worker's life in a process that may be killed at any instant, on a clock that runs fast."""

import os
import time
from datetime import datetime, timedelta

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from django.db import connection

from vatio.notifications.delivery import Sender, deliver
from vatio.notifications.smtp import Address, SmtpConnection
from vatio.reminders.deciding import decide

SPEED = 200
"""How many seconds pass for a worker in one of ours."""


def live(database: str, port: int, begins_at: datetime, begun: float) -> None:
    """Decide and send what is due, again and again, until killed."""
    connection.settings_dict["NAME"] = database

    def now() -> datetime:
        return begins_at + timedelta(seconds=(time.monotonic() - begun) * SPEED)

    sender = Sender("avisos@vatio.example", "https://vatio.example")
    while True:
        decide(at=now())
        with SmtpConnection(Address("127.0.0.1", port, "", "", "none")) as door:
            deliver(door, sender, now=now)
        time.sleep(0.02)
