from datetime import date

import pytest

from tests.consumption import oracle, world
from tests.consumption.world import CAME, Fed
from tests.readings.stored import put
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.values import values
from vatio.metering.models import Series
from vatio.readings.ranks import Origin
from vatio.readings.slots import ONE_DAY, WHOLE_DAY

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 27), date(2026, 4, 1)
MADRID = "Europe/Madrid"


def new(minutes: int) -> Fed:
    return world.point(world.meter(world.account(), "M"), minutes)


def seen(of: Fed, minutes: int | None = None, since: date = FIRST, until: date = LAST) -> Look:
    subject = world.of_point(of)
    return look(of.point.account, subject, since, until, now=CAME, minutes=minutes)


def test_an_hour_is_answered_from_its_own_series_where_ranks_are_equal() -> None:
    quarters = new(15)
    hours = world.another(quarters, 60)
    world.flat(quarters, FIRST, LAST, 250.0)
    world.flat(hours, FIRST, LAST, 1001.0)

    assert set(seen(quarters, 60).curve.values) == {1001.0}
    assert set(seen(quarters).curve.values) == {250.0}


def test_an_hour_is_answered_from_the_better_ranked_series() -> None:
    quarters = new(15)
    hours = world.another(quarters, 60)
    world.flat(quarters, FIRST, LAST, 250.0, origin=Origin.DISTRIBUTOR)
    world.flat(hours, FIRST, LAST, 1001.0)

    assert set(seen(quarters, 60).curve.values) == {1000.0}


def test_a_day_is_that_of_the_best_ranked_series_then_of_the_finest() -> None:
    quarters = new(15)
    hours = world.another(quarters, 60)
    world.flat(quarters, FIRST, LAST, 250.0)
    world.flat(hours, FIRST, LAST, 1001.0)
    better = FIRST + ONE_DAY
    world.flat(hours, better, better + ONE_DAY, 1002.0, origin=Origin.DISTRIBUTOR)

    assert [each.total for each in seen(quarters, WHOLE_DAY).days] == [
        24_000.0,
        24 * 1002.0,
        23_000.0,
        24_000.0,
        24_000.0,
    ]


def test_a_coarser_series_is_never_split() -> None:
    quarters = new(15)
    hours = world.another(quarters, 60)
    world.flat(quarters, FIRST, FIRST + ONE_DAY, 250.0)
    world.flat(hours, FIRST, LAST, 1000.0, origin=Origin.DISTRIBUTOR)

    made = seen(quarters, 15, since=FIRST, until=FIRST + ONE_DAY)
    later = seen(quarters, 60)

    assert made.curve.values == [250.0] * 96
    assert set(later.curve.values) == {1000.0}
    assert later.minutes == 60


@pytest.mark.parametrize("minutes", [10, 15, 30, 60])
def test_hours_are_the_sums_of_finer_series_on_days_of_23_hours_too(minutes: int) -> None:
    made = new(minutes)
    profile = Profile("offices", "", 402, 5, 60.0)
    world.tell_demo(made, profile, FIRST, LAST)

    rows = seen(made, 60).curve.values

    told = oracle.coarser(made.told, FIRST, LAST, MADRID, 60)
    assert rows == [told[each] for each in oracle.instants(FIRST, LAST, MADRID, 60)]
    assert rows == [
        each
        for day in oracle.days(FIRST, LAST)
        for each in values(profile, day=day, time_zone=MADRID, minutes=60)
    ]


def test_where_only_hours_came_a_series_of_quarters_without_readings_hides_nothing() -> None:
    quarters = new(15)
    world.flat(world.another(quarters, 60), FIRST, LAST, 1000.0)

    made = seen(quarters)

    assert made.minutes == 60
    assert set(made.curve.values) == {1000.0}


def test_days_on_which_only_hours_came_are_seen_though_quarters_came_later() -> None:
    quarters = new(15)
    world.flat(world.another(quarters, 60), FIRST, LAST, 1000.0)
    world.flat(quarters, LAST, LAST + ONE_DAY, 250.0)

    before, later = seen(quarters), seen(quarters, since=LAST, until=LAST + ONE_DAY)
    both = seen(quarters, until=LAST + ONE_DAY)

    assert (before.minutes, set(before.curve.values)) == (60, {1000.0})
    assert (later.minutes, set(later.curve.values)) == (15, {250.0})
    assert (both.minutes, set(both.curve.values)) == (60, {1000.0})


def test_quarters_that_are_asked_for_are_shown_where_they_are() -> None:
    quarters = new(15)
    world.flat(world.another(quarters, 60), FIRST, LAST, 1000.0)
    world.flat(quarters, LAST, LAST + ONE_DAY, 250.0)

    made = seen(quarters, 15, since=LAST - ONE_DAY, until=LAST + ONE_DAY)

    assert made.minutes == 15
    assert made.curve.values == [None] * 96 + [250.0] * 96


def test_tens_and_quarters_of_an_hour_meet_in_half_hours() -> None:
    account = world.account()
    place = world.site(account, "Nave")
    for name, minutes, value in (("A", 10, 100.0), ("B", 15, 150.0)):
        world.flat(world.point(world.meter(account, name, place), minutes), FIRST, LAST, value)

    made = look(account, world.of_site(place), FIRST, LAST, now=CAME)
    asked = look(account, world.of_site(place), FIRST, LAST, now=CAME, minutes=15)

    assert (made.minutes, set(made.curve.values)) == (30, {600.0})
    assert (asked.minutes, asked.curve.values) == (30, made.curve.values)


def test_registers_are_answered_from_the_intervals_between_them() -> None:
    register = world.point(world.meter(world.account(), "M"), 60, kind="register")
    profile = Profile("offices", "", 402, 8, 60.0)
    state, told, readings = 5_000_000.0, {}, []
    for day in oracle.days(FIRST, LAST):
        amounts = values(profile, day=day, time_zone=MADRID, minutes=60)
        for instant, amount in zip(oracle.slots(day, MADRID, 60), amounts, strict=True):
            readings.append((float(instant), state))
            told[instant] = amount
            state += amount
    put(register.key, readings, at=CAME, origin=Origin.INSERTION)
    last = max(told)

    made = seen(register)

    places = oracle.instants(FIRST, LAST, MADRID, 60)
    assert made.curve.values == [told[each] if each != last else None for each in places]
    assert Series.objects.filter(data_point=register.point, kind="interval").count() == 1
    assert made.figures.missing == 1


def test_states_are_means_in_hours_days_and_months() -> None:
    fed = world.point(world.meter(world.account(), "T"), 15, quantity=301)
    places = oracle.instants(FIRST, LAST, MADRID, 15)
    world.tell(fed, [(each, float(n % 4)) for n, each in enumerate(places) if n != 5])

    hours = seen(fed, 60)
    (month, _april) = buckets(seen(fed, until=LAST + ONE_DAY), By.MONTH, now=CAME)

    assert hours.curve.values[:3] == [1.5, (0 + 2 + 3) / 3, 1.5]
    assert month.total == pytest.approx(sum(fed.told.values()) / len(fed.told), rel=1e-12)
    assert (month.most, month.most_at) == (3.0, places[3])
