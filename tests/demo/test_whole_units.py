from hypothesis import given
from hypothesis import strategies as st

from vatio.demo.whole_units import counted

days = st.lists(st.integers(0, 60_000).map(float), min_size=96, max_size=96)


@given(days)
def test_each_value_is_whole_and_a_day_is_right_to_half_a_unit(quarters: list[float]) -> None:
    told = counted(quarters)

    assert all(value >= 0 and value % 1000 == 0 for value in told)
    assert abs(sum(told) - sum(quarters)) <= 500


@given(days)
def test_an_hour_is_the_sum_of_its_quarters(quarters: list[float]) -> None:
    hours = [sum(quarters[at : at + 4]) for at in range(0, 96, 4)]

    told = counted(quarters)

    assert counted(hours) == [sum(told[at : at + 4]) for at in range(0, 96, 4)]
