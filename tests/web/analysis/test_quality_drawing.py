from datetime import date

import pytest
from django.utils.translation import override

from vatio.consumption.quality.account_quality import QualitySpan
from vatio.consumption.quality.days import DayState, JudgedDay
from vatio.web.analysis import lengths
from vatio.web.analysis.quality_drawing import draw, frame

WEEK = QualitySpan(date(2026, 10, 29), date(2026, 11, 3))
YEAR = QualitySpan(date(2025, 11, 27), date(2026, 11, 27))


def judged(states: str) -> list[JudgedDay]:
    """Make days from letters: c complete, p partly there, m missing."""
    named = {"c": DayState.COMPLETE, "p": DayState.PARTLY, "m": DayState.MISSING}
    return [JudgedDay(named[letter]) for letter in states]


def test_equal_days_in_a_row_are_one_path_and_a_partly_missing_day_is_half_hatched() -> None:
    strip = draw(judged("ccpmc"), WEEK)

    assert strip.paths == [
        ("day-complete", "M0 0h400v20h-400zM800 0h200v20h-200z"),
        ("day-partly", "M400 10h200v10h-200z"),
        ("day-missing", "M400 0h200v10h-200zM600 0h200v20h-200z"),
    ]


def test_on_a_phone_each_month_is_a_row() -> None:
    strip = draw(judged("ccccc"), WEEK)

    assert strip.folded == [("day-complete", "M296 0h27v11h-27zM44 14h18v11h-18z")]


@pytest.mark.parametrize(
    ("states", "is_even"), [("c" * 365, True), ("c" * 364 + "m", False), ("m" * 31, True)]
)
def test_only_a_year_in_which_a_day_stands_out_is_folded(states: str, is_even: bool) -> None:
    until = date.fromordinal(YEAR.since.toordinal() + len(states))

    strip = draw(judged(states), QualitySpan(YEAR.since, until))

    assert strip.is_even == is_even


def test_the_words_count_the_days() -> None:
    with override("es"):
        strip = draw(judged("ccpmc"), WEEK)

    assert strip.told == "3 días completos, 1 en parte y 1 sin datos"


def test_months_are_named_where_they_begin() -> None:
    with override("es"):
        made = frame(YEAR)

    assert [each.words for each in made.ticks][:3] == ["dic 2025", "ene 2026", "feb"]
    assert [each.words for each in made.labels][:4] == ["nov 25", "dic", "ene 26", "feb"]
    assert made.folded_height == 13 * 14
    assert len(made.ticks) == 12


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min"),
        (900, "15 min"),
        (5_400, "1 h 30 min"),
        (86_400, "1 día"),
        (97_200, "1 día 3 h"),
    ],
)
def test_a_length_of_time_is_written_by_its_two_largest_parts(seconds: int, words: str) -> None:
    with override("es"):
        written = lengths.lasting(seconds)

    assert written == words


@pytest.mark.parametrize(
    ("part", "up", "words"),
    [(1.0, False, "100 %"), (0.99999, False, "99,9 %"), (0.00001, True, "0,1 %"), (0, True, "0 %")],
)
def test_nothing_that_lacks_anything_is_said_to_be_whole(part: float, up: bool, words: str) -> None:
    with override("es"):
        written = lengths.share(part, up=up)

    assert written.replace("\u00a0", " ") == words
