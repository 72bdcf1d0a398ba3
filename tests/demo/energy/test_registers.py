from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.energy.curves import MADRID, days, total
from vatio.demo.energy.profiles import profile_of
from vatio.demo.energy.registers import register_at, registers
from vatio.demo.energy.values import RESOLUTIONS, values
from vatio.readings.slots import local_day, start

FACTORY = profile_of("industry", "Contador general", 402, 21, kw=120)
SINCE = date(2026, 1, 17)


def register(day: date, minutes: int = 15) -> list[float]:
    return registers(FACTORY, 5_000_000.0, since=SINCE, day=day, time_zone=MADRID, minutes=minutes)


def test_registers_are_a_running_sum_of_the_values():
    running = 5_000_000.0

    for day in days(SINCE, date(2026, 4, 3)):
        expected = []
        for value in values(FACTORY, day=day, time_zone=MADRID, minutes=15):
            expected.append(running)
            running += value
        assert register(day) == expected


@given(st.sampled_from(RESOLUTIONS), st.integers(0, 400))
@settings(max_examples=40)
def test_each_register_is_the_one_before_and_what_was_consumed_between(minutes, after):
    day = SINCE + timedelta(days=after)

    stands = [*register(day, minutes), register(day + timedelta(days=1), minutes)[0]]

    between = [later - sooner for sooner, later in pairwise(stands)]
    assert between == values(FACTORY, day=day, time_zone=MADRID, minutes=minutes)


def test_a_register_two_years_on_is_the_sum_of_two_years():
    end = date(2028, 2, 29)

    assert register(end)[0] == 5_000_000 + total(FACTORY, SINCE, end)


def test_a_register_at_an_instant_is_that_of_the_quarter_begun():
    day = date(2026, 10, 25)
    of_day, local = register(day), local_day(day, MADRID)

    for slot in (0, 9, 11, 99):
        at = datetime.fromtimestamp(start(local, slot, 15) + 600, UTC)
        assert (
            register_at(FACTORY, 5_000_000.0, since=SINCE, at=at, time_zone=MADRID) == of_day[slot]
        )


def test_going_on_day_by_day_does_not_add_up_the_years_before():
    register(date(2028, 3, 1))

    begun = process_time()
    for day in days(date(2028, 3, 1), date(2028, 3, 31)):
        register(day)

    assert process_time() - begun < 0.05


def test_there_is_no_register_before_the_first():
    with pytest.raises(ValueError, match="2026-01-16 is before 2026-01-17"):
        register(SINCE - timedelta(days=1))


def test_a_temperature_has_no_register():
    outdoors = profile_of("industry", "Exterior", 301, 21)

    with pytest.raises(ValueError, match="301"):
        registers(outdoors, 0, since=SINCE, day=SINCE, time_zone=MADRID, minutes=15)
