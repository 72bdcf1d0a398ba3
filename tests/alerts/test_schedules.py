from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.alerts import schedules

WORKING = ["8-20"] * 5


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("L-V 8:00-20:00, S 9-14", [*WORKING, "9-14", ""]),
        ("Lunes a viernes de 8 a 14 y de 16 a 20", [*["8-14, 16-20"] * 5, "", ""]),
        ("Mon-Fri 8-18", [*["8-18"] * 5, "", ""]),
        ("8-20", ["8-20"] * 7),
        ("Lunes a jueves: 8:30 a 17:45; viernes 8-15", [*["8-18"] * 4, "8-15", "", ""]),
        ("V 22-6", ["", "", "", "", "22-24", "0-6", ""]),
        ("abierto", None),
        ("24 horas", None),
        ("L-V 8-20 salvo agosto", None),
        ("L-V 8-25", None),
        ("", None),
    ],
)
def test_working_hours_are_read_as_people_write_them(text: str, days: Sequence[str] | None) -> None:
    found = schedules.of_working_hours(text)

    read = [schedules.written_hours(day) for day in schedules.days_of(found)] if found else None
    assert read == (list(days) if days else None)


@pytest.mark.parametrize("text", ["8", "8-7", "8:30-9", "25-26", "8-14 y 16-20", "ocho"])
def test_what_is_no_whole_hours_is_refused(text: str) -> None:
    with pytest.raises(schedules.NotHours):
        schedules.read_hours(text)


@given(st.text("01", min_size=24, max_size=24))
def test_hours_that_are_written_are_read_again(day: str) -> None:
    assert schedules.read_hours(schedules.written_hours(day)) == day


def test_outside_of_a_schedule_is_all_the_rest() -> None:
    inside = schedules.of_working_hours("L-V 8-20")
    assert inside is not None

    rest = schedules.outside(inside)

    assert [schedules.written_hours(day) for day in schedules.days_of(rest)] == [
        *["0-8, 20-24"] * 5,
        "0-24",
        "0-24",
    ]
    assert schedules.outside(rest) == inside
