import multiprocessing
import random
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from tests.collection import mortal
from tests.collection.field import NIGHT, account, demo, line, measured, meters, stored
from tests.counts import full_or_tenth
from vatio.collection.models import CallAttempt, LineSettings
from vatio.readings.models import Delivery

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(200)
LINES = 5


def test_two_collectors_killed_two_hundred_times_lose_no_day_and_store_none_twice() -> None:
    demo()
    dice = random.Random(20)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal.__name__])
    database, at = connection.settings_dict["NAME"], forks.Value("d", NIGHT.timestamp())
    begun = time.monotonic()

    def start() -> multiprocessing.process.BaseProcess:
        made = forks.Process(target=mortal.live, args=(database, at, begun), daemon=True)
        made.start()
        return made

    with meters(*[[]] * LINES) as field:
        holders = [account(lines=LINES), account(lines=LINES)]
        lines = [line(holders[n % 2], port) for n, port in enumerate(field.ports)]
        collectors = [start(), start()]
        for kill in range(KILLS):
            time.sleep(dice.uniform(0.1, 1.2))
            collectors[kill % 2].kill()
            collectors[kill % 2].join()
            collectors[kill % 2] = start()
            if are_read(field.at):
                field.at += timedelta(days=1)
                at.value = field.at.timestamp()
        until = time.monotonic() + 120
        while not are_read(field.at) and time.monotonic() < until:
            time.sleep(0.1)
        for each in collectors:
            each.kill()
            each.join()

    since, last = date(2026, 9, 26), field.at.date()
    for each in lines:
        for minutes in (60, 15):
            assert stored(each, since, last, minutes=minutes) == measured(
                since, last, minutes=minutes
            )
    values = LINES * 5 * len(measured(since, last))
    assert CallAttempt.objects.aggregate(Sum("new"), Sum("corrected")) == {
        "new__sum": values,
        "corrected__sum": 0,
    }
    assert Delivery.objects.aggregate(Sum("new"), Sum("same")) == {
        "new__sum": values,
        "same__sum": 0,
    }
    assert set(CallAttempt.objects.values_list("outcome", flat=True)) <= {
        "done",
        "nothing_new",
        "stopped",
        "in_use",
        "",
    }


def are_read(at: datetime) -> bool:
    """Return whether all lines are read up to the day of an instant."""
    today = at.astimezone(UTC).date()
    own = LineSettings.objects.filter(hours_until=today, quarters_until=today)
    return own.count() == LINES
