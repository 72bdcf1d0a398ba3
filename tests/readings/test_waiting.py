from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.readings.devices import NOW, gateway
from vatio.metering.models import Series
from vatio.readings.models import PendingReading
from vatio.readings.waiting import USUAL, count_waiting, propose, waiting

MINUTES = st.sampled_from(Series.MINUTES)
INSTANTS = st.lists(st.integers(0, 10**7), min_size=2, max_size=30, unique=True)


@given(MINUTES, st.integers(0, 10**9), st.integers(2, 100))
def test_readings_on_a_grid_ask_for_its_resolution(minutes, first, count):
    instants = [first + each * minutes * 60 for each in range(count)]

    assert propose(instants) == minutes


@given(INSTANTS, st.randoms())
def test_neither_order_nor_repetition_changes_what_is_proposed(instants, random):
    shuffled = instants + instants[:3]
    random.shuffle(shuffled)

    assert propose(shuffled) == propose(instants)


@given(INSTANTS, st.integers(-(10**9), 10**9))
def test_what_is_proposed_does_not_depend_on_when(instants, moved):
    assert propose(each + moved for each in instants) == propose(instants)


@given(INSTANTS)
def test_what_is_proposed_is_no_finer_than_the_spacing(instants):
    ordered = sorted(instants)
    steps = sorted(later - each for each, later in pairwise(ordered))
    usual = steps[(len(steps) - 1) // 2]

    minutes = propose(instants)

    finer = [each for each in Series.MINUTES if each < minutes]
    assert minutes in Series.MINUTES
    assert usual <= minutes * 60 + 30 or minutes == 1440
    assert all(each * 60 + 30 < usual for each in finer)


@given(MINUTES, st.lists(st.floats(-14, 14), min_size=3, max_size=50))
def test_a_clock_that_is_seconds_late_changes_nothing(minutes, late):
    instants = [each * minutes * 60 + seconds for each, seconds in enumerate(late)]

    assert propose(instants) == minutes


@pytest.mark.parametrize(
    ("instants", "minutes"),
    [([], USUAL), ([5], USUAL), ([5, 5], USUAL), ([0, 60], 5), ([0, 1200], 30), ([0, 10**7], 1440)],
)
def test_few_readings_or_odd_spacings(instants, minutes):
    assert propose(instants) == minutes


@pytest.mark.django_db
def test_a_device_waits_with_what_came_of_each_quantity():
    own = gateway()
    own.sends((0, 5), (0.25, 6), (0.5, 7.5))
    own.sends((0, -3), (1, -4), p=301)
    own.sends((0, 1), p=999)

    (device,) = waiting(own.account)

    assert (device.did, device.source, device.meter, device.readings) == ("7", "Pasarela", "", 6)
    assert (device.first_at, device.last_at) == (NOW, NOW)
    said = [
        (each.measures.code, each.readings, each.last_value, each.minutes, each.kind)
        for each in device.quantities
    ]
    assert said == [
        (301, 2, -4, 60, "interval"),
        (402, 3, 7.5, 15, "register"),
        (999, 1, 1, 15, "interval"),
    ]
    assert str(device.quantities[2].measures.label) == "Código 999"
    assert [each.measures.code for each in device.acceptable] == [301, 402]


@pytest.mark.django_db
def test_what_had_to_make_room_is_told_apart_from_what_is_held(monkeypatch):
    monkeypatch.setattr(PendingReading, "MOST", 2)
    own = gateway()
    own.sends((0, 5), (1, 6), (2, 7))

    (device,) = waiting(own.account)

    assert (device.readings, device.dropped) == (2, 1)


@pytest.mark.django_db
def test_the_number_of_statements_does_not_depend_on_what_waits():
    counts = []
    own = gateway()
    for number in range(3):
        other = gateway(own.account, f"Otra {number}")
        for did in range(number * 5 + 1):
            other.sends((0, 1), (1, 2), did=str(did))
        with CaptureQueriesContext(connection) as ran:
            waiting(own.account)
        counts.append(len(ran))

    assert counts == [2, 2, 2]


@pytest.mark.django_db
def test_another_accounts_devices_do_not_wait_here():
    own, other = gateway(), gateway()
    other.sends((0, 1))

    assert waiting(own.account) == []
    assert (count_waiting(own.source), count_waiting(other.source)) == (0, 1)
