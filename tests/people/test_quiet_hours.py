from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from vatio.people.models import QuietHours
from vatio.people.quiet_hours import EmptyHours, forget_hours, quiet_until, set_hours

NIGHT = QuietHours(starts=time(22), ends=time(7, 30), time_zone="Europe/Madrid")
SIESTA = QuietHours(starts=time(14), ends=time(16), time_zone="Atlantic/Canary")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (NIGHT, "2026-11-24T20:59", None),
        (NIGHT, "2026-11-24T21:00", "2026-11-25T06:30"),
        (NIGHT, "2026-11-25T06:29:59", "2026-11-25T06:30"),
        (NIGHT, "2026-11-25T06:30", None),
        (SIESTA, "2026-11-24T13:59", None),
        (SIESTA, "2026-11-24T14:00", "2026-11-24T16:00"),
        (SIESTA, "2026-07-24T13:00", "2026-07-24T15:00"),
        (NIGHT, "2026-10-25T00:30", "2026-10-25T06:30"),
        (NIGHT, "2026-03-29T00:30", "2026-03-29T05:30"),
        (None, "2026-11-24T23:00", None),
    ],
)
def test_quiet_hours_go_by_the_clock_of_the_person(
    hours: QuietHours | None, at: str, until: str | None
) -> None:
    assert quiet_until(hours, utc(at)) == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-29T00:00", "2026-03-29T01:30"),
        ("2026-03-29T01:29", "2026-03-29T01:30"),
        ("2026-10-25T00:45", "2026-10-25T01:30"),
        ("2026-10-25T01:15", "2026-10-25T01:30"),
    ],
)
def test_hours_that_end_while_the_clocks_change_are_longer_never_shorter(
    at: str, until: str
) -> None:
    hours = QuietHours(starts=time(23), ends=time(2, 30), time_zone="Europe/Madrid")

    assert quiet_until(hours, utc(at)) == utc(until)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Madrid", "Atlantic/Azores", "Australia/Lord_Howe", "UTC"]),
)
def test_quiet_hours_always_end_and_are_over_then(
    at: datetime, starts: time, ends: time, time_zone: str
) -> None:
    if starts == ends:
        return
    until = quiet_until(QuietHours(starts=starts, ends=ends, time_zone=time_zone), at)

    assert until is None or timedelta() < until - at <= timedelta(hours=25)


@pytest.mark.django_db
def test_a_person_has_one_span_of_quiet_hours_or_none() -> None:
    ana = make.person()
    set_hours(ana, time(22), time(7), time_zone="Europe/Madrid")
    set_hours(ana, time(23), time(8), time_zone="Atlantic/Canary")

    own = QuietHours.objects.get(person=ana)
    assert (own.starts, own.ends, own.time_zone) == (time(23), time(8), "Atlantic/Canary")

    forget_hours(ana)
    assert not QuietHours.objects.exists()


@pytest.mark.django_db
def test_hours_that_end_when_they_begin_are_refused() -> None:
    ana = make.person()

    with pytest.raises(EmptyHours):
        set_hours(ana, time(22), time(22), time_zone="Europe/Madrid")
    with pytest.raises(IntegrityError, match="quiet_hours_are_not_empty"), transaction.atomic():
        QuietHours.objects.create(
            person=ana, starts=time(1), ends=time(1), time_zone="Europe/Madrid"
        )
