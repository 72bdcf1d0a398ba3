from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import mean

import pytest

from tests.demo.energy.curves import days
from vatio.demo.energy.climate import cold, daylight, hot, mean_of
from vatio.readings.slots import local_day

YEAR = days(date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("day", "time_zone", "sunrise", "sunset"),
    [
        (date(2026, 6, 21), "Europe/Madrid", "04:44", "19:48"),
        (date(2026, 12, 21), "Europe/Madrid", "07:34", "16:51"),
        (date(2026, 3, 20), "Europe/Madrid", "06:19", "18:26"),
        (date(2026, 6, 21), "Atlantic/Canary", "06:08", "20:02"),
    ],
)
def test_the_sun_rises_and_sets_within_minutes_of_the_almanac(day, time_zone, sunrise, sunset):
    computed = daylight(day, time_zone)

    for instant, clock in zip(computed, (sunrise, sunset), strict=True):
        almanac = datetime.fromisoformat(f"{day} {clock}+00:00")
        assert abs(datetime.fromtimestamp(instant, UTC) - almanac) < timedelta(minutes=6)


@pytest.mark.parametrize("time_zone", ["Europe/Madrid", "Asia/Kolkata", "America/Lima"])
def test_the_sun_shines_inside_the_local_day(time_zone):
    for day in YEAR:
        local, (sunrise, sunset) = local_day(day, time_zone), daylight(day, time_zone)

        assert local.begins < sunrise < local.begins + 43_200 < sunset < local.ends


def test_weather_lasts_for_days_and_differs_from_year_to_year():
    temperatures = [mean_of(day, "Europe/Madrid") for day in YEAR]
    before = [mean_of(day.replace(year=2025), "Europe/Madrid") for day in YEAR]

    steps = [abs(later - sooner) for sooner, later in pairwise(temperatures)]
    years = [abs(now - then) for now, then in zip(temperatures, before, strict=True)]
    assert max(steps) < 4
    assert mean(years) > 1.5


def test_heating_is_for_winter_and_cooling_for_summer():
    def asked(ask, month: int) -> float:
        return mean(ask(day, "Europe/Madrid") for day in YEAR if day.month == month)

    assert asked(cold, 1) > 0.7
    assert asked(hot, 1) == 0
    assert asked(hot, 7) > 0.7
    assert asked(cold, 7) == 0


def test_the_canaries_hardly_heat():
    assert mean(cold(day, "Atlantic/Canary") for day in YEAR) < 0.03
