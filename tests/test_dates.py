from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from vatio.dates import (
    add_months,
    day_at,
    days_at,
    is_anchored,
    known_time_zones,
    start_of,
    written_month,
)

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
TIME_ZONES = st.sampled_from(
    sorted(time_zone for time_zone in available_timezones() if "/" in time_zone)
)


@pytest.mark.parametrize(
    ("start", "months", "anchor", "expected"),
    [
        (date(2027, 1, 31), 1, 31, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, 31, date(2028, 2, 29)),
        (date(2027, 1, 31), 2, 31, date(2027, 3, 31)),
        (date(2027, 2, 28), 1, 31, date(2027, 3, 31)),
        (date(2028, 2, 29), 12, 29, date(2029, 2, 28)),
        (date(2031, 2, 28), 12, 29, date(2032, 2, 29)),
        (date(2026, 12, 15), 1, 15, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, 31, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, 15, date(2025, 12, 15)),
    ],
)
def test_months_are_counted_from_the_anchor(
    start: date, months: int, anchor: int, expected: date
) -> None:
    assert add_months(start, months, anchor_day=anchor) == expected


@given(DAYS, st.integers(1, 120), st.integers(1, 120))
def test_months_never_drift(start: date, first: int, second: int) -> None:
    at_once = add_months(start, first + second, anchor_day=start.day)

    in_two_steps = add_months(
        add_months(start, first, anchor_day=start.day), second, anchor_day=start.day
    )

    assert in_two_steps == at_once
    assert is_anchored(at_once, start.day)


@given(DAYS, TIME_ZONES)
def test_a_day_starts_at_its_first_instant(day: date, time_zone: str) -> None:
    local = ZoneInfo(time_zone)

    start = start_of(day, time_zone)

    assert start.astimezone(local).date() >= day
    assert (start - timedelta(seconds=1)).astimezone(local).date() < day


@pytest.mark.parametrize(
    ("day", "time_zone", "expected"),
    [
        (date(2026, 3, 29), "Europe/Madrid", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Madrid", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 26), "Europe/Madrid", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        # In Beirut the clocks go forward at midnight: the day begins at one o'clock.
        (date(2026, 3, 29), "Asia/Beirut", datetime(2026, 3, 28, 22, tzinfo=UTC)),
        # In the Azores midnight happens twice when they go back: the first one counts.
        (date(2026, 10, 25), "Atlantic/Azores", datetime(2026, 10, 25, 0, tzinfo=UTC)),
    ],
)
def test_the_nights_on_which_the_clocks_change(
    day: date, time_zone: str, expected: datetime
) -> None:
    assert start_of(day, time_zone) == expected


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_the_days_of_all_zones_are_those_of_each(at: datetime) -> None:
    assert days_at(at) == [day_at(at, time_zone) for time_zone in known_time_zones()]


def test_a_month_is_written_in_the_readers_language() -> None:
    with override("es"):
        assert written_month(date(2026, 12, 31)) == "dic 2026"
    with override("en"):
        assert written_month(date(2027, 1, 1)) == "Jan 2027"
