from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import make
from tests.consumption import oracle, world
from tests.consumption.world import AT, CAME, Fed
from vatio.accounts.models import Account
from vatio.consumption.buckets import By, buckets
from vatio.consumption.looking import Look, look
from vatio.consumption.parts import by_period, by_site
from vatio.consumption.subjects import whole_account
from vatio.demo.energy.profiles import Profile
from vatio.metering import installing, retiring
from vatio.metering.models import Measurement, Site, SupplyPoint
from vatio.readings.slots import ONE_DAY, WHOLE_DAY
from vatio.tariffs.periods import period_of

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 20), date(2026, 4, 10)
OUTER, AFTER = FIRST - 3 * ONE_DAY, LAST + 3 * ONE_DAY
MADRID, CANARY = "Europe/Madrid", "Atlantic/Canary"
CHANGED = date(2026, 3, 25)
DEAD = date(2026, 4, 2)
BORN = date(2026, 3, 27)


@dataclass
class Group:
    account: Account
    madrid: Site
    islands: Site
    supplies: dict[str, SupplyPoint]
    fed: dict[str, Fed]

    def told(self, *names: str) -> dict[int, float]:
        return oracle.together(self.fed[each].told for each in names)

    def look(self, minutes: int | None = None, since: date = FIRST, until: date = LAST) -> Look:
        return look(
            self.account, whole_account(self.account), since, until, now=CAME, minutes=minutes
        )


@pytest.fixture(scope="module")
def group(module_transaction: None) -> Group:
    account = world.account()
    madrid, islands = world.site(account, "Madrid"), world.site(account, "Tenerife")
    supplies = {
        "madrid": world.supply(account, "Madrid", madrid),
        "islands": world.supply(account, "Tenerife", islands, territory="canarias"),
    }
    fed = {}
    for seed, (name, supply) in enumerate(supplies.items()):
        fed[name] = world.point(world.meter(account, name, measures=supply), 60)
        profile = Profile("hotels", "", 402, 90 + seed, 60.0)
        world.tell_demo(fed[name], profile, OUTER, AFTER)
    return Group(account, madrid, islands, supplies, fed)


def test_under_a_day_madrid_and_canarias_add_up_by_instant(group: Group) -> None:
    seen = group.look()

    places = oracle.instants(FIRST, LAST, MADRID, 60)
    told = group.told("madrid", "islands")
    assert seen.minutes == 60
    assert seen.curve.values == [told[each] for each in places]
    assert seen.curve.partial == []


def test_from_days_on_each_gives_its_own_local_days(group: Group) -> None:
    seen = group.look(WHOLE_DAY)

    madrid = oracle.sums(
        group.fed["madrid"].told,
        oracle.instants(FIRST, LAST, MADRID, 60),
        lambda each: oracle.at(each, MADRID).date(),
    )
    islands = oracle.sums(
        group.fed["islands"].told,
        oracle.instants(FIRST, LAST, CANARY, 60),
        lambda each: oracle.at(each, CANARY).date(),
    )
    assert seen.curve.values == [madrid[day] + islands[day] for day in oracle.days(FIRST, LAST)]
    assert seen.curve.partial == []


@pytest.mark.parametrize("by", [By.SLOT, By.HOUR, By.DAY, By.MONTH])
def test_periods_add_up_to_the_whole_and_go_by_each_territorys_own_clock(
    group: Group, by: By
) -> None:
    seen = group.look()

    parted = by_period(group.account, seen, by)

    rows = buckets(seen, by, now=CAME)
    told: dict[str, float] = {}
    for name, zone, territory in (
        ("madrid", MADRID, "peninsula"),
        ("islands", CANARY, "canarias"),
    ):
        for instant in oracle.instants(FIRST, LAST, MADRID, 60):
            period = f"P{period_of(oracle.at(instant, zone), '3.0TD', territory)}"
            told[period] = told.get(period, 0) + group.fed[name].told[instant]
    assert parted is not None
    assert [sum(parted.of(row.starts)) for row in rows] == [row.total for row in rows]
    found = [sum(column) for column in zip(*(parted.of(row.starts) for row in rows), strict=True)]
    assert dict(zip(parted.names, found, strict=True)) == told


@pytest.mark.parametrize("minutes", [None, WHOLE_DAY])
def test_sites_add_up_to_the_whole(group: Group, minutes: int | None) -> None:
    seen = group.look(minutes)

    parted = by_site(group.account, seen, By.MONTH)

    rows = buckets(seen, By.MONTH, now=CAME)
    assert set(parted.names) == {"Madrid", "Tenerife"}
    assert [sum(parted.of(row.starts)) for row in rows] == [row.total for row in rows]


def test_sites_by_hour_add_up_to_the_whole(group: Group) -> None:
    seen = group.look()

    parted = by_site(group.account, seen, By.HOUR)

    rows = buckets(seen, By.HOUR, now=CAME)
    places = oracle.instants(FIRST, LAST, MADRID, 60)
    islands = parted.names.index("Tenerife")
    told = group.fed["islands"].told
    assert [sum(parted.of(row.starts)) for row in rows] == [row.total for row in rows]
    assert [parted.of(each)[islands] for each in places] == [told[each] for each in places]


def test_two_sites_of_one_name_are_shown_and_ordered_together() -> None:
    account = world.account()
    north, south = world.site(account, "Norte"), world.site(account, "Sur")
    for top, own, value in ((north, "Planta", 3.0), (south, "Planta", 4.0), (south, "Nave", 6.0)):
        place = world.site(account, own, top)
        world.flat(world.point(world.meter(account, f"{top} {own}", place), 60), FIRST, LAST, value)
    subject = world.of_site(south)

    parted = by_site(account, look(account, subject, FIRST, LAST, now=CAME), By.MONTH)

    assert parted.names == ["Nave", "Planta"]
    assert sum(sum(own.values()) for own in parted.amounts.values()) == 10.0 * 503


def test_of_more_than_eight_sites_the_smallest_are_one_part() -> None:
    account = world.account()
    day = FIRST
    for number in range(10):
        place = world.site(account, f"Nave {number}")
        fed = world.point(world.meter(account, f"M{number}", place), 60)
        world.flat(fed, day, day + ONE_DAY, float(number + 1))
    seen = look(account, whole_account(account), day, day + ONE_DAY, now=CAME)

    parted = by_site(account, seen, By.DAY)

    (row,) = buckets(seen, By.DAY, now=CAME)
    assert parted.of(row.starts) == [24.0 * n for n in (10, 9, 8, 7, 6, 5, 4, 3 + 2 + 1)]
    assert row.total == 24.0 * 55


def test_a_site_without_supply_points_adds_up_its_meters_and_those_of_its_parts() -> None:
    account = world.account()
    farm = world.site(account, "Finca")
    for name, place, value in (("A", farm, 3.0), ("B", world.site(account, "Silo", farm), 4.0)):
        world.flat(world.point(world.meter(account, name, place), 60), FIRST, LAST, value)
    world.flat(world.point(world.meter(account, "C"), 60), FIRST, LAST, 50.0)

    seen = look(account, world.of_site(farm), FIRST, LAST, now=CAME)

    assert set(seen.curve.values) == {7.0}
    assert seen.figures.total == 7.0 * (21 * 24 - 1)


def test_what_a_sub_meter_measures_is_not_added_to_its_supply() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    supply = world.supply(account, "Hotel", place)
    world.flat(world.point(world.meter(account, "G", place, measures=supply), 60), FIRST, LAST, 9.0)
    world.flat(world.point(world.meter(account, "Cocina", place), 60), FIRST, LAST, 4.0)

    seen = look(account, world.of_site(place), FIRST, LAST, now=CAME)

    assert set(seen.curve.values) == {9.0}


@pytest.mark.parametrize("minutes", [None, WHOLE_DAY])
def test_from_the_day_on_another_meter_is_the_principal_one_it_counts(minutes: int | None) -> None:
    account = world.account()
    supply = world.supply(account, "S")
    old = world.meter(account, "Old", measures=supply)
    Measurement.objects.filter(meter=old).update(until=CHANGED)
    new = world.meter(account, "New", measures=supply, since=CHANGED)
    world.flat(world.point(old, 60), OUTER, CHANGED + 4 * ONE_DAY, 2.0)
    world.flat(world.point(new, 60), CHANGED - 4 * ONE_DAY, AFTER, 5.0)

    seen = look(account, world.of_supply(supply), FIRST, LAST, now=CAME, minutes=minutes)

    by_day = {each.day: each.total for each in seen.days}
    lengths = {day: len(oracle.slots(day, MADRID, 60)) for day in oracle.days(FIRST, LAST)}
    assert by_day == {
        day: (2.0 if day < CHANGED else 5.0) * lengths[day] for day in oracle.days(FIRST, LAST)
    }
    assert seen.curve.partial == []
    assert seen.figures.missing == 0


@pytest.mark.parametrize("territory", ["peninsula", "canarias"])
@pytest.mark.parametrize("minutes", [None, WHOLE_DAY])
def test_days_on_which_a_supply_has_no_principal_meter_make_a_sum_incomplete(
    minutes: int | None, territory: str
) -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    whole = world.supply(account, "A", place, territory=territory)
    world.flat(world.point(world.meter(account, "A", measures=whole), 60), OUTER, AFTER, 1.0)
    lacking = world.supply(account, "B", place, territory=territory)
    old = world.meter(account, "Old", measures=lacking)
    Measurement.objects.filter(meter=old).update(until=CHANGED)
    new = world.meter(account, "New", measures=lacking, since=CHANGED + 2 * ONE_DAY)
    for device in (old, new):
        world.flat(world.point(device, 60), OUTER, AFTER, 2.0)
    before_any = world.supply(account, "C", place, territory=territory)
    late = world.meter(account, "Late", measures=before_any, since=LAST - ONE_DAY)
    world.flat(world.point(late, 60), LAST - ONE_DAY, AFTER, 4.0)
    subject = world.of_site(place)
    if territory == "canarias":
        subject = replace(subject, time_zone="Atlantic/Canary")

    seen = look(account, subject, FIRST, LAST, now=CAME, minutes=minutes)

    partial = {each.day: each.partial for each in seen.days}
    gap = {CHANGED, CHANGED + ONE_DAY}
    assert {day for day, count in partial.items() if count} == gap
    assert [(each.supply_point_id, each.since, each.until) for each in seen.uncovered] == [
        (lacking.pk, CHANGED, CHANGED + 2 * ONE_DAY)
    ]
    assert seen.figures.missing == 0
    assert len(seen.later) == 1


def test_a_supply_without_its_principal_meter_lacks_these_days() -> None:
    account = world.account()
    supply = world.supply(account, "S")
    meter = world.meter(account, "M", measures=supply)
    world.flat(world.point(meter, 60), OUTER, AFTER, 1.0)
    Measurement.objects.filter(meter=meter).update(until=CHANGED)

    seen = look(account, world.of_supply(supply), FIRST, LAST, now=CAME)

    (gap,) = seen.uncovered
    assert (gap.since, gap.until) == (CHANGED, LAST)
    assert seen.curve.partial == []
    assert {each.day for each in seen.days if not each.present} == set(oracle.days(CHANGED, LAST))
    assert seen.silent == []


def test_nothing_is_missing_of_a_supply_that_was_retired() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    for name in ("A", "B"):
        supply = world.supply(account, name, place)
        meter = world.meter(account, name, measures=supply)
        world.flat(world.point(meter, 60), OUTER, AFTER, 1.0)
    Measurement.objects.filter(meter=meter).update(until=CHANGED)
    SupplyPoint.objects.filter(pk=supply.pk).update(service="retired")

    seen = look(account, world.of_site(place), FIRST, LAST, now=CAME)

    assert (seen.uncovered, seen.curve.partial) == ([], [])


def test_a_change_of_meter_in_canarias_is_at_its_own_midnight() -> None:
    account = world.account()
    place = world.site(account, "Todo")
    islands = world.supply(account, "S", place, territory="canarias")
    madrid = world.supply(account, "M", place)
    old = world.meter(account, "Old", measures=islands)
    Measurement.objects.filter(meter=old).update(until=CHANGED)
    new = world.meter(account, "New", measures=islands, since=CHANGED)
    for device, value in (
        (old, 2.0),
        (new, 5.0),
        (world.meter(account, "M", measures=madrid), 10.0),
    ):
        world.flat(world.point(device, 60), OUTER, AFTER, value)

    seen = look(account, world.of_site(place), CHANGED, CHANGED + ONE_DAY, now=CAME)

    assert seen.curve.values == [12.0, *[15.0] * 23]


def test_where_one_component_dies_sums_are_partial_from_then_on() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    for name, until in (("A", LAST), ("B", DEAD)):
        supply = world.supply(account, name, place)
        fed = world.point(world.meter(account, name, measures=supply), 60)
        world.flat(fed, OUTER, until, 3.0)
    subject = world.of_site(place)

    seen = look(account, subject, FIRST, LAST, now=CAME)
    daily = look(account, subject, FIRST, LAST, now=CAME, minutes=WHOLE_DAY)

    places = oracle.instants(FIRST, LAST, MADRID, 60)
    died = places.index(oracle.begins(DEAD, MADRID))
    assert seen.curve.values == [6.0] * died + [3.0] * (len(places) - died)
    assert seen.curve.partial == [(died, len(places))]
    assert seen.figures.partial == len(places) - died == 8 * 24
    assert daily.curve.partial == [((DEAD - FIRST).days, 21)]
    assert daily.curve.values[(DEAD - FIRST).days :] == [72.0] * 8


@pytest.mark.parametrize("is_supplied", [True, False])
def test_once_retired_a_component_lacks_nothing_and_what_it_measured_still_counts(
    is_supplied: bool,
) -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    for name, until in (("A", LAST), ("B", DEAD)):
        supply = world.supply(account, name, place) if is_supplied else None
        meter = world.meter(account, name, place, measures=supply)
        world.flat(world.point(meter, 60), OUTER, until, 3.0)
    retired_at = datetime.combine(DEAD, datetime.min.time(), UTC) - timedelta(hours=12)
    retiring.retire(meter, by=make.commercial(), at=retired_at)

    seen = look(account, world.of_site(place), FIRST, LAST, now=CAME)
    daily = look(account, world.of_site(place), FIRST, LAST, now=CAME, minutes=WHOLE_DAY)

    died = oracle.instants(FIRST, LAST, MADRID, 60).index(oracle.begins(DEAD, MADRID))
    assert seen.curve.values == [6.0] * died + [3.0] * (8 * 24)
    assert (seen.curve.partial, daily.curve.partial) == ([], [])


def test_before_its_first_reading_a_component_lacks_nothing() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    points = []
    for name, since in (("A", OUTER), ("B", BORN)):
        supply = world.supply(account, name, place)
        points.append(world.point(world.meter(account, name, measures=supply), 60))
        world.flat(points[-1], since, LAST, 3.0)
    world.point(world.meter(account, "C", measures=world.supply(account, "C", place)), 60)
    subject = world.of_site(place)

    seen = look(account, subject, FIRST, LAST, now=CAME)
    daily = look(account, subject, FIRST, LAST, now=CAME, minutes=WHOLE_DAY)

    born = (BORN - FIRST).days * 24
    assert seen.curve.values == [3.0] * born + [6.0] * (21 * 24 - 1 - born)
    assert (seen.curve.partial, daily.curve.partial) == ([], [])
    assert seen.later == {points[1].key.data_point_id: BORN}
    assert len(seen.silent) == 1


def sub_meter_period(account: Account, fed: Fed) -> list[str]:
    seen = look(account, world.of_point(fed), FIRST, LAST, now=CAME)
    parted = by_period(account, seen, By.MONTH)
    assert parted is not None
    return parted.names


def test_a_sub_meters_tariff_is_that_of_the_only_electricity_supply_of_its_site() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    world.supply(account, "S", place, tariff="2.0TD", kilowatts=10)
    fed = world.point(world.meter(account, "Cocina", place), 60)
    world.flat(fed, FIRST, LAST)

    assert sub_meter_period(account, fed) == ["P1", "P2", "P3"]


def test_a_sub_meters_tariff_is_that_of_the_site_above_where_its_own_has_no_supply() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    world.supply(account, "S", place, tariff="2.0TD", kilowatts=10)
    floor = world.site(account, "Cocina", world.site(account, "Planta", place))
    fed = world.point(world.meter(account, "Horno", floor), 60)
    world.flat(fed, FIRST, LAST)

    assert sub_meter_period(account, fed) == ["P1", "P2", "P3"]


def test_a_sub_meter_of_a_site_with_two_supplies_has_no_tariff() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    for name in ("S", "T"):
        world.supply(account, name, place)
    fed = world.point(world.meter(account, "Cocina", place), 60)
    world.flat(fed, FIRST, LAST)

    (name,) = sub_meter_period(account, fed)

    assert name == "sin tarifa"


def test_gas_and_retired_supplies_give_a_sub_meter_no_tariff() -> None:
    account = world.account()
    place = world.site(account, "Hotel")
    world.supply(account, "S", place, tariff="2.0TD", kilowatts=10)
    gas = installing.SupplyDetails("Gas", "gas", site=place, manages_bills=False)
    installing.add_supply_point(account, gas, by=make.commercial(), at=AT)
    gone = world.supply(account, "Old", place)
    SupplyPoint.objects.filter(pk=gone.pk).update(service="retired")
    fed = world.point(world.meter(account, "Cocina", place), 60)
    world.flat(fed, FIRST, LAST)

    assert sub_meter_period(account, fed) == ["P1", "P2", "P3"]
