from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from vatio.readings.arrivals import CONTRADICTS, OFF_GRID, SAME, Arrivals
from vatio.readings.ranks import Flag, How, Origin, doubted, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import local_day, start

OWN = quality(Origin.DISTRIBUTOR)
DAYS = (date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25))


def series(minutes: int = 60, kind: str = "interval", over: float | None = None) -> SeriesKey:
    return SeriesKey(7, 1, minutes, "Europe/Madrid", kind, 9, 402, over)


@given(
    st.sampled_from(DAYS),
    st.sampled_from([15, 60]),
    st.integers(0, 22),
    st.lists(st.none() | st.integers(0, 12).map(float), min_size=1, max_size=30),
    st.sampled_from([None, 10.0]),
    st.booleans(),
)
def test_a_run_added_at_once_gives_what_its_values_give_one_by_one(
    day, minutes, first, values, over, mixed
):
    local = local_day(day, "Europe/Madrid")
    values = values[: local.count(minutes) - first]
    if not values:
        return
    own = series(minutes, over=over)
    starts = [start(local, first + place, minutes) for place in range(len(values))]
    qualities = [
        quality(Origin.DATADIS) if mixed and place % 3 else OWN for place in range(len(values))
    ]
    at_once, singly = Arrivals(3), Arrivals(3)

    added = at_once.add_run(own, local, starts, values, qualities, slice(0, len(values)))
    for instant, value, each in zip(starts, values, qualities, strict=True):
        if value is not None:
            singly.add(own, instant, value, each)

    assert at_once.days == (singly.days if added else {})
    assert added or mixed or over is not None or not singly.days


def test_a_gap_inside_a_run_makes_it_none():
    local = local_day(DAYS[1], "Europe/Madrid")
    starts = [start(local, slot, 60) for slot in (0, 1, 3)]

    assert not Arrivals().add_run(series(), local, starts, [1, 2, 3], [OWN] * 3, slice(0, 3))


def test_the_same_again_is_the_same_and_another_value_contradicts():
    local = local_day(DAYS[1], "Europe/Madrid")
    arrivals = Arrivals()

    said = [arrivals.add(series(), local.begins, value, OWN) for value in (5, 5, 6)]

    assert said == [None, SAME, CONTRADICTS]
    (day,) = arrivals.days.values()
    assert day.values[0] == 5


def test_intervals_off_the_grid_are_refused_and_registers_are_kept_beside_it():
    local = local_day(DAYS[1], "Europe/Madrid")
    arrivals = Arrivals()

    assert arrivals.add(series(), local.begins + 31, 5, OWN) == OFF_GRID
    assert arrivals.add(series(kind="register"), local.begins + 31, 5, OWN) is None
    assert arrivals.others == {7: {local.begins + 31: (5, OWN)}}


def test_what_is_beside_midnight_snaps_into_the_next_day():
    local = local_day(DAYS[1], "Europe/Madrid")
    arrivals = Arrivals()

    arrivals.add(series(), local.ends - 30, 5, OWN)

    assert list(arrivals.days) == [(7, DAYS[2])]


def test_more_than_five_times_the_contracted_power_is_doubtful_unless_it_is_firm():
    local = local_day(DAYS[1], "Europe/Madrid")
    own, arrivals = series(15, over=100_000), Arrivals()
    firm = quality(Origin.INVOICE, How.MEASURED, Flag.FIRM)

    arrivals.add(own, local.begins, 25_000, OWN)
    arrivals.add(own, local.begins + 900, 25_001, OWN)
    arrivals.add(own, local.begins + 1800, 25_001, firm)

    (day,) = arrivals.days.values()
    assert [day.quality_at(slot) for slot in range(3)] == [OWN, doubted(OWN), firm]
