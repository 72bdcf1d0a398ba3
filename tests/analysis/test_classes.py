from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.analysis.classes import class_of, limits_of

Some = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False) | st.sampled_from([0.0, 5.0]), min_size=1, max_size=200
)


def counted(values: list[float], limits: list[float]) -> list[int]:
    classes = [class_of(value, limits) for value in values]
    return [classes.count(each) for each in range(7)]


def test_even_steps_are_round_numbers_in_the_unit_that_is_shown() -> None:
    watts = [1000.0 * kilowatts for kilowatts in range(15, 76)]

    assert limits_of(watts, factor=1000) == [20_000, 30_000, 40_000, 50_000, 60_000, 70_000]


def test_where_one_class_would_hold_nearly_all_limits_go_by_quantiles() -> None:
    values = sorted([10 + place / 100 for place in range(99)] + [1000.0])

    limits = limits_of(values)

    assert max(counted(values, limits)) <= 20
    assert limits[0] > 10
    assert limits[-1] < 11


def test_many_zeros_are_a_class_and_the_rest_is_spread() -> None:
    values = [0.0] * 80 + [1 + place / 2 for place in range(20)]

    limits = limits_of(values)

    assert counted(values, limits)[0] == 80
    assert min(counted(values, limits)[1:]) > 0


def test_what_is_always_the_same_has_steps_from_nothing() -> None:
    assert limits_of([20.0] * 9) == [3, 6, 9, 12, 15, 18]
    assert limits_of([20.0, 20.0000001]) == [3, 6, 9, 12, 15, 18]


def test_nothing_but_zeros_has_no_limits() -> None:
    assert limits_of([0.0, 0.0]) == []
    assert limits_of([]) == []
    assert class_of(0.0, []) == 0


def test_negative_values_have_classes_too() -> None:
    values = [float(value) for value in range(-30, 31)]

    assert limits_of(values) == [-20, -10, 0, 10, 20, 30]
    assert min(counted(values, limits_of(values))) > 0


@given(Some, st.sampled_from([1.0, 1000.0]))
def test_limits_ascend_are_at_most_six_and_can_be_written(
    values: list[float], factor: float
) -> None:
    limits = limits_of(sorted(values), factor=factor)

    assert len(limits) <= 6
    assert all(low < high for low, high in pairwise(limits))
    for limit in limits:
        assert round(limit / factor, 3) == pytest.approx(limit / factor, abs=1e-6)
