from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.demo.energy.curves import MADRID, days, quarters
from vatio.demo.energy.faults import NO_FAULTS, Faults, Trouble, faults_of
from vatio.demo.energy.profiles import profile_of
from vatio.demo.energy.receiving import ReceivedDay, received
from vatio.demo.energy.values import values
from vatio.demo.energy.working_days import DayKind, kind_of

TODAY = date(2026, 11, 1)
HOTEL = profile_of("hotels", "Contador general", 402, 11, kw=80)
EVERYTHING = Trouble.GAP | Trouble.ESTIMATED | Trouble.EXCESSES | Trouble.DOUBTFUL


def arrived(day: date, faults: Faults, minutes: int = 15, quantity: int = 402) -> ReceivedDay:
    profile = replace(HOTEL, faults=faults, quantity=quantity)
    return received(profile, day=day, time_zone=MADRID, minutes=minutes)


def test_without_faults_all_that_was_consumed_arrives():
    for day in days(date(2026, 3, 20), date(2026, 4, 3)):
        assert arrived(day, NO_FAULTS) == ReceivedDay(quarters(HOTEL, day))


@pytest.mark.parametrize("gap_on", [date(2026, 2, 10), date(2026, 3, 28), date(2026, 10, 24)])
def test_a_gap_is_sixty_hours_whenever_clocks_change(gap_on):
    around = days(gap_on - timedelta(days=2), gap_on + timedelta(days=6))

    slots = [value for day in around for value in arrived(day, Faults(gap_on=gap_on)).values]

    missing = [at for at, value in enumerate(slots) if value is None]
    assert len(missing) == 240
    assert missing[-1] - missing[0] == 239
    assert missing[0] == 2 * 96 + 24


def test_a_day_that_the_gap_touches_has_no_value_of_its_own():
    faults = Faults(gap_on=date(2026, 2, 10))

    by_days = [
        arrived(day, faults, minutes=1440).values[0] is None
        for day in days(date(2026, 2, 9), date(2026, 2, 14))
    ]

    assert by_days == [False, True, True, True, False]


def test_three_days_are_estimated_from_the_weeks_before():
    faults = Faults(estimated_from=date(2026, 6, 3))

    marked = [
        day
        for day in days(date(2026, 5, 30), date(2026, 6, 10))
        if arrived(day, faults).is_estimated
    ]

    assert marked == [date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 5)]
    weeks = [quarters(HOTEL, date(2026, 5, day)) for day in (13, 20, 27)]
    assert arrived(marked[0], faults).values == [
        sum(slots) // 3 for slots in zip(*weeks, strict=True)
    ]


def test_a_day_of_another_length_is_estimated_from_days_as_long():
    faults = Faults(estimated_from=date(2026, 3, 28))

    estimated = arrived(date(2026, 3, 29), faults)

    assert estimated == ReceivedDay(quarters(HOTEL, date(2026, 3, 29)), is_estimated=True)


def test_a_dead_meter_sends_nothing_from_its_day_on():
    faults = faults_of(Trouble.DEAD, seed=1, today=TODAY, dead_days=9)

    assert arrived(date(2026, 10, 22), faults).values.count(None) == 0
    assert arrived(date(2026, 10, 23), faults) == ReceivedDay([None] * 96)
    assert arrived(TODAY, faults) == ReceivedDay([None] * 96)


@pytest.mark.parametrize(("minutes", "slot"), [(15, 44), (60, 11), (5, 132), (1440, 0)])
def test_one_value_is_more_than_five_times_any_contracted_power(minutes, slot):
    day = date(2026, 9, 15)

    made = arrived(day, Faults(doubtful_on=day), minutes=minutes)

    consumed = values(HOTEL, day=day, time_zone=MADRID, minutes=minutes)
    assert made.doubtful == slot
    assert made.values[slot] == 80_000 * 12 * minutes / 60
    made.values[slot] = consumed[slot]
    assert made.values == consumed
    assert arrived(day + timedelta(days=1), Faults(doubtful_on=day)).doubtful is None


def test_a_voltage_is_never_doubtful():
    day = date(2026, 9, 15)

    assert arrived(day, Faults(doubtful_on=day), quantity=405).doubtful is None


def test_excesses_are_on_some_working_days_of_the_dearest_months():
    profile = replace(HOTEL, faults=Faults(excess_in=8))
    over = {
        day: sum(value > 80 * 250 for value in quarters(profile, day))
        for day in days(date(2026, 1, 1), date(2027, 1, 1))
    }

    excesses = [day for day, count in over.items() if count]

    assert 5 <= len(excesses) <= 16
    assert {over[day] for day in excesses} == {2}
    assert {day.month for day in excesses} <= {1, 2, 7, 12}
    assert all(kind_of(day) == DayKind.WORKING for day in excesses)


def test_an_excess_is_in_an_hour_of_the_dearest_period_and_at_most_a_sixth_above():
    profile = replace(HOTEL, faults=Faults(excess_in=1))

    for day in days(date(2026, 7, 6), date(2026, 7, 11)):
        made = quarters(profile, day)
        at = [slot for slot, value in enumerate(made) if value > 80 * 250]
        assert set(at) <= {*range(40, 57), *range(72, 89)}
        assert max(made) < 80 * 250 * 1.17


def test_a_closed_school_has_no_excess_and_neither_has_a_part():
    every_day = Faults(excess_in=1)
    school = profile_of("education", "Contador general", 402, 11, faults=every_day)
    kitchen = profile_of("hotels", "Cocina 02", 402, 11, faults=every_day)

    assert max(quarters(school, date(2026, 12, 29))) < 30 * 250
    assert max(quarters(school, date(2026, 12, 15))) > 30 * 250
    assert max(quarters(kitchen, date(2026, 12, 15))) < 30 * 250


def test_an_excess_was_consumed_so_that_other_faults_do_not_change_it():
    day = date(2026, 7, 9)
    excess, dead = Faults(excess_in=1), Faults(excess_in=1, dead_from=day)

    assert quarters(replace(HOTEL, faults=excess), day) == quarters(
        replace(HOTEL, faults=dead), day
    )


@pytest.mark.parametrize("seed", range(40))
def test_faults_lie_in_the_year_before_today_and_do_not_overlap(seed):
    faults = faults_of(EVERYTHING, seed=seed, today=TODAY)

    gap, estimated, doubtful = faults.gap_on, faults.estimated_from, faults.doubtful_on
    assert gap is not None and estimated is not None and doubtful is not None
    assert TODAY - timedelta(days=365) < gap < estimated - timedelta(days=4)
    assert estimated < doubtful - timedelta(days=4)
    assert doubtful < TODAY - timedelta(days=1)
    assert (faults.dead_from, faults.excess_in) == (None, 8)


def test_a_data_point_has_only_the_faults_it_is_given():
    assert faults_of(Trouble.NONE, seed=1, today=TODAY) == NO_FAULTS
    assert faults_of(Trouble.EXCESSES, seed=1, today=TODAY) == Faults(excess_in=8)
