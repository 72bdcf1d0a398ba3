"""A worker's part for alerts, in a process that may be killed at any instant."""

import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from django.conf import settings
from django.db import connection

from vatio.accounts import texting
from vatio.alerts import evaluating, telling
from vatio.notifications.sms_delivery import deliver_texts
from vatio.notifications.sms_gateway import describe
from vatio.readings import following
from vatio.readings.following import ChangedSeries

SPEED = 120
"""How many seconds pass for a worker that texts in one of ours."""


def live(database: str, at: datetime) -> None:
    """Follow what changed, a few series at a time, again and again, until killed."""
    connection.settings_dict["NAME"] = database
    following.AT_A_TIME = 3
    telling.MOST_APART = 10**6

    def also(changes: Sequence[ChangedSeries]) -> None:
        telling.tell(evaluating.evaluate(changes, at=at), at=at)

    while True:
        following.follow(also=also)
        time.sleep(0.01)


def now_of(begins_at: datetime, begun: float) -> datetime:
    """Tell the time of workers that text: it runs faster than ours."""
    return begins_at + timedelta(seconds=(time.monotonic() - begun) * SPEED)


def live_texting(database: str, url: str, begins_at: datetime, begun: float) -> None:
    """Follow what changed, tell what waited, and deliver the texts, until killed."""
    connection.settings_dict["NAME"] = database
    following.AT_A_TIME = 10
    settings.SMS_URL = url
    settings.SMS_A_DAY_PERSON = settings.SMS_A_DAY_ACCOUNT = 100_000
    gateway = describe(url, headers="", body="", id_path="messages.0.id")

    def also(changes: Sequence[ChangedSeries]) -> None:
        at = now_of(begins_at, begun)
        telling.tell(evaluating.evaluate(changes, at=at), at=at)

    while True:
        following.follow(also=also)
        telling.tell_waiting(at=now_of(begins_at, begun))
        deliver_texts(gateway, settled=texting.settle, now=lambda: now_of(begins_at, begun))
        time.sleep(0.01)
