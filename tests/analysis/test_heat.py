from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.curves import curve_of
from vatio.analysis.curve import Curve, Value
from vatio.analysis.heat import by_hours, grid_of, hour_table

ZONES = ["Europe/Madrid", "Australia/Lord_Howe", "Atlantic/Azores", "UTC"]
STEPS = [300, 600, 900, 1800, 3600, 86_400]


def looked_up(curve: Curve, day: date, slot: int) -> tuple[Value, bool]:
    """Find the value of a cell by looking at every interval, and whether any begins in it."""
    powers, found = curve.powers(), []
    for place, begins in enumerate(curve.starts):
        local = datetime.fromtimestamp(begins, UTC).astimezone(ZoneInfo(curve.time_zone))
        seconds = local.hour * 3600 + local.minute * 60
        if local.date() == day and seconds // curve.step == slot:
            found.append(powers[place])
    known = [value for value in found if value is not None]
    return (sum(known) / len(known) if known else None), not found


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(STEPS),
    st.dates(date(2025, 9, 1), date(2026, 12, 1)),
    st.lists(st.one_of(st.none(), st.integers(-50, 900).map(float)), min_size=1, max_size=120),
    st.booleans(),
)
def test_a_cell_is_the_mean_of_the_intervals_that_begin_in_it(
    time_zone: str, step: int, first: date, values: list[Value], adds: bool
) -> None:
    curve = curve_of(time_zone, first, 2, step, values, adds=adds)

    grid = grid_of(curve)

    for place, day in enumerate(curve.days):
        for slot in range(0, grid.slots, max(grid.slots // 24, 1)):
            value, is_absent = looked_up(curve, day, slot)
            assert grid.cells[place][slot] == value
            assert ((place, slot) in grid.absent) == is_absent


def test_the_hour_that_occurs_twice_shows_its_mean() -> None:
    grid = grid_of(curve_of("Europe/Madrid", date(2026, 10, 25), 1))

    assert grid.cells[0][:5] == [0.0, 1.0, 2.5, 4.0, 5.0]
    assert grid.unusual == {0: 25.0}
    assert grid.absent == frozenset()


def test_of_an_hour_that_occurs_twice_what_is_known_counts() -> None:
    grid = grid_of(curve_of("Europe/Madrid", date(2026, 10, 25), 1, 3600, [1.0, 1.0, None, 7.0]))

    assert grid.cells[0][2] == 7.0


def test_the_hour_that_does_not_exist_is_no_gap() -> None:
    grid = grid_of(curve_of("Europe/Madrid", date(2026, 3, 29), 1, 900))

    assert grid.cells[0][7:13] == [7.0, None, None, None, None, 8.0]
    assert grid.absent == {(0, 8), (0, 9), (0, 10), (0, 11)}
    assert (grid.missing, grid.unusual) == (0, {0: 23.0})


def test_half_an_hour_is_lost_and_repeated_on_lord_howe() -> None:
    spring = grid_of(curve_of("Australia/Lord_Howe", date(2026, 10, 4), 1, 1800))
    autumn = grid_of(curve_of("Australia/Lord_Howe", date(2026, 4, 5), 1, 1800))

    assert spring.absent == {(0, 4)}
    assert spring.unusual == {0: 23.5}
    assert autumn.cells[0][2:5] == [2.0, 3.5, 5.0]
    assert autumn.unusual == {0: 24.5}


def test_midnight_is_lost_and_repeated_on_the_azores() -> None:
    spring = grid_of(curve_of("Atlantic/Azores", date(2026, 3, 29), 1))
    autumn = grid_of(curve_of("Atlantic/Azores", date(2026, 10, 25), 1))

    assert spring.absent == {(0, 0)}
    assert spring.cells[0][1] == 0.0
    assert autumn.cells[0][:2] == [0.5, 2.0]


def test_hours_are_the_means_of_their_quarters() -> None:
    grid = grid_of(curve_of("Europe/Madrid", date(2026, 3, 29), 1, 900, [1.0, 2.0, None, 6.0]))

    hours = by_hours(grid)

    assert hours.cells[0] == [3.0, 3.0, None, *[3.0] * 21]
    assert hours.absent == {(0, 2)}
    assert by_hours(hours) is hours


def test_the_table_tells_weekdays_and_weekends_apart() -> None:
    friday = date(2026, 11, 6)
    grid = grid_of(curve_of("UTC", friday, 3, 3600, [*[10.0] * 24, *[20.0] * 24, *[40.0] * 24]))

    row = hour_table(grid)[5]

    assert (row.weekdays, row.weekend, row.mean) == (10.0, 30.0, 70 / 3)
    assert (row.highest, row.highest_at) == (40.0, (2, 5))


def test_an_hour_without_values_has_no_figures() -> None:
    grid = grid_of(curve_of("UTC", date(2026, 11, 7), 1, 3600, [None]))

    row = hour_table(grid)[0]

    assert (row.weekdays, row.weekend, row.highest, row.highest_at) == (None, None, None, None)
    assert grid.missing == grid.intervals == 24


def test_days_have_no_table_of_hours() -> None:
    grid = grid_of(curve_of("UTC", date(2026, 11, 7), 3, 86_400))

    assert grid.cells == [[0.0], [1.0], [2.0]]
    assert hour_table(grid) == []


@pytest.mark.parametrize("days", [1, 400])
def test_every_day_has_all_its_slots(days: int) -> None:
    curve = curve_of("Europe/Madrid", date(2025, 1, 1), days, 900)

    grid = grid_of(curve)

    assert {len(row) for row in grid.cells} == {96}
    assert grid.days[-1] == date(2025, 1, 1) + timedelta(days=days - 1)


@pytest.mark.parametrize("step", [900, 3600])
def test_what_is_incomplete_is_marked_and_in_no_mean_of_an_hour(step: int) -> None:
    each = 3600 // step
    curve = curve_of("Europe/Madrid", date(2026, 10, 24), 3, step, [40.0])
    first = curve.firsts[1] + 3 * each
    curve.values[first : first + each] = [1.0] * each
    curve.partial, curve.estimated = [(first, first + each)], [(0, 2)]

    grid = grid_of(curve)

    assert by_hours(grid).partial == {(1, 2)}
    assert (grid.incomplete, grid.estimated) == (each, 2)
    row = hour_table(grid)[2]
    assert (row.weekdays, row.weekend, row.mean) == (40.0, 40.0, 40.0)
