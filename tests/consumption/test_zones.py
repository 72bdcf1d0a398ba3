from datetime import date

import pytest

from tests.consumption import oracle, world
from tests.consumption.world import CAME, Fed
from tests.readings.stored import series
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.demo.energy.profiles import Profile
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

pytestmark = pytest.mark.django_db

LORD_HOWE, AZORES = "Australia/Lord_Howe", "Atlantic/Azores"
CHANGES = [
    (LORD_HOWE, date(2026, 4, 5), 24.5),
    (LORD_HOWE, date(2026, 10, 4), 23.5),
    (AZORES, date(2026, 3, 29), 23.0),
    (AZORES, date(2026, 10, 25), 25.0),
]
PROFILE = Profile("offices", "", 402, 3, 60.0)


def told(time_zone: str, day: date, minutes: int) -> Fed:
    fed = Fed(series(minutes, time_zone=time_zone, of=world.account(time_zone=time_zone)))
    world.tell_demo(fed, PROFILE, day - 2 * ONE_DAY, day + 3 * ONE_DAY)
    return fed


def seen(fed: Fed, day: date, minutes: int | None = None) -> Look:
    subject = world.of_point(fed)
    since, until = day - 2 * ONE_DAY, day + 3 * ONE_DAY
    return look(fed.point.account, subject, since, until, now=CAME, minutes=minutes)


@pytest.mark.parametrize("minutes", [15, 30, 60])
@pytest.mark.parametrize(("time_zone", "day", "hours"), CHANGES)
def test_every_interval_stays_in_its_place_around_a_change_of_clocks(
    time_zone: str, day: date, hours: float, minutes: int
) -> None:
    fed = told(time_zone, day, minutes)

    made = seen(fed, day)

    places = oracle.instants(day - 2 * ONE_DAY, day + 3 * ONE_DAY, time_zone, minutes)
    assert list(made.curve.starts) == places
    assert made.curve.values == [fed.told[each] for each in places]
    assert made.figures.missing == 0
    assert (made.curve.ends - made.curve.starts[0]) / 3600 == 4 * 24 + hours


@pytest.mark.parametrize("by", [By.HOUR, By.DAY])
@pytest.mark.parametrize(("time_zone", "day", "hours"), CHANGES)
def test_sums_of_quarters_are_those_of_the_days_hours(
    time_zone: str, day: date, hours: float, by: By
) -> None:
    fed = told(time_zone, day, 15)
    minutes = 60 if by == By.HOUR else WHOLE_DAY

    rows = buckets(seen(fed, day), by, now=CAME)
    own = seen(fed, day, minutes).curve

    expected = oracle.coarser(fed.told, day - 2 * ONE_DAY, day + 3 * ONE_DAY, time_zone, 60)
    if by == By.DAY:
        expected = oracle.sums(
            fed.told,
            fed.told,
            lambda each: oracle.begins(oracle.at(each, time_zone).date(), time_zone),
        )
    assert {row.starts: row.total for row in rows} == expected
    assert dict(zip(own.starts, own.values, strict=True)) == expected


@pytest.mark.parametrize(("time_zone", "day", "hours"), CHANGES)
@pytest.mark.parametrize("minutes", [15, 60, WHOLE_DAY])
def test_the_mean_power_is_the_energy_by_the_time_in_which_it_was(
    time_zone: str, day: date, hours: float, minutes: int
) -> None:
    fed = told(time_zone, day, 15)

    figures = seen(fed, day, minutes).figures

    assert figures.mean == pytest.approx(sum(fed.told.values()) / (4 * 24 + hours), rel=1e-12)


@pytest.mark.parametrize("minutes", [15, 30, 60])
@pytest.mark.parametrize(("time_zone", "day", "hours"), CHANGES)
def test_the_night_base_is_measured_by_the_clock(
    time_zone: str, day: date, hours: float, minutes: int
) -> None:
    fed = told(time_zone, day, minutes)

    figures = seen(fed, day).figures

    places = oracle.instants(day - 2 * ONE_DAY, day + 3 * ONE_DAY, time_zone, minutes)
    night = oracle.night(fed.told, places, time_zone)
    assert figures.base == pytest.approx(sum(night) / len(night) * 60 / minutes, rel=1e-12)


@pytest.mark.parametrize(("time_zone", "day", "hours"), CHANGES)
def test_of_days_no_night_base_is_known(time_zone: str, day: date, hours: float) -> None:
    assert seen(told(time_zone, day, 60), day, WHOLE_DAY).figures.base is None


@pytest.mark.parametrize(("time_zone", "day", "hours"), CHANGES)
def test_what_lasted_the_missing_time_counts_by_how_long_it_was(
    time_zone: str, day: date, hours: float
) -> None:
    fed = told(time_zone, day, 60)
    subject = world.of_point(fed)

    made = look(fed.point.account, subject, day, day + ONE_DAY, now=CAME)

    slots = oracle.slots(day, time_zone, 60)
    assert (made.figures.expected, made.figures.present) == (len(slots), len(slots))
    assert len(slots) == -(-int(hours * 2) // 2)
