import json
import multiprocessing
import random
import time
from argparse import Namespace
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.alerts import mortal
from tests.alerts.mortal import now_of
from tests.alerts.test_announcing import reachable
from tests.alerts.watching import LATER, point_of, rule
from tests.consumption import world
from tests.counts import full_or_tenth
from tests.notifications.reckoning import wrongs
from tests.notifications.sms_box import MoodySmsBox, open_sms_box
from tests.readings.stored import put, series
from vatio.accounts import texting
from vatio.alerts import evaluating, telling
from vatio.alerts.models import AlertEpisode, AlertRecipient, AlertTold
from vatio.cli import checking
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import deliver_texts
from vatio.readings import following
from vatio.readings.series import SeriesKey

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(200)
ALERTS = full_or_tenth(2_000)
FEW, PLENTY = 5, 100_000
STEP = 300
CALM, PEAK = 300.0, 1_000.0
"""Wh of five minutes, below 10 kW and above."""


def watched() -> list[SeriesKey]:
    """Watch series of sixteen accounts with grave rules that text two people.

    Some accounts have few credits, and some so many series that they are told of together.
    """
    keys = []
    for number in range(16):
        account = world.account(sms_credits=FEW if number % 4 == 0 else PLENTY)
        people = [reachable(account, "Marta Vega"), reachable(account, "Luis Rey")]
        for _each in range(10 if number % 4 == 1 else 4):
            keys.append(series(5, of=account))
            rule(point_of(keys[-1]), recipients=people, severity="high", worse=20_000.0)
    AlertRecipient.objects.update(by_sms=True, by_mail=False)
    return keys


def bring(key: SeriesKey, dice: random.Random, at: datetime) -> None:
    """Bring the newest slots, of which every fourth is above; now and then others than before."""
    newest = int(at.timestamp()) // STEP - 1
    readings = []
    for slot in range(newest - dice.randrange(4), newest + 1):
        value = PEAK if slot % 4 == key.id % 4 else CALM
        if dice.random() < 0.1:
            value = dice.choice([CALM, PEAK, 2 * PEAK])
        readings.append((slot * STEP, value))
    put(key, readings, at=at.timestamp())


def texted() -> QuerySet[AlertTold]:
    return AlertTold.objects.filter(channel=AlertTold.Channel.SMS)


def finish(at: datetime) -> None:
    """Follow and tell what is left, and what waited, and let all that is queued grow too old."""

    def also(changes: Any) -> None:
        telling.tell(evaluating.evaluate(changes, at=at), at=at)

    following.follow(also=also)
    for storm in (1, 2):
        telling.tell_waiting(at=at + storm * telling.STORM)
    over = Message.objects.latest("send_before").send_before
    deliver_texts(None, settled=texting.settle, now=lambda: over)


def test_workers_killed_two_hundred_times_text_each_moment_once_and_lose_no_credit() -> None:
    keys = watched()
    dice = random.Random(17)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal.__name__])
    begun = time.monotonic()

    with open_sms_box(MoodySmsBox(17)) as box:
        given = (connection.settings_dict["NAME"], box.url, LATER, begun)

        def start() -> multiprocessing.process.BaseProcess:
            made = forks.Process(target=mortal.live_texting, args=given, daemon=True)
            made.start()
            return made

        workers = [start() for _each in range(3)]
        kills = 0
        while kills < KILLS or texted().count() < ALERTS:
            assert kills < 10 * KILLS, "too little is told"
            for key in dice.sample(keys, 12):
                bring(key, dice, now_of(LATER, begun))
            # On a busy machine workers need longer before they get anywhere.
            time.sleep(dice.uniform(0.02, 0.3) * max(1.0, kills / KILLS))
            place = dice.randrange(3)
            workers[place].kill()
            workers[place].join()
            workers[place] = start()
            kills += 1
        for each in workers:
            assert each.is_alive(), "a worker fell by itself"
            each.kill()
            each.join()
        finish(now_of(LATER, begun))

    named = Counter(texted().filter(fate="").values_list("message_key", flat=True))
    texts = {each.key: each for each in Message.objects.filter(channel="sms")}
    assert wrongs(box) == []
    for key, text in texts.items():
        kind, *_about, count, _person = key.split(":")
        told = int(count) if kind == "alerts-sms" else 1
        is_refused = text.last_error in ("no credits", "person cap", "account cap")
        assert named[key] == (0 if is_refused else told), key
    assert set(named) <= set(texts)
    states = Counter(each.state for each in texts.values())
    assert states["sent"] > 20
    assert states["uncertain"] > 0, "nothing was ever in doubt"
    assert Message.objects.filter(last_error="no credits").exists()
    said: list[str] = []
    assert checking.run(Namespace(repair=False, json=True), at=LATER, say=said.append) == 0
    assert json.loads(said[0])["wallets"] == []
    assert not AlertEpisode.objects.filter(telling.NEW | telling.OVER | telling.GRAVER).exists()
