import multiprocessing
import random
import time

import pytest
from django.db import connection

from tests.counts import full_or_tenth
from tests.purging import mortal
from tests.purging.lived import OVER, asked, lived
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.purging import contents

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

KILLS = full_or_tenth(50)
DAYS = full_or_tenth(20_000)

MUCH = """
INSERT INTO readings_day (account_id, series_id, day, present, quality, rank, delivery_id,
    first_at, total, "values")
SELECT %s, number %% 7, '2000-01-01'::date + number, 1, 384, 5, 1, now(), 1, '{1}'
FROM generate_series(1, %s) AS number
"""


def left() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM readings_day")
        return int(cursor.fetchone()[0])


def test_a_worker_killed_again_and_again_deletes_an_account_once_and_whole() -> None:
    hotel = lived()
    purge = asked(hotel)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET closed_at = now()")
        cursor.execute(MUCH, [hotel.pk, DAYS])
    dice = random.Random(27)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([mortal.__name__])
    database = connection.settings_dict["NAME"]
    seen: list[int] = []

    def worker() -> multiprocessing.process.BaseProcess:
        process = forks.Process(target=mortal.live, args=(database, OVER), daemon=True)
        process.start()
        return process

    for _ in range(KILLS):
        process, before, deadline = worker(), left(), time.monotonic() + 30
        while left() == before and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.02))
        process.kill()
        process.join()
        seen.append(left())
    last = worker()
    deadline = time.monotonic() + 60
    while Account.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    last.kill()
    last.join()

    assert seen == sorted(seen, reverse=True)
    assert len([each for each in seen if 0 < each < DAYS]) > 3, "nobody was killed half-way"
    assert not Account.objects.exists()
    for each in contents.BELONGINGS:
        if each.table.startswith("readings_"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {each.table}")
                assert (each.table, cursor.fetchone()) == (each.table, (0,))
    assert Act.objects.filter(verb="account.purged").count() == 1
    purge.refresh_from_db()
    assert (purge.done_at, purge.account_id) == (OVER, None)
