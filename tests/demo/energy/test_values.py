from datetime import date
from itertools import pairwise
from statistics import mean
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.energy.curves import MADRID, days, quarters
from vatio.demo.energy.profiles import profile_of
from vatio.demo.energy.shapes import SHAPES
from vatio.demo.energy.values import CODES, RESOLUTIONS, values
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings.slots import local_day

SUMS = sorted(code for code in CODES if QUANTITIES[code].adding == Adding.SUM)
ZONES = ("Europe/Madrid", "Atlantic/Canary", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Beirut")
HOTEL = profile_of("hotels", "Contador general", 402, 7, kw=80)

any_day = st.dates(date(2023, 1, 1), date(2029, 12, 31))
any_sector = st.sampled_from(sorted(SHAPES))
any_meter = st.sampled_from(["Contador general", "Climatización 02", "Cargadores 07", "Cámaras 08"])


@given(any_sector, any_meter, st.sampled_from(SUMS), st.integers(1, 10**9), any_day)
@settings(max_examples=60)
def test_energy_and_volumes_are_whole_and_never_negative(sector, meter, quantity, seed, day):
    profile = profile_of(sector, meter, quantity, seed)

    made = quarters(profile, day)

    assert all(isinstance(value, float) and value >= 0 and value % 1 == 0 for value in made)


@given(st.sampled_from(SUMS), st.sampled_from(ZONES), any_day)
@settings(max_examples=60)
def test_an_hour_is_the_sum_of_its_quarters_and_of_its_five_minutes(quantity, time_zone, day):
    profile = profile_of("hotels", "Contador general", quantity, 3)

    by_minutes = {
        minutes: values(profile, day=day, time_zone=time_zone, minutes=minutes)
        for minutes in RESOLUTIONS
    }

    hours = by_minutes[60]
    for minutes in (5, 10, 15, 30):
        finer, step = by_minutes[minutes], 60 // minutes
        assert [sum(finer[at : at + step]) for at in range(0, len(finer), step)] == hours
    assert sum(by_minutes[1440]) == sum(hours)


@given(
    st.sampled_from(sorted(CODES)), st.sampled_from(RESOLUTIONS), st.sampled_from(ZONES), any_day
)
@settings(max_examples=100)
def test_a_day_has_a_value_for_each_slot(quantity, minutes, time_zone, day):
    profile = profile_of("hotels", "Contador general", quantity, 3)

    made = values(profile, day=day, time_zone=time_zone, minutes=minutes)

    assert len(made) == local_day(day, time_zone).count(minutes)


def test_days_on_which_clocks_change_are_as_long_as_they_are():
    lord_howe = "Australia/Lord_Howe"

    assert len(quarters(HOTEL, date(2026, 3, 29))) == 92
    assert len(quarters(HOTEL, date(2026, 10, 25))) == 100
    assert len(quarters(HOTEL, date(2026, 4, 5), lord_howe)) == 98
    assert len(quarters(HOTEL, date(2026, 10, 4), lord_howe)) == 94
    assert len(values(HOTEL, day=date(2026, 4, 5), time_zone=lord_howe, minutes=60)) == 25


def test_a_day_that_a_time_zone_leapt_over_has_no_values():
    assert quarters(HOTEL, date(2011, 12, 30), "Pacific/Apia") == []


def test_dinner_is_at_dinner_time_on_days_on_which_clocks_change():
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)):
        made = quarters(HOTEL, day)
        from_the_end = len(made) - made.index(max(made))

        assert 8 <= from_the_end <= 20


def test_values_follow_from_the_seed_and_the_day_alone():
    year = days(date(2026, 1, 1), date(2027, 1, 1))

    onwards = {day: quarters(HOTEL, day) for day in year}
    backwards = {day: quarters(HOTEL, day) for day in reversed(year)}

    assert onwards == backwards
    assert onwards[date(2026, 2, 10)][:4] == [6470.0, 6014.0, 5680.0, 5621.0]


def test_another_seed_makes_other_values():
    other = profile_of("hotels", "Contador general", 402, 8, kw=80)
    day = date(2026, 5, 4)

    assert quarters(HOTEL, day) != quarters(other, day)
    assert 0.8 < sum(quarters(HOTEL, day)) / sum(quarters(other, day)) < 1.25


def test_nothing_jumps_at_midnight():
    year = [quarters(HOTEL, day) for day in days(date(2026, 1, 1), date(2027, 1, 1))]

    at_midnight = [abs(after[0] - day[-1]) for day, after in pairwise(year)]
    before_it = [abs(day[-1] - day[-2]) for day in year]

    assert mean(at_midnight) < 1.25 * mean(before_it)


def test_two_years_of_quarters_take_a_quarter_of_a_second():
    profile = profile_of("hotels", "Contador general", 402, 12, kw=80)
    two_years = days(date(2024, 11, 1), date(2026, 11, 1))

    begun = process_time()
    count = sum(len(quarters(profile, day)) for day in two_years)

    assert count == 70_080
    assert process_time() - begun < 0.25


@pytest.mark.parametrize(("quantity", "minutes"), [(402, 7), (402, 0), (302, 15), (999, 15)])
def test_what_cannot_be_made_is_refused(quantity, minutes):
    profile = profile_of("hotels", "Contador general", quantity, 1)

    with pytest.raises(ValueError, match=str(quantity)):
        values(profile, day=date(2026, 5, 4), time_zone=MADRID, minutes=minutes)
