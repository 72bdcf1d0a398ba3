"""A worker that deletes an account, in a process that may be killed at any instant."""

import os
import time
from datetime import datetime

import django

if "VATIO_HOME" in os.environ:  # a process that forks workers has read no settings yet
    django.setup()

from django.db import connection

from vatio.purging import deleting, gradually


def live(database: str, at: datetime) -> None:
    """Carry out the purges that wait, a few rows at a time, until killed."""
    connection.settings_dict["NAME"] = database
    gradually.AT_A_TIME = 20
    while True:
        deleting.end_all(at=at)
        time.sleep(0.01)
