from datetime import date, timedelta
from statistics import mean

import pytest

from tests.demo.energy.curves import MADRID, days, quarters, total
from vatio.accounts.models import Sector
from vatio.demo.energy.parts import NAMES
from vatio.demo.energy.profiles import Profile, profile_of
from vatio.demo.energy.shapes import SHAPES
from vatio.demo.energy.values import values

NEW_YEAR, END = date(2026, 1, 1), date(2027, 1, 1)


def whole(sector: str, kw: float = 30, quantity: int = 402) -> Profile:
    return profile_of(sector, "Contador general", quantity, 11, kw=kw)


def month(profile: Profile, number: int) -> float:
    first = date(2026, number, 1)
    return total(profile, first, (first + timedelta(days=31)).replace(day=1))


def hour(profile: Profile, day: date, number: int) -> float:
    return values(profile, day=day, time_zone=MADRID, minutes=60)[number]


def of_weekday(profile: Profile, weekday: int) -> float:
    return mean(
        sum(quarters(profile, day)) for day in days(NEW_YEAR, END) if day.weekday() == weekday
    )


BANDS = {
    "hotels": (3200, 3900),
    "education": (1100, 1700),
    "commerce": (3900, 4700),
    "industry": (2800, 3600),
    "offices": (2200, 2900),
    "health": (3900, 4700),
    "logistics": (4100, 4900),
    "sport": (3100, 3900),
    "housing": (2200, 2900),
    "street lighting": (2800, 3600),
}


@pytest.mark.parametrize("kw", [9.2, 30, 120])
@pytest.mark.parametrize("sector", sorted(SHAPES))
def test_a_year_uses_the_contracted_power_for_a_believable_number_of_hours(sector, kw):
    least, most = BANDS[sector]

    assert least < total(whole(sector, kw), NEW_YEAR, END) / kw / 1000 < most


@pytest.mark.parametrize("sector", [*SHAPES, *Sector.values])
def test_an_ordinary_year_comes_near_its_contracted_power_and_stays_below(sector):
    year = [quarters(whole(sector), day) for day in days(NEW_YEAR, END)]

    highest = max(max(day) for day in year) * 4 / 1000

    assert 0.75 * 30 < highest < 0.98 * 30


def test_a_hotel_has_its_highest_hours_at_dinner_and_its_lowest_before_dawn():
    for day in days(date(2026, 2, 1), date(2026, 3, 1)):
        hours = values(whole("hotels"), day=day, time_zone=MADRID, minutes=60)

        assert hours.index(max(hours)) in (19, 20, 21)
        assert hours.index(min(hours)) in (0, 1, 2, 3, 4, 5)


def test_a_hotel_is_busier_on_saturdays_and_sundays_than_on_tuesdays():
    hotel = whole("hotels")

    assert of_weekday(hotel, 5) > 1.05 * of_weekday(hotel, 1)
    assert of_weekday(hotel, 6) > of_weekday(hotel, 1)


def test_a_hotel_cools_on_summer_afternoons_and_heats_on_winter_evenings():
    hotel = whole("hotels")

    def at(number: int, of_month: int) -> float:
        first = date(2026, of_month, 1)
        return mean(hour(hotel, day, number) for day in days(first, first + timedelta(days=28)))

    assert at(16, 7) > 1.5 * at(16, 4)
    assert at(20, 1) > 1.08 * at(20, 4)
    assert month(hotel, 7) > 1.15 * month(hotel, 5)
    assert month(hotel, 1) > 1.05 * month(hotel, 4)


def test_a_school_uses_little_in_august_and_on_sundays():
    school = whole("education")

    assert month(school, 8) < 0.3 * month(school, 10)
    assert of_weekday(school, 6) < 0.3 * of_weekday(school, 2)


def test_a_school_is_closed_at_christmas():
    school = whole("education")

    assert sum(quarters(school, date(2026, 12, 29))) < 0.3 * sum(
        quarters(school, date(2026, 12, 15))
    )


def test_a_supermarket_never_goes_below_its_cold_rooms_and_is_closed_on_sundays():
    shop = whole("commerce")

    assert all(min(quarters(shop, day)) > 0.2 * 30 * 250 for day in days(NEW_YEAR, END))
    assert of_weekday(shop, 6) < 0.75 * of_weekday(shop, 5)


@pytest.mark.parametrize(
    "holiday",
    [(1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)],
)
def test_a_factory_stands_still_on_each_of_the_nine_national_holidays(holiday):
    factory = whole("industry")

    assert hour(factory, date(2024, *holiday), 11) < 0.35 * hour(factory, date(2024, 2, 14), 11)


def test_a_factory_works_on_good_friday():
    factory = whole("industry")

    assert hour(factory, date(2026, 4, 3), 11) > 0.8 * hour(factory, date(2026, 4, 10), 11)


@pytest.mark.parametrize("time_zone", ["Europe/Madrid", "Atlantic/Canary", "Asia/Kolkata"])
def test_street_lighting_is_off_at_noon_and_on_at_midnight(time_zone):
    lamps = profile_of("administration", "Iluminación 03", 402, 5)

    for day in days(NEW_YEAR, END):
        hours = values(lamps, day=day, time_zone=time_zone, minutes=60)
        from_noon = len(hours) - 12
        assert hours[from_noon] == 0
        assert min(hours[0], hours[-1]) > 0.4 * 30_000


def test_street_lighting_burns_from_sunset_to_sunrise():
    lamps = profile_of("administration", "Alumbrado", 402, 5)

    june, december = (
        [at for at, value in enumerate(quarters(lamps, day)) if not value]
        for day in (date(2026, 6, 21), date(2026, 12, 21))
    )

    assert (june[0] / 4, june[-1] / 4) == (6.75, 21.5)
    assert (december[0] / 4, december[-1] / 4) == (8.75, 17.5)
    assert month(lamps, 12) > 1.6 * month(lamps, 6)


@pytest.mark.parametrize("sector", sorted(set(SHAPES) - {"street lighting"}))
def test_the_parts_of_a_load_stay_below_the_whole(sector):
    parts = [profile_of(sector, f"{name.title()} 02", 402, 31) for name in NAMES]

    for day in days(date(2026, 1, 12), date(2026, 1, 19)) + days(
        date(2026, 7, 13), date(2026, 7, 20)
    ):
        together = sum(sum(quarters(part, day)) for part in parts)
        assert together < sum(quarters(whole(sector), day))


def test_meters_that_measure_a_part_together_share_it():
    alone = profile_of("hotels", "Cocina 02", 402, 31)
    third = profile_of("hotels", "Cocina 10", 402, 31, among=3)
    day = date(2026, 5, 4)

    assert sum(quarters(third, day)) * 3 == pytest.approx(sum(quarters(alone, day)), rel=0.01)


def test_reactive_energy_keeps_a_believable_power_factor():
    active, reactive = whole("hotels"), whole("hotels", quantity=404)

    for day in days(date(2026, 3, 1), date(2026, 4, 1)):
        ratio = sum(quarters(reactive, day)) / sum(quarters(active, day))
        assert 0.25 < ratio < 0.7


def test_power_is_four_times_the_energy_of_its_quarter():
    active, power = whole("hotels"), whole("hotels", quantity=401)
    day = date(2026, 5, 4)

    assert quarters(power, day) == [energy * 4 for energy in quarters(active, day)]


@pytest.mark.parametrize(
    ("quantity", "least", "most"),
    [(405, 220, 240), (406, 1, 60), (408, 0, 150), (412, 0.8, 1), (414, 49.9, 50.1)],
)
def test_electrical_quantities_stay_where_they_may_be(quantity, least, most):
    profile = whole("hotels", quantity=quantity)

    for day in days(date(2026, 7, 1), date(2026, 8, 1)):
        assert all(least <= value <= most for value in quarters(profile, day))


def test_it_is_warm_in_july_and_cold_in_january_and_warmest_in_the_afternoon():
    outdoors = whole("hotels", quantity=301)
    july = [quarters(outdoors, day) for day in days(date(2026, 7, 1), date(2026, 8, 1))]
    january = [quarters(outdoors, day) for day in days(date(2026, 1, 1), date(2026, 2, 1))]

    assert 21 < mean(map(mean, july)) < 27
    assert 2 < mean(map(mean, january)) < 9
    assert all(56 <= day.index(max(day)) <= 76 for day in july)
    assert -10 < min(map(min, january)) < max(map(max, july)) < 40


def test_all_points_of_a_time_zone_have_the_same_weather():
    here, there = (profile_of(sector, "Exterior", 301, 4) for sector in ("hotels", "sport"))

    assert quarters(here, date(2026, 5, 4)) == quarters(there, date(2026, 5, 4))


def test_a_hotel_takes_a_believable_amount_of_water_and_gas():
    water = total(whole("hotels", quantity=901), NEW_YEAR, END)
    gas = total(whole("hotels", quantity=420), NEW_YEAR, END)

    assert 1_500_000 < water < 4_000_000
    assert 50_000_000 < gas < 300_000_000
