import random
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from tests import make
from tests.alerts.watching import (
    BEGIN,
    LATER,
    MADE,
    QUARTER,
    point_of,
    rule,
    slots_of,
    stored,
    told_by_letters,
)
from tests.consumption import world
from tests.consumption.world import Fed
from tests.counts import full_or_tenth
from tests.purging.lived import OVER, asked, lived
from tests.races import together
from tests.readings.stored import put, series
from vatio.alerts import making, telling, waking
from vatio.alerts.details import AlertDetails, RecipientDetails
from vatio.alerts.evaluating import evaluate, evaluate_anew
from vatio.alerts.models import (
    AlertEpisode,
    AlertHeld,
    AlertRecipient,
    AlertRule,
    AlertTold,
)
from vatio.notifications.models import Message
from vatio.purging import deleting
from vatio.readings import following
from vatio.readings.following import ChangedSeries
from vatio.readings.series import SeriesKey

pytestmark = pytest.mark.django_db(transaction=True)

CAME = LATER.timestamp()


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


def test_who_changes_an_alert_and_who_evaluates_it_wait_for_each_other_and_never_for_ever() -> None:
    account = world.account()
    marta = make.holder(account, "viewer", "Marta Vega")
    keys = [series(15, of=account) for _time in range(3)]
    rules = [rule(point_of(key), recipients=[marta]) for key in keys]
    recent = int((LATER.timestamp() - BEGIN) // QUARTER) - 100
    by = make.commercial()

    def bring() -> int:
        drawn = random.Random(5)
        for _time in range(full_or_tenth(100)):
            for key in keys:
                first, value = recent + drawn.randrange(90), drawn.choice([1_000.0, 3_000.0])
                put(key, [(BEGIN + (first + n) * QUARTER, value) for n in range(8)], at=CAME)
            claim()
        return 0

    def change() -> int:
        for number in range(full_or_tenth(150)):
            for own in AlertRule.objects.filter(pk__in=[each.pk for each in rules]):
                details = AlertDetails("Otra", threshold=10_000.0, minutes=15 * (number % 3))
                told = [RecipientDetails(marta)]
                making.change_alert(own, details, recipients=told, by=by, at=MADE)
        return 0

    done, refused = together([bring, change, claim, bring])
    claim()

    assert (len(done), refused) == (4, [])
    claim()
    opened = AlertEpisode.objects.filter(ends=None).values_list("rule_id", flat=True)
    assert len(set(opened)) == len(opened)
    for own in AlertRule.objects.all():
        powers = {at: value * 4 for at, value in slots_of(key_of(own, keys)).items()}
        expected = told_by_letters(powers, begin=BEGIN, level=10_000, need=own.minutes // 15)
        evaluate_anew(at=LATER)
        assert expected == [each for each in stored(own) if each in expected]


def key_of(looking: AlertRule, keys: Sequence[SeriesKey]) -> SeriesKey:
    return next(key for key in keys if key.data_point_id == looking.data_point_id)


@pytest.mark.parametrize("_time", range(full_or_tenth(20)))
def test_a_purge_leaves_nothing_of_alerts_that_are_evaluated_and_told_meanwhile(
    _time: int,
) -> None:
    hotel = lived()
    at = hotel.ends_at - timedelta(days=1)

    def follow() -> bool:
        for _again in range(10):
            following.follow(also=lambda changes: void(evaluate(changes, at=at)))
            telling.tell(evaluate_anew(at=at, account=hotel), at=at)
            telling.tell_waiting(at=at)
        return True

    follow()  # What changes after the export is taken keeps an account from being deleted.
    purge = asked(hotel)
    done, refused = together([partial(deleting.end, purge.pk, at=OVER), follow, follow])

    assert (done, refused) == ([True, True, True], [])
    left = [
        (model, model.objects.filter(account_id=hotel.pk).count())
        for model in (AlertRule, AlertEpisode, AlertHeld, AlertTold, AlertRecipient)
    ]
    assert [rows for _model, rows in left] == [0] * 5
    assert not Message.objects.filter(account_id=hotel.pk).exists()


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
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # those that other tests have left

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
