from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vatio.metering import labels
from vatio.tariffs.calendars import SIX_PERIODS, TARIFFS, TIME_ZONES, Of
from vatio.tariffs.periods import (
    NoPeriods,
    UnknownTariff,
    UnknownTerritory,
    period_of,
    periods,
    periods_of_day,
    time_zone_of,
)

OF: list[Of] = ["energy", "power"]

HOURS = {
    (2026, "peninsula"): (756, 975, 886, 1022, 441, 4680),
    (2026, "baleares"): (792, 985, 836, 1012, 455, 4680),
    (2026, "canarias"): (783, 936, 903, 1010, 448, 4680),
    (2026, "ceuta"): (747, 972, 884, 1029, 448, 4680),
    (2026, "melilla"): (774, 971, 863, 1024, 448, 4680),
    (2027, "peninsula"): (738, 970, 902, 1029, 441, 4680),
    (2027, "baleares"): (792, 985, 827, 1014, 462, 4680),
    (2027, "canarias"): (774, 936, 896, 1019, 455, 4680),
    (2027, "ceuta"): (747, 963, 879, 1036, 455, 4680),
    (2027, "melilla"): (765, 964, 854, 1035, 462, 4680),
}

# Local start; energy and power of 2.0TD elsewhere; its energy in the two cities; six periods.
VECTORS = """
2026-01-07 09:00 2 1 2 1 4 4 4 2
2026-01-06 12:00 3 2 3 6 6 6 6 6
2026-02-16 10:00 1 1 2 1 3 2 1 2
2026-03-16 18:30 1 1 2 2 4 2 4 5
2026-04-03 11:00 1 1 1 4 4 4 3 4
2026-04-13 08:00 2 1 2 5 5 5 5 5
2026-05-01 12:00 3 2 3 6 6 6 6 6
2026-06-15 14:00 2 1 1 4 1 4 3 3
2026-07-16 23:30 2 1 2 2 2 3 3 2
2026-08-14 21:59 1 1 1 3 1 1 1 1
2026-09-16 08:59 2 1 2 4 2 3 4 2
2026-10-12 10:00 3 2 3 6 6 6 6 6
2026-10-25 02:30 3 2 3 6 6 6 6 6
2026-11-12 13:59 1 1 1 2 4 2 2 3
2026-12-07 22:00 2 1 1 2 4 3 2 2
2026-12-24 07:59 3 2 3 6 6 6 6 6
"""


def counted(hours: bytes) -> tuple[int, ...]:
    return tuple(hours.count(period) for period in range(1, max(hours) + 1))


@pytest.mark.parametrize("of", OF)
@pytest.mark.parametrize("tariff", SIX_PERIODS)
@pytest.mark.parametrize(("year", "territory"), HOURS)
def test_six_periods_have_their_hours(year: int, territory: str, tariff: str, of: Of) -> None:
    assert counted(periods(year, tariff, territory, of=of)) == HOURS[year, territory]


@pytest.mark.parametrize("territory", TIME_ZONES)
@pytest.mark.parametrize("year", [2026, 2027])
def test_two_and_three_periods_have_their_hours(year: int, territory: str) -> None:
    assert counted(periods(year, "2.0TD", territory)) == (2040, 2040, 4680)
    assert counted(periods(year, "2.0TD", territory, of="power")) == (4080, 4680)


@pytest.mark.parametrize("vector", VECTORS.strip().splitlines())
@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_has_its_period_in_every_territory(vector: str, fold: int) -> None:
    day, clock, *expected = vector.split()
    energy, power, energy_of_cities, *six = map(int, expected)
    local = datetime.fromisoformat(f"{day} {clock}").replace(fold=fold)
    starts = {name: local.replace(tzinfo=ZoneInfo(zone)) for name, zone in TIME_ZONES.items()}

    simple = [period_of(starts[name], "2.0TD", name) for name in TIME_ZONES]
    of_power = [period_of(starts[name], "2.0TD", name, of="power") for name in TIME_ZONES]
    of_six = [period_of(starts[name], "3.0TD", name) for name in TIME_ZONES]

    assert list(TIME_ZONES) == ["peninsula", "baleares", "canarias", "ceuta", "melilla"]
    assert simple == [energy] * 3 + [energy_of_cities] * 2
    assert of_power == [power] * 5
    assert of_six == six


def test_a_day_of_eight_hours_in_each_of_three_periods() -> None:
    day = periods_of_day(date(2026, 9, 29), "2.0TD", "peninsula")

    assert counted(day) == (8, 8, 8)
    assert day == bytes([3] * 8 + [2] * 2 + [1] * 4 + [2] * 4 + [1] * 4 + [2] * 2)


@pytest.mark.parametrize("tariff", TARIFFS)
@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_no_hour_of_a_day_on_which_clocks_change_has_another_period(
    day: date, hours: int, tariff: str
) -> None:
    zone = ZoneInfo("Europe/Madrid")
    first = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    instants = [first + timedelta(hours=hour) for hour in range(hours)]

    found = {period_of(instant, tariff, "peninsula") for instant in instants}

    assert {instant.astimezone(zone).date() for instant in instants} == {day}
    assert found == set(periods_of_day(day, tariff, "peninsula"))
    assert len(found) == 1


def test_the_canary_islands_go_by_their_own_clock() -> None:
    at = datetime(2026, 1, 7, 8, 30, tzinfo=UTC)

    assert period_of(at, "3.0TD", "canarias") == 4
    assert period_of(at, "2.0TD", "canarias") == 2
    assert period_of(at - timedelta(hours=1), "2.0TD", "canarias") == 3
    assert period_of(at - timedelta(hours=1), "2.0TD", "peninsula") == 2


def test_an_hour_begins_with_its_start_and_ends_before_the_next() -> None:
    eight = datetime(2026, 1, 7, 7, tzinfo=UTC)

    assert period_of(eight, "3.0TD", "peninsula") == 2
    assert period_of(eight - timedelta(microseconds=1), "3.0TD", "peninsula") == 6


instants = st.datetimes(
    min_value=datetime(2021, 6, 2),
    max_value=datetime(2099, 12, 30),
    timezones=st.just(UTC),
)


@given(
    instant=instants,
    tariff=st.sampled_from(TARIFFS),
    territory=st.sampled_from(list(TIME_ZONES)),
    of=st.sampled_from(OF),
)
def test_an_instant_has_the_period_that_its_day_and_its_year_say(
    instant: datetime, tariff: str, territory: str, of: Of
) -> None:
    local = instant.astimezone(ZoneInfo(time_zone_of(territory)))
    day, number = local.date(), local.timetuple().tm_yday - 1

    found = period_of(instant, tariff, territory, of=of)

    assert found == periods_of_day(day, tariff, territory, of=of)[local.hour]
    if day.year > 2021:
        assert found == periods(day.year, tariff, territory, of=of)[24 * number + local.hour]


@given(instant=instants, tariff=st.sampled_from(TARIFFS))
def test_the_quarters_of_an_hour_share_its_period(instant: datetime, tariff: str) -> None:
    hour = instant.replace(minute=0, second=0, microsecond=0)

    found = {
        period_of(hour + timedelta(minutes=minutes), tariff, "peninsula")
        for minutes in (0, 15, 30, 45, 59)
    }

    assert len(found) == 1


@given(
    year=st.integers(2022, 2100),
    tariff=st.sampled_from(TARIFFS),
    territory=st.sampled_from(list(TIME_ZONES)),
    of=st.sampled_from(OF),
)
def test_every_hour_of_a_year_has_a_period(year: int, tariff: str, territory: str, of: Of) -> None:
    hours = periods(year, tariff, territory, of=of)
    last = 6 if tariff in SIX_PERIODS else 3 if of == "energy" else 2

    assert len(hours) == 24 * (366 if isleap(year) else 365)
    assert set(hours) == set(range(1, last + 1))


def test_days_before_the_first_known_one_are_refused() -> None:
    for_the_first_time = datetime(2021, 6, 1, tzinfo=ZoneInfo("Europe/Madrid"))

    assert period_of(for_the_first_time, "2.0TD", "ceuta") == 3
    for refused in (
        lambda: period_of(for_the_first_time - timedelta(seconds=1), "2.0TD", "ceuta"),
        lambda: periods_of_day(date(2021, 5, 31), "2.0TD", "ceuta"),
        lambda: periods(2021, "2.0TD", "ceuta"),
    ):
        with pytest.raises(NoPeriods, match="anteriores al 1 jun 2021"):
            refused()


def test_what_has_no_periods_is_refused_by_its_name() -> None:
    with pytest.raises(UnknownTariff, match="RL.1"):
        periods(2026, "RL.1", "peninsula")
    with pytest.raises(UnknownTerritory, match="Andorra"):
        periods_of_day(date(2026, 1, 1), "2.0TD", "Andorra")
    with pytest.raises(ValueError, match="of gas"):
        periods(2026, "2.0TD", "peninsula", of="gas")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no offset"):
        period_of(datetime(2026, 1, 1), "2.0TD", "peninsula")


def test_the_installation_names_the_same_tariffs_and_territories() -> None:
    of_electricity = [tariff for tariff in labels.TARIFFS if not tariff.startswith("RL.")]

    assert of_electricity == list(TARIFFS)
    assert list(labels.TERRITORIES) == list(TIME_ZONES)


def test_a_year_takes_less_than_a_millisecond() -> None:
    periods(2026, "3.0TD", "canarias")

    took = []
    for _time in range(20):
        before = perf_counter()
        periods(2026, "3.0TD", "canarias")
        took.append(perf_counter() - before)

    assert min(took) < 0.001
