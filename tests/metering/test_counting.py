from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import make
from tests.counts import full_or_tenth
from tests.metering.installed import install
from vatio.accounts.models import Account
from vatio.entitlements.models import Usage
from vatio.entitlements.question import entitlement
from vatio.metering import changing, checking, installing, retiring
from vatio.metering.models import Allocation, DataSource, Served
from vatio.metering.past import entitlement_on
from vatio.metering.refusals import WrongChoice
from vatio.refusal import Refused
from vatio.tenants.models import Person
from vatio.units import Unit

FIRST = date(2026, 5, 3)
QUANTITIES = (402, 404, 408)
KINDS = ("supply point", "meter", "data point", "fed point", "line")
DEEDS = st.lists(
    st.tuples(
        st.sampled_from([*KINDS, *KINDS, "retire", "return", "bills"]),
        st.integers(0, 30),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=40,
)


@dataclass
class Thing:
    """A thing as the oracle keeps it; `above` are the places of what it hangs from."""

    kind: str
    above: tuple[int, ...] = ()
    quantity: int = 0
    serves: bool = True
    manages_bills: bool = True


@dataclass
class Oracle:
    """What is installed, told again in plain Python, apart from the code under test."""

    things: list[Thing] = field(default_factory=list)

    def places(self, *kinds: str) -> list[int]:
        return [place for place, thing in enumerate(self.things) if thing.kind in kinds]

    def used(self) -> dict[str, int]:
        serving = {place: thing for place, thing in enumerate(self.things) if thing.serves}
        called = {thing.above[0] for thing in serving.values() if thing.kind == "line"}
        fed = {thing.above[0] for thing in serving.values() if thing.kind == "fed point"}
        kinds = [thing.kind for thing in serving.values()]
        return {
            "meters": sum(
                thing.kind == "meter" and (place not in called or place in fed)
                for place, thing in serving.items()
            ),
            "supply_points": sum(
                thing.kind == "supply point" and thing.manages_bills for thing in serving.values()
            ),
            "data_points": kinds.count("data point") + kinds.count("fed point"),
            "rtc_lines": kinds.count("line"),
        }

    def hangs_together(self) -> bool:
        """Whether nothing in service hangs from what is retired, or is there twice."""
        serving = [thing for thing in self.things if thing.serves]
        below = [thing for thing in serving if thing.above]
        taken = [(thing.above[0], thing.quantity) for thing in below]
        whole = all(self.things[place].serves for thing in below for place in thing.above)
        return whole and len(taken) == len(set(taken))


MOST = {"meters": 4, "supply_points": 3, "data_points": 10**6, "rtc_lines": 2}


@dataclass
class Installers:
    """Does to a real account what the oracle is told."""

    hotel: Account
    gateway: DataSource
    by: Person
    oracle: Oracle = field(default_factory=Oracle)
    rows: list[Served] = field(default_factory=list)

    def do(self, name: str, size: int, *, at: datetime) -> None:
        """Try a deed: it is refused where the oracle says so, and then nothing has changed."""
        told = deepcopy(self.oracle)
        act = getattr(self, name.replace(" ", "_"))(told, size, at)
        if act is None:
            return
        before, after = self.oracle.used(), told.used()
        fits = all(after[unit] <= max(MOST[unit], before[unit]) for unit in after)
        may = told != self.oracle and told.hangs_together() and fits
        try:
            row = act()
        except Refused:
            assert not may
        else:
            assert may
            self.oracle = told
            if len(told.things) > len(self.rows):
                self.rows.append(row)

    def supply_point(self, told: Oracle, size: int, at: datetime) -> Callable[[], object]:
        told.things.append(Thing("supply point", manages_bills=size % 3 > 0))
        return lambda: make.supply_point(self.hotel, manages_bills=size % 3 > 0, at=at)

    def meter(self, told: Oracle, size: int, at: datetime) -> Callable[[], object]:
        told.things.append(Thing("meter"))
        return lambda: make.meter(self.hotel, at=at)

    def data_point(
        self, told: Oracle, size: int, at: datetime, *, source: DataSource | None = None
    ) -> Callable[[], object] | None:
        if not (meters := told.places("meter")):
            return None
        place, quantity = meters[size % len(meters)], QUANTITIES[size % len(QUANTITIES)]
        told.things.append(Thing("fed point" if source else "data point", (place,), quantity))
        return lambda: installing.add_data_point(
            self.rows[place], quantity=quantity, minutes=15, source=source, by=self.by, at=at
        )

    def fed_point(self, told: Oracle, size: int, at: datetime) -> Callable[[], object] | None:
        return self.data_point(told, size, at, source=self.gateway)

    def line(self, told: Oracle, size: int, at: datetime) -> Callable[[], object] | None:
        meters, supplies = told.places("meter"), told.places("supply point")
        if not (meters and supplies):
            return None
        meter, supply = meters[size % len(meters)], supplies[size % len(supplies)]
        told.things.append(Thing("line", (meter, supply)))
        return lambda: installing.add_rtc_line(
            self.rows[supply], self.rows[meter], by=self.by, at=at
        )

    def retire(self, told: Oracle, size: int, at: datetime) -> Callable[[], object] | None:
        if not told.things:
            return None
        place = size % len(told.things)
        for thing in told.things:
            if told.things[place].serves and place in thing.above:
                thing.serves = False
        told.things[place].serves = False
        return lambda: retiring.retire(self.rows[place], by=self.by, at=at)

    def return_(self, told: Oracle, size: int, at: datetime) -> Callable[[], object] | None:
        retired = [place for place, thing in enumerate(told.things) if not thing.serves]
        if not retired:
            return None
        place = retired[size % len(retired)]
        told.things[place].serves = True
        return lambda: retiring.put_back(self.rows[place], by=self.by, at=at)

    def bills(self, told: Oracle, size: int, at: datetime) -> Callable[[], object] | None:
        if not (supplies := told.places("supply point")):
            return None
        place = supplies[size % len(supplies)]
        told.things[place].manages_bills ^= True
        details = installing.SupplyDetails(
            "Acometida",
            "electricity",
            territory="peninsula",
            manages_bills=told.things[place].manages_bills,
        )
        return lambda: changing.change_supply_point(self.rows[place], details, by=self.by, at=at)


def used_of(rooms: object) -> dict[str, int]:
    return {unit.value: rooms[unit].used for unit in Unit}  # type: ignore[index]


class TestCounting(TestCase):
    """Random sequences of what people do to an installation."""

    @given(deeds=DEEDS)
    @settings(
        max_examples=full_or_tenth(200),
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    def test_what_is_used_is_what_a_naive_count_says_now_and_on_every_day_before(
        self, deeds: list[tuple[str, int, int]]
    ) -> None:
        licence = make.licence("Cuatro", meters=4, supply_points=3, rtc_lines=2)
        hotel, by, at = make.account(starts_on=FIRST, version=licence), make.commercial(), FIRST
        gateway = installing.add_source(
            hotel, name="Pasarela", kind="insertion", by=by, at=make.noon(at)
        )
        people, days = Installers(hotel, gateway, by), dict[date, dict[str, int]]()
        for count, (name, size, passing) in enumerate(deeds):
            for passed in range(passing):
                days[at + timedelta(days=passed)] = people.oracle.used()
            at += timedelta(days=passing)
            moment = make.noon(at) + timedelta(seconds=count)
            people.do("return_" if name == "return" else name, size, at=moment)
            assert checking.recount() == []
            assert used_of(entitlement(hotel, at=moment).rooms) == people.oracle.used()
        days[at] = people.oracle.used()
        for day, used in days.items():
            assert (day, used_of(entitlement_on(hotel, day).rooms)) == (day, used)


@pytest.mark.django_db
def test_changing_the_device_of_a_meter_moves_no_usage() -> None:
    hotel = make.account(totals=make.Quantities(10, 5, None, 1))
    installed = install(hotel, by=make.commercial(), at=make.NOON)
    before = list(Usage.objects.order_by("unit").values_list("unit", "used"))
    taken = list(Allocation.objects.order_by("id").values())

    changing.change_device(
        installed.meter,
        changing.NewDevice(date(2026, 11, 20), "AB-3"),
        by=make.commercial(),
        at=make.NOON,
    )

    assert list(Usage.objects.order_by("unit").values_list("unit", "used")) == before
    assert list(Allocation.objects.order_by("id").values()) == taken


@pytest.mark.django_db
def test_a_fed_point_that_goes_leaves_its_meter_to_its_line() -> None:
    hotel = make.account(totals=make.Quantities(10, 5, None, 1))
    installed = install(hotel, by=make.commercial(), at=make.NOON)
    assert entitlement(hotel, at=make.NOON).rooms[Unit.METERS].used == 1

    retiring.retire(installed.data_point, by=make.commercial(), at=make.NOON)

    assert entitlement(hotel, at=make.NOON).rooms[Unit.METERS].used == 0
    assert checking.recount() == []


@pytest.mark.django_db
def test_a_supply_point_that_goes_with_its_line_leaves_a_meter_that_costs_one() -> None:
    hotel = make.account(totals=make.Quantities(10, 5, None, 1))
    installed = install(hotel, by=make.commercial(), at=make.NOON)
    retiring.retire(installed.data_point, by=make.commercial(), at=make.NOON)

    retiring.retire(installed.supply_point, by=make.commercial(), at=make.NOON)

    rooms = entitlement(hotel, at=make.NOON).rooms
    assert used_of(rooms) == {"meters": 1, "supply_points": 0, "data_points": 0, "rtc_lines": 0}
    assert checking.recount() == []


@pytest.mark.django_db
def test_nothing_is_added_to_what_is_retired() -> None:
    hotel = make.account(totals=make.Quantities(10, 5, None, 3))
    by = make.commercial()
    meter, point = make.meter(hotel), make.supply_point(hotel)
    retiring.retire(type(meter).objects.get(pk=meter.pk), by=by, at=make.NOON)

    with pytest.raises(WrongChoice):
        installing.add_data_point(meter, quantity=402, minutes=15, by=by, at=make.NOON)
    with pytest.raises(WrongChoice):
        installing.add_rtc_line(point, meter, by=by, at=make.NOON)

    assert checking.recount() == []


@pytest.mark.django_db
def test_what_was_counted_wrong_is_found_and_mended() -> None:
    hotel = make.account(totals=make.Quantities(10, 5, None, 1))
    install(hotel, by=make.commercial(), at=make.NOON)
    Usage.objects.filter(unit="meters").update(used=7)
    Allocation.objects.filter(unit="data_points").delete()

    (wrong,) = checking.recount()
    assert (wrong.account, wrong.unit, wrong.used, wrong.counted) == (
        hotel.name,
        Unit.METERS,
        7,
        1,
    )

    checking.repair(hotel.pk, at=make.NOON)

    assert checking.recount() == []
    assert Allocation.objects.filter(unit="data_points", freed_at=None).count() == 1
