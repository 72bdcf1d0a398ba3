"""A collector in a process that may be killed at any instant."""

import asyncio
import os
import time
from ctypes import c_double
from datetime import UTC, datetime

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from datetime import timedelta

from django.db import connection

from vatio.collection import collecting, nights
from vatio.collection.collecting import Collector


def live(database: str, at: "c_double", begun: float) -> None:
    """Collect until killed; `at` holds the instant at `begun`, for all collectors.

    It is in seconds since 1970, and may be moved; `begun` is of the monotonic clock.
    """
    connection.settings_dict["NAME"] = database
    nights.SHORTEST_WAIT = nights.LONGEST_WAIT = timedelta()
    collecting.EVERY = collecting.NIGHTS_EVERY = collecting.MENDS_EVERY = 0.1

    def now() -> datetime:
        return datetime.fromtimestamp(at.value + time.monotonic() - begun, UTC)

    collector = Collector(now=now, at_once=50)
    asyncio.run(collector.run(asyncio.Event()))
