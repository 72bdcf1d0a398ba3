import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.alerts.watching import (
    BEGIN,
    LATER,
    QUARTER,
    follow,
    point_of,
    rule,
    slots_of,
    stored,
    told_by_letters,
)
from tests.counts import full_or_tenth
from tests.readings.stored import deliver, put, seconds, series
from vatio.accounts.models import Account
from vatio.alerts.evaluating import evaluate_anew
from vatio.alerts.models import AlertEpisode
from vatio.readings import taking_back
from vatio.readings.models import Delivery
from vatio.readings.series import SeriesKey

pytestmark = pytest.mark.django_db

VALUES = (1_000.0, 2_400.0, 2_600.0, 3_000.0)
"""Wh of a quarter of an hour: calm, neither, and two that are above 10 kW."""

EXAMPLES = settings(
    max_examples=full_or_tenth(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What changes is known by local days: runs are laid around midnights, at 96 and 192.
BATCH = st.lists(
    st.tuples(
        st.integers(80, 210) | st.sampled_from([93, 94, 95, 96, 97, 190, 191, 192]),
        st.integers(1, 20) | st.integers(1, 2),
        st.sampled_from(VALUES),
    ),
    min_size=1,
    max_size=4,
)


def powers(key: SeriesKey) -> dict[int, float]:
    """Read mean powers in W of the quarters that stand."""
    return {at: value * 4 for at, value in slots_of(key).items()}


def stretch(batch: list[tuple[int, int, float]]) -> list[tuple[float, float]]:
    """Spell out a batch of runs of equal values; of a slot the first one counts."""
    found: dict[float, float] = {}
    for first, count, value in batch:
        for slot in range(first, first + count):
            found.setdefault(BEGIN + slot * QUARTER, value)
    return list(found.items())


@EXAMPLES
@given(
    batches=st.lists(st.tuples(BATCH, st.booleans()), min_size=1, max_size=7),
    minutes=st.sampled_from([0, 30, 45]),
    taken=st.integers(0, 9),
)
def test_any_order_of_arrival_finds_the_episodes_of_the_values_that_stand(
    batches: list[tuple[list[tuple[int, int, float]], bool]], minutes: int, taken: int
) -> None:
    key = series(15)
    looking = rule(point_of(key), minutes=minutes)

    deliveries = []
    for batch, is_followed in batches:
        delivery = deliver(key.account_id, at=LATER.timestamp())
        deliveries.append(delivery)
        put(key, stretch(batch), at=LATER.timestamp(), delivery=delivery)
        if is_followed:
            follow()
    if taken < len(deliveries):
        last = Delivery.objects.get(account_id=key.account_id, id=deliveries[-1])
        taking_back.take_back(
            Account.objects.get(pk=key.account_id), last.id, by=make.commercial(), at=LATER
        )
    follow()

    expected = told_by_letters(powers(key), begin=BEGIN, level=10_000, need=minutes // 15)
    assert stored(looking) == expected
    evaluate_anew(at=LATER)
    assert stored(looking) == expected


def test_told_episodes_are_found_in_any_order_too_and_stay_the_rows_that_they_are() -> None:
    drawn = random.Random(7)
    for _time in range(full_or_tenth(60)):
        key = series(15)
        looking = rule(point_of(key), minutes=30)
        for _batch in range(8):
            batch = [
                (drawn.randrange(80, 210), drawn.randrange(1, 20), drawn.choice(VALUES))
                for _run in range(3)
            ]
            put(key, stretch(batch), at=LATER.timestamp())
            follow()
            AlertEpisode.objects.filter(rule=looking, told_opened_at=None).update(
                told_opened_at=LATER
            )
            told = set(AlertEpisode.objects.filter(rule=looking).values_list("pk", flat=True))
            follow()
            assert told == set(
                AlertEpisode.objects.filter(rule=looking).values_list("pk", flat=True)
            )

        expected = told_by_letters(powers(key), begin=BEGIN, level=10_000, need=2)
        assert stored(looking) == expected


def test_a_breach_that_begins_on_the_day_before_what_changed_is_found_from_its_begin() -> None:
    key = series(15)
    looking = rule(point_of(key), minutes=30)
    midnight = BEGIN + 86_400

    for at in (midnight - QUARTER, midnight):
        put(key, [(at, 3_000.0)], at=LATER.timestamp())
        follow()

    assert stored(looking) == [(midnight - QUARTER, None, 12_000.0, midnight - QUARTER)]


def test_a_calm_interval_before_midnight_counts_for_what_comes_after() -> None:
    key = series(15)
    looking = rule(point_of(key))
    midnight = BEGIN + 86_400

    for at, value in ((midnight, 1_000.0), (midnight - 900, 1_000.0), (midnight - 1800, 3_000.0)):
        put(key, [(at, value)], at=LATER.timestamp())
        follow()

    assert stored(looking) == [(midnight - 1800, midnight - 900, 12_000.0, midnight - 1800)]


def test_a_day_of_25_hours_is_looked_at_by_instant() -> None:
    key = series(60)
    made = datetime(2026, 10, 24, 22, tzinfo=UTC)
    looking = rule(point_of(key), at=made)
    begin = int(made.timestamp())
    values = [5_000.0] * 2 + [12_000.0] * 2 + [5_000.0] * 21
    slots = [(begin + hour * 3600.0, value) for hour, value in enumerate(values)]

    for at, value in reversed(slots):
        put(key, [(at, value)], at=seconds("2026-10-26T00:00"))
        follow(datetime(2026, 10, 26, tzinfo=UTC))

    assert stored(looking) == [(begin + 7200, begin + 14_400, 12_000.0, begin + 7200)]


def test_what_was_measured_before_a_rule_was_made_is_not_looked_at() -> None:
    key = series(15)
    looking = rule(point_of(key))

    put(
        key,
        [(BEGIN + slot * QUARTER, 3_000.0) for slot in range(-4, 2)],
        at=LATER.timestamp(),
    )
    follow()

    assert stored(looking) == [(BEGIN, None, 12_000.0, BEGIN)]


def test_a_resolution_that_comes_later_is_looked_at_from_the_beginning() -> None:
    key = series(60)
    looking = rule(point_of(key))
    put(key, [(BEGIN, 12_000.0), (BEGIN + 3600, 3_000.0)], at=LATER.timestamp())
    follow()
    before = stored(looking)

    put(key, [(BEGIN + 7200, 3_000.0)], at=LATER.timestamp())
    follow()

    assert before == [(BEGIN, None, 12_000.0, BEGIN)]
    assert stored(looking) == [(BEGIN, BEGIN + 3600, 12_000.0, BEGIN)]
    looking.refresh_from_db()
    assert looking.resolution == 60
