"""A worker that tells news and gathers digests, killed at any instant, on a clock that is moved."""

import os
import random
import time
from datetime import datetime, timedelta

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from django.db import connection, transaction

from vatio.notices.digesting import digest
from vatio.notifications.queueing import Recipient, queue
from vatio.tenants.models import Person

SPEED = 14_400
"""How many seconds pass for a worker in one of ours: six of ours are a day."""


def live(database: str, begins_at: datetime, begun: float, seed: int) -> None:
    """Tell and gather, again and again, until killed, on a clock up to a day off."""
    connection.settings_dict["NAME"] = database
    people = list(Person.objects.filter(news_choices__how="daily").order_by("id"))
    dice = random.Random(seed)
    off = timedelta(hours=dice.choice([-24, 0, 0, 0, 1, 24]))

    def now() -> datetime:
        return begins_at + off + timedelta(seconds=(time.monotonic() - begun) * SPEED)

    while True:
        with transaction.atomic():
            occasion = dice.getrandbits(60)
            for person in dice.sample(people, 5):
                queue("reminder", [Recipient.of(person)], key=f"{occasion}", context={}, at=now())
        digest(at=now())
