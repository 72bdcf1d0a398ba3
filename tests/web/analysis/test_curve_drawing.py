import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.web.analysis import curve_drawing
from vatio.web.analysis.curve_drawing import CurveDrawing, Slot, Strip, draw

MADRID = "Europe/Madrid"
BEGIN = int(datetime(2026, 10, 23, 22, tzinfo=UTC).timestamp())


def drawn(slots: Sequence[Slot], minutes: int = 60) -> CurveDrawing:
    picture = draw(
        slots, minutes=minutes, time_zone=MADRID, factor=1000, unit="kWh", what="Energía activa"
    )
    assert picture is not None
    return picture


def hours(values: Sequence[float | None], minutes: int = 60) -> list[Slot]:
    return [Slot(BEGIN + place * minutes * 60, value) for place, value in enumerate(values)]


def test_each_interval_is_a_step() -> None:
    picture = drawn(hours([1000, 500, 1000, 0]))

    assert picture.line == "M0 41.3H250V114.7H500V41.3H750V188H1000"
    assert picture.band == ""
    assert picture.grid == [(188.0, "0"), (100.0, "0,6"), (12.0, "1,2")]


@pytest.mark.parametrize("most", [999.0, 1000.0, 1200.0, 8000.0, 20_000.0, 0.0, -5.0])
def test_the_highest_stands_below_the_top(most: float) -> None:
    picture = drawn(hours([most, most / 2]))

    assert picture.height(most) > picture.grid[-1][0] == 12.0


def test_what_is_missing_is_hatched_whether_the_file_names_it_or_not() -> None:
    named = drawn(hours([1000, None, None, 1000]))
    unnamed = drawn([slot for slot in hours([1000, 0, 0, 1000]) if slot.value])
    at_the_end = drawn(hours([1000, 1000, None, None]))

    assert named.gaps == unnamed.gaps == [Strip(25.0, 50.0)]
    assert named.line == unnamed.line == "M0 41.3H250M750 41.3H1000"
    assert at_the_end.gaps == [Strip(50.0, 50.0)]
    assert named.told.endswith("1 hueco.")


def test_a_day_of_25_hours_is_no_gap_between_days_and_a_lost_day_is() -> None:
    begins = [datetime(2026, 10, day, 22 + (day > 24), tzinfo=UTC) for day in (23, 24, 25, 26)]
    days = [Slot(int(at.timestamp()), 1000) for at in begins]

    whole = drawn(days, 1440)
    lost = drawn([days[0], *days[2:]], 1440)

    assert whole.gaps == []
    assert len(lost.gaps) == 1


def test_estimated_and_doubtful_are_marked_where_they_are() -> None:
    slots = hours([1000] * 4)
    slots[1] = Slot(slots[1].start, 1000, quality(Origin.DISTRIBUTOR, How.ESTIMATED))
    slots[3] = Slot(slots[3].start, 1000, quality(Origin.DISTRIBUTOR, How.MEASURED, Flag.DOUBTFUL))

    picture = drawn(slots)

    assert picture.estimated == [Strip(25.0, 25.0)]
    assert picture.doubtful == [Strip(75.0, 25.0)]


def test_a_year_of_quarters_is_a_mean_with_a_band_and_light() -> None:
    values = [float((place * 7919) % 4000) for place in range(35_040)]

    picture = drawn(hours(values, 15), 15)

    size = len(picture.line) + len(picture.band)
    assert 0 < size < 20_000
    assert picture.line.count("H") <= curve_drawing.MOST_STEPS
    assert [tick.words for tick in picture.ticks][:3] == ["nov", "dic", "ene"]


def test_a_gap_in_a_long_curve_is_wide_enough_to_be_seen() -> None:
    values: list[float | None] = [1000.0] * 8760
    values[4000] = None

    (gap,) = drawn(hours(values)).gaps

    assert gap.width == pytest.approx(curve_drawing.LEAST_SHOWN)


def test_nothing_is_drawn_of_nothing() -> None:
    for slots in ([], hours([None, None])):
        assert draw(slots, minutes=60, time_zone=MADRID, factor=1000, unit="kWh", what="x") is None


def test_it_says_in_words_what_it_shows() -> None:
    told = drawn(hours([1000, 2500, 500])).told

    assert told == (
        "Energía activa del 24 oct 2026 al 24 oct 2026: 4 kWh en total; como mucho 2,5 kWh en 60"
        " minutos, el 24 oct 2026, 01:00."
    )


@given(
    st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=1500),
    st.sampled_from([5, 15, 60, 1440]),
)
def test_whatever_the_values_all_of_it_is_inside_the_picture(
    values: list[float | None], minutes: int
) -> None:
    slots = hours(values, minutes)
    picture = draw(slots, minutes=minutes, time_zone=MADRID, factor=1000, unit="kWh", what="x")

    assert (picture is None) == all(value is None for value in values)
    if picture is None:
        return
    for x in re.findall(r"[HM]([\d.]+)", picture.line + picture.band):
        assert 0 <= float(x) <= curve_drawing.WIDTH
    for y in re.findall(r"V([\d.]+)", picture.line + picture.band):
        assert curve_drawing.TOP <= float(y) <= curve_drawing.BOTTOM
    for strip in (*picture.gaps, *picture.estimated, *picture.doubtful):
        assert strip.x >= 0
        assert strip.x + strip.width <= 100.01
