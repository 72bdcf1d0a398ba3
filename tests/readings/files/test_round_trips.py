import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readings.files.curve_files import ODD_DAYS, WRITERS, days_around, opened, starts_of


@pytest.mark.parametrize("time_zone", ODD_DAYS)
@pytest.mark.parametrize("origin", WRITERS)
@given(seed=st.randoms(use_true_random=False), which=st.sampled_from([0, 1]))
def test_a_curve_written_by_any_origin_is_read_back_on_days_of_23_and_25_hours(
    origin: str, time_zone: str, seed, which: int
) -> None:
    write, minutes = WRITERS[origin]
    days = days_around(ODD_DAYS[time_zone][which])
    starts = [start for day in days for start in starts_of(day, minutes, time_zone)]
    values = [seed.randrange(0, 9_999_999) for _start in starts]

    file = opened(write(starts, values, minutes, time_zone), time_zone=time_zone)

    curve = file.curves[0]
    assert file.refused == []
    assert (curve.minutes, curve.starts) == (minutes, starts)
    assert curve.values == values
