from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.readings.slots import WHOLE_DAY, day_of, end, local_day, place, start

ZONES = (
    "Europe/Madrid",
    "Atlantic/Canary",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Pacific/Apia",
    "Asia/Kathmandu",
)
RESOLUTIONS = (5, 10, 15, 30, 60, WHOLE_DAY)
INSTANTS = st.integers(
    int(datetime(2005, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2036, 1, 1, tzinfo=UTC).timestamp()),
)


@given(INSTANTS, st.sampled_from(ZONES), st.sampled_from(RESOLUTIONS))
def test_an_instant_falls_into_one_slot_of_its_local_day(instant, time_zone, minutes):
    local, slot, seconds = place(instant, time_zone, minutes)

    assert start(local, slot, minutes) <= instant < end(local, slot, minutes)
    assert instant - start(local, slot, minutes) == seconds
    assert 0 <= slot < local.count(minutes)


@given(
    st.dates(date(2005, 1, 1), date(2035, 12, 31)),
    st.sampled_from(ZONES),
    st.sampled_from(RESOLUTIONS),
)
def test_the_slots_of_a_day_follow_each_other_from_its_first_instant_to_its_last(
    day, time_zone, minutes
):
    local = local_day(day, time_zone)
    count = local.count(minutes)
    if local.begins == local.ends:  # Apia leapt over 30 December 2011.
        return

    borders = [start(local, slot, minutes) for slot in range(count)]

    assert borders[0] == local.begins
    assert [end(local, slot, minutes) for slot in range(count)] == [*borders[1:], local.ends]
    for slot, begins in enumerate(borders):
        assert place(begins, time_zone, minutes) == (local, slot, 0)


@given(st.dates(date(2005, 1, 1), date(2035, 12, 31)), st.sampled_from(ZONES))
def test_a_day_ends_where_the_next_one_begins(day, time_zone):
    local = local_day(day, time_zone)
    if local.begins == local.ends:
        return

    behind = day_of(local.ends, time_zone)

    assert behind.begins == local.ends
    assert day_of(local.ends - 1, time_zone) == local


@pytest.mark.parametrize(
    ("day", "time_zone", "quarters", "hours"),
    [
        (date(2026, 3, 29), "Europe/Madrid", 92, 23),
        (date(2026, 10, 25), "Europe/Madrid", 100, 25),
        (date(2026, 10, 24), "Europe/Madrid", 96, 24),
        (date(2026, 3, 29), "Atlantic/Canary", 92, 23),
        (date(2026, 10, 25), "Atlantic/Azores", 100, 25),
        (date(2026, 3, 29), "Atlantic/Azores", 92, 23),
        (date(2026, 4, 5), "Australia/Lord_Howe", 98, 25),
        (date(2026, 10, 4), "Australia/Lord_Howe", 94, 24),
    ],
)
def test_a_day_on_which_clocks_change_has_its_own_number_of_slots(day, time_zone, quarters, hours):
    local = local_day(day, time_zone)

    assert (local.count(15), local.count(60), local.count(WHOLE_DAY)) == (quarters, hours, 1)


def test_the_last_slot_of_a_day_that_is_no_whole_number_of_hours_is_shorter():
    local = local_day(date(2026, 10, 4), "Australia/Lord_Howe")

    assert end(local, 23, 60) - start(local, 23, 60) == 1800


def test_the_hour_that_occurs_twice_has_two_slots():
    local = local_day(date(2026, 10, 25), "Europe/Madrid")
    first = datetime.fromisoformat("2026-10-25T02:00:00+02:00").timestamp()
    second = datetime.fromisoformat("2026-10-25T02:00:00+01:00").timestamp()

    assert place(first, "Europe/Madrid", 60) == (local, 2, 0)
    assert place(second, "Europe/Madrid", 60) == (local, 3, 0)
