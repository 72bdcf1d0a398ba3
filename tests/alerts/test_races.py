import random
from collections.abc import Sequence
from functools import partial

import pytest
from django.db import connection, transaction

from tests import make
from tests.alerts.watching import BEGIN, LATER, QUARTER, point_of, rule, stored
from tests.consumption import world
from tests.consumption.world import Fed
from tests.counts import full_or_tenth
from tests.races import together
from tests.readings.stored import put, series
from vatio.alerts import telling, waking
from vatio.alerts.evaluating import evaluate, evaluate_anew
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.notifications.models import Message
from vatio.readings import following
from vatio.readings.following import ChangedSeries

pytestmark = pytest.mark.django_db(transaction=True)


def claim() -> int:
    """Follow, evaluate and tell in the transaction of each claim, as the job does."""

    def also(changes: Sequence[ChangedSeries]) -> None:
        telling.tell(evaluate(changes, at=LATER), at=LATER)

    return following.follow(also=also)


def test_two_who_claim_at_once_find_the_episodes_of_all_that_came() -> None:
    account = world.account()
    nave = world.site(account, "Nave")
    feds = [world.point(world.meter(account, f"M{n}", nave), 15) for n in range(4)]
    looking = rule(nave, threshold=30_000.0)

    def bring(own: list[Fed], seed: int) -> int:
        drawn = random.Random(seed)
        for _time in range(full_or_tenth(80)):
            for fed in own:
                first, value = drawn.randrange(80, 200), drawn.choice([1_000.0, 3_000.0])
                slots = [(BEGIN + (first + n) * QUARTER, value) for n in range(30)]
                put(fed.key, slots, at=LATER.timestamp())
            claim()
        return 0

    deeds = [partial(bring, feds[:2], 1), partial(bring, feds[2:], 2)]
    done, refused = together([*deeds, claim, claim])
    claim()

    assert (len(done), refused) == (4, [])
    found = stored(looking)
    AlertEpisode.objects.all().delete()
    evaluate_anew(at=LATER)
    assert found == stored(looking)
    assert found


def test_of_two_who_tell_at_once_one_tells() -> None:
    account = world.account()
    marta = make.holder(account, "viewer", "Marta Vega")
    for _time in range(full_or_tenth(50)):
        key = series(15, of=account)
        AlertRule.objects.all().update(removed_at=LATER)
        rule(point_of(key), recipients=[marta])
        slots = int((LATER.timestamp() - BEGIN) // QUARTER) - 2
        put(key, [(BEGIN + slots * QUARTER, 3_000.0)], at=LATER.timestamp())
        following.follow(also=lambda changes: void(evaluate(changes, at=LATER)))

        told, _refused = together([partial(telling.tell, [account.pk], at=LATER)] * 4)

        assert sorted(told) == [0, 0, 0, 1]
    assert Message.objects.filter(template="alert").count() == full_or_tenth(50)


def void(_anything: object) -> None:
    """Return nothing, whatever is given."""


def waiting_jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'follow_readings'"
        )
        (count,) = cursor.fetchone()
    return int(count)


def test_whatever_is_inserted_at_once_one_job_waits_and_none_where_nobody_looks() -> None:
    key = series(15)

    waking.wake(key.account_id)
    nobody = waiting_jobs()
    rule(point_of(key))
    together([lambda: void(waking.wake(key.account_id))] * 6)

    assert (nobody, waiting_jobs()) == (0, 1)


def test_what_fails_half_way_leaves_the_claim_the_episodes_and_the_messages_as_they_were() -> None:
    account = world.account()
    marta = make.holder(account, "viewer", "Marta Vega")
    key = series(15, of=account)
    rule(point_of(key), recipients=[marta])
    slots = int((LATER.timestamp() - BEGIN) // QUARTER) - 2
    put(key, [(BEGIN + slots * QUARTER, 3_000.0)], at=LATER.timestamp())

    def broken(changes: Sequence[ChangedSeries]) -> None:
        telling.tell(evaluate(changes, at=LATER), at=LATER)
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        following.follow(also=broken)
    nothing = (AlertEpisode.objects.count(), Message.objects.count())
    claim()

    assert nothing == (0, 0)
    assert (AlertEpisode.objects.count(), Message.objects.count()) == (1, 1)
