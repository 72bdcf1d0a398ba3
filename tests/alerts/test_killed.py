import multiprocessing
import random
import time

import pytest
from django.db import connection

from tests import make
from tests.alerts import mortal
from tests.alerts.watching import (
    BEGIN,
    LATER,
    QUARTER,
    point_of,
    rule,
    slots_of,
    stored,
    told_by_letters,
)
from tests.consumption import world
from tests.counts import full_or_tenth
from tests.readings.stored import put, series
from vatio.alerts import telling
from vatio.alerts.models import AlertEpisode
from vatio.notifications.models import Message
from vatio.readings.models import Touched

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(200)


def test_two_workers_killed_two_hundred_times_tell_each_episode_once_and_lose_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telling, "MOST_APART", 10**6)
    account = world.account()
    marta = make.holder(account, "viewer", "Marta Vega")
    keys = [series(15, of=account) for _time in range(12)]
    rules = {key.id: rule(point_of(key), recipients=[marta]) for key in keys}
    dice = random.Random(11)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal.__name__])
    database = connection.settings_dict["NAME"]
    recent = int((LATER.timestamp() - BEGIN) // QUARTER) - 190

    def start() -> multiprocessing.process.BaseProcess:
        made = forks.Process(target=mortal.live, args=(database, LATER), daemon=True)
        made.start()
        return made

    workers = [start(), start()]
    for kill in range(KILLS):
        for key in dice.sample(keys, 6):
            first, value = recent + dice.randrange(180), dice.choice([1_000.0, 3_000.0])
            slots = [(BEGIN + (first + n) * QUARTER, value) for n in range(dice.randrange(1, 9))]
            put(key, slots, at=LATER.timestamp())
        time.sleep(dice.uniform(0.05, 0.4))
        workers[kill % 2].kill()
        workers[kill % 2].join()
        workers[kill % 2] = start()
    until = time.monotonic() + 60
    while Touched.objects.exists() and time.monotonic() < until:
        time.sleep(0.05)
    for worker in workers:
        worker.kill()
        worker.join()

    for key in keys:
        powers = {at: value * 4 for at, value in slots_of(key).items()}
        assert stored(rules[key.id]) == told_by_letters(powers, begin=BEGIN, level=10_000, need=0)
    told = AlertEpisode.objects.filter(told_opened_at__isnull=False)
    telling.tell([account.pk], at=LATER)
    assert not AlertEpisode.objects.filter(late=False, told_opened_at=None).exists()
    named = {key.split(":")[1] for key in Message.objects.values_list("key", flat=True)}
    assert named <= {str(each.pk) for each in told}
    # Late data part what was told: the later part is known by the message of the earlier one.
    earliest = {each.rule_id: each.pk for each in told.order_by("rule", "-noticed_at", "-id")}
    assert {str(key) for key in earliest.values()} <= named
