"""A worker's part for alerts, in a process that may be killed at any instant."""

import os
import time
from collections.abc import Sequence
from datetime import datetime

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from django.db import connection

from vatio.alerts import evaluating, telling
from vatio.readings import following
from vatio.readings.following import ChangedSeries


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
