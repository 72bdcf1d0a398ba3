import multiprocessing
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tests import make
from tests.counts import full_or_tenth
from tests.notices import mortal
from vatio.notices.choosing import choose
from vatio.notices.digesting import digest
from vatio.notifications.models import Message
from vatio.notifications.news import DIGEST, HowTold

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(200)
BEGINS_AT = datetime(2027, 3, 27, 5, tzinfo=UTC)
"""The morning before the clocks of Europe go forward."""

TIME_ZONES = ["Europe/Madrid", "Atlantic/Azores", "Pacific/Auckland"]


def test_three_workers_killed_two_hundred_times_tell_each_news_in_one_digest() -> None:
    for number in range(12):
        norte = make.organisation(time_zone=TIME_ZONES[number % 3])
        choose(make.superadmin(norte), HowTold.DAILY, {})
    dice = random.Random(28)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal.__name__])
    begun = time.monotonic()
    database = connection.settings_dict["NAME"]

    def worker() -> multiprocessing.process.BaseProcess:
        about = (database, BEGINS_AT, begun, dice.getrandbits(30))
        process = forks.Process(target=mortal.live, args=about, daemon=True)
        process.start()
        return process

    workers = [worker() for _ in range(3)]
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.05, 0.5))
        place = dice.randrange(3)
        workers[place].kill()
        workers[place].join()
        workers[place] = worker()
    time.sleep(2)
    for each in workers:
        assert each.is_alive(), "a worker fell by itself"
        each.kill()
        each.join()
    ended_at = BEGINS_AT + timedelta(seconds=(time.monotonic() - begun) * mortal.SPEED)
    for days in range(2, 5):
        digest(at=ended_at + timedelta(days=days))

    gathered = Counter(
        pk for each in Message.objects.filter(template=DIGEST) for pk in each.context["news"]
    )
    told = Message.objects.filter(template="reminder")
    assert set(told.values_list("state", flat=True)) == {"told"}
    assert gathered == Counter(told.values_list("pk", flat=True))
    days = Counter(key.rsplit(":", 1)[0] for key in keys())
    assert len(days) == 12
    assert min(days.values()) >= 2


def keys() -> list[str]:
    return list(Message.objects.filter(template=DIGEST).values_list("key", flat=True))
