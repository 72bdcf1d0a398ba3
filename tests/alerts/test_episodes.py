from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.alerts import marking
from vatio.alerts.episodes import FoundEpisode, Meaning, episodes, sums_above
from vatio.alerts.marking import (
    Nights,
    Threshold,
    by_threshold,
    by_usual,
    is_broken,
    nights,
    scheduled,
)
from vatio.analysis.curve import Curve, Value
from vatio.consumption.grid import grid

QUARTER = 900


def found(
    values: Sequence[Value], *, minutes: int = 0, level: float = 10, above: bool = True
) -> list[tuple[int, int | None, float, int]]:
    """List episodes by places: first interval, the one after the last, worst and where."""
    starts = [n * QUARTER for n in range(len(values))]
    made = episodes(
        values,
        starts,
        [start + QUARTER for start in starts],
        by_threshold(values, Threshold(level, above)),
        least_seconds=minutes * 60,
        above=above,
    )
    return [
        (
            each.begins // QUARTER,
            None if each.ends is None else each.ends // QUARTER,
            each.worst,
            each.worst_at // QUARTER,
        )
        for each in made
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 11, 12, 11, 5, 5], [(1, 4, 12, 2)]),
        ([5, 11, 5], [(1, None, 11, 1)]),
        ([5, 11, 5, 11, 5, 5], [(1, 4, 11, 1)]),
        ([10, 10], []),
        ([11, 9.6, 9.6, 9.6], [(0, None, 11, 0)]),
        ([11, 9.5, 9.5], [(0, 1, 11, 0)]),
        ([11, 9.5, 9.6, 9.5], [(0, None, 11, 0)]),
        ([11, 9, None, 9], [(0, None, 11, 0)]),
        ([11, None, None, 11, 9, 9], [(0, 4, 11, 0)]),
        ([None, None], []),
        ([], []),
    ],
)
def test_an_episode_opens_with_a_breach_and_ends_where_two_intervals_are_calm(
    values: list[Value], expected: list[tuple[int, int | None, float, int]]
) -> None:
    assert found(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([11, 11, 5, 5], []),
        ([11, 12, 11, 5, 5], [(0, 3, 12, 1)]),
        ([11, 11, None, 11, 5, 5], []),
        ([11, 11, 9.9, 11, 11, 5, 5], []),
        ([11, 11, 11, 9.9, 13, 5, 5], [(0, 5, 13, 4)]),
    ],
)
def test_a_breach_shorter_than_the_least_duration_is_none(
    values: list[Value], expected: list[tuple[int, int | None, float, int]]
) -> None:
    assert found(values, minutes=45) == expected


def test_below_a_threshold_the_lowest_is_the_worst() -> None:
    assert found([12, 9, 3, 10.4, 10.5, 10.5], above=False) == [(1, 4, 3, 2)]


def test_above_nothing_ends_where_there_is_nothing() -> None:
    assert found([0, 4, 0, 0], level=0) == [(1, 2, 4, 1)]


def test_an_episode_worsens_once_at_the_second_threshold() -> None:
    values = [95, 101, 120, 50, 50]
    marks = by_threshold(values, Threshold(90, worse=100, inclusive=True))
    starts = [n * QUARTER for n in range(5)]

    (only,) = episodes(values, starts, [at + QUARTER for at in starts], marks)

    assert only == FoundEpisode(0, 2700, 120, 1800, 2700, worsened_at=900)


def test_what_lacks_a_part_can_break_a_threshold_from_above_and_never_be_calm() -> None:
    values: list[Value] = [11, 11, 5, 5, 5]

    over = by_threshold(values, Threshold(10), partial=[(1, 3)])
    under = by_threshold(values, Threshold(10, above=False), partial=[(1, 3)])

    assert over == [Meaning.BREACH, Meaning.BREACH, Meaning.GAP, Meaning.CALM, Meaning.CALM]
    assert under == [Meaning.CALM, Meaning.CALM, Meaning.GAP, Meaning.BREACH, Meaning.BREACH]


def test_a_schedule_goes_by_the_local_clock_on_the_night_it_changes() -> None:
    sunday = date(2026, 10, 25)
    schedule = "0" * 144 + "".join("1" if hour in (2, 3) else "0" for hour in range(24))

    marks = scheduled([Meaning.BREACH] * 25, schedule, [sunday], "Europe/Madrid", 60)

    assert [hour for hour, mark in enumerate(marks) if mark == Meaning.BREACH] == [2, 3, 4]


def test_where_the_schedule_ends_the_episode_does() -> None:
    marks = [Meaning.BREACH, Meaning.BREACH, Meaning.OUT, Meaning.OUT, Meaning.BREACH]
    starts = [n * QUARTER for n in range(5)]

    made = episodes([11.0] * 5, starts, [at + QUARTER for at in starts], marks)

    assert [(each.begins, each.ends) for each in made] == [(0, 1800), (3600, None)]


def test_a_period_that_adds_up_to_more_than_the_limit_is_an_episode() -> None:
    values: list[Value] = [4, 4, None, 4, 1, 1, 1, 1, 6, 6, None, None]
    stops = [n + 1 for n in range(12)]
    periods, edges = [(0, 4), (4, 8), (8, 12)], [0, 4, 8, 12]

    made = sums_above(values, stops, periods, edges, limit=10, worse=11, now=9)

    assert made == [
        FoundEpisode(0, 4, 12, 4, 4, worsened_at=4),
        FoundEpisode(8, None, 12, 10, 10, worsened_at=10),
    ]


def curve_of(day: date, until: date, powers: list[Value]) -> Curve:
    own = grid(day, until, "Europe/Madrid", 60)
    return Curve(own.time_zone, own.step, own.days, own.firsts, own.starts, own.ends, powers)


def test_a_night_lasts_four_hours_of_the_clock_and_has_to_be_known() -> None:
    powers: list[Value] = [float(n) for n in range(25)] + [None] * 3 + [1.0] * 21

    made = nights(curve_of(date(2026, 10, 25), date(2026, 10, 27), powers))

    assert [stop - start for start, stop in zip(made.starts, made.stops, strict=True)] == [
        5 * 3600,
        4 * 3600,
    ]
    assert made.bases == [3.0, None]


def test_a_night_is_held_against_the_same_weekday_of_the_weeks_before() -> None:
    days = [date.fromordinal(date(2026, 3, 2).toordinal() + n) for n in range(7 * 6)]
    bases: list[Value] = [2_000.0 if day.weekday() == 0 else 500.0 for day in days]
    bases[35], bases[36] = 2_401.0, 900.0
    starts = [n * 86_400 for n in range(len(days))]

    marks = by_usual(Nights(days, starts, starts, bases), share=0.2, least=1_000)

    assert marks[:28] == [Meaning.GAP] * 28
    assert [marks[28], marks[35], marks[36]] == [Meaning.CALM, Meaning.BREACH, Meaning.CALM]


def test_nights_before_what_is_looked_at_are_not_judged() -> None:
    days = [date.fromordinal(date(2026, 3, 2).toordinal() + n) for n in range(7 * 6)]
    starts = [n * 86_400 for n in range(len(days))]
    nights_of = Nights(days, starts, starts, [500.0] * len(days))

    marks = by_usual(nights_of, share=0.2, least=1_000, begin=starts[35])

    assert marks == [Meaning.GAP] * 35 + [Meaning.CALM] * 7


@given(
    st.lists(st.sampled_from([None, 5, 9.7, 10, 11, 15]), max_size=20),
    st.booleans(),
    st.booleans(),
)
def test_something_is_broken_where_an_interval_is_a_breach(
    values: list[Value], above: bool, inclusive: bool
) -> None:
    threshold = Threshold(10, above=above, inclusive=inclusive)

    broken = is_broken(values, threshold)

    assert broken == any(mark >= Meaning.BREACH for mark in by_threshold(values, threshold))


@given(
    st.lists(st.sampled_from([None, 5, 9.7, 11, 15]), max_size=40),
    st.integers(0, 3),
    st.integers(0, 40),
)
def test_from_the_begin_of_an_episode_or_where_none_is_the_rest_is_found_anew(
    values: list[Value], intervals: int, changed: int
) -> None:
    whole = found(values, minutes=intervals * 15)
    place = max(changed - intervals - 2, 0)

    covering = [each for each in whole if each[0] <= place and (each[1] or 99) > place]
    first = covering[0][0] if covering else place
    again = found(values[first:], minutes=intervals * 15)

    moved = [(a + first, None if b is None else b + first, w, at + first) for a, b, w, at in again]
    before = [each for each in whole if each[1] is not None and each[1] <= first]
    if changed <= len(values):
        assert before + moved == whole


def test_the_night_of_a_curve_of_days_is_unknown() -> None:
    assert marking.FEWEST_WEEKS <= marking.WEEKS
    own = grid(date(2026, 3, 1), date(2026, 3, 3), "Europe/Madrid", 1440)
    daily = Curve(own.time_zone, own.step, own.days, own.firsts, own.starts, own.ends, [1.0, 2.0])

    assert nights(daily).bases == []
