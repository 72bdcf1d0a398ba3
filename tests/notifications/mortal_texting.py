"""A sender of text messages in a process that may be killed at any instant."""

import os
import random
import time
from datetime import datetime, timedelta

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from django.conf import settings
from django.db import connection

from vatio.accounts import texting
from vatio.accounts.models import Account
from vatio.accounts.texting import WarningText
from vatio.notifications.sms_delivery import deliver_texts
from vatio.notifications.sms_gateway import describe
from vatio.people.models import Telephone

SPEED = 120
"""How many seconds pass for a sender in one of ours."""


def live(database: str, url: str, begins_at: datetime, begun: float, number: int) -> None:
    """Queue storms of warnings and deliver what is due, again and again, until killed."""
    connection.settings_dict["NAME"] = database
    settings.SMS_URL = url
    settings.SMS_A_DAY_PERSON = settings.SMS_A_DAY_ACCOUNT = 100_000
    gateway = describe(url, headers="", body="", id_path="messages.0.id")
    people = [each.person for each in Telephone.objects.select_related("person")]
    accounts = list(Account.objects.select_related("organisation"))
    dice = random.Random(f"{number}/{time.monotonic()}")

    def now() -> datetime:
        return begins_at + timedelta(seconds=(time.monotonic() - begun) * SPEED)

    while True:
        storm = dice.randrange(1_000_000)
        texting.text(
            [
                WarningText(
                    dice.choice(accounts),
                    person,
                    "x" * dice.choice([20, 200]),
                    key=f"storm:{storm}:{person.pk}",
                )
                for person in dice.sample(people, dice.randint(1, 6))
            ],
            at=now(),
        )
        deliver_texts(gateway, settled=texting.settle, now=now)
