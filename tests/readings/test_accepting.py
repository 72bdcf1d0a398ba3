from datetime import date, timedelta

import pytest

from tests import make
from tests.readings.devices import NOW, gateway
from vatio.entitlements.limits import NothingCanBeAdded
from vatio.entitlements.question import entitlement
from vatio.history.models import Act
from vatio.metering import checking, installing, retiring
from vatio.metering.installing import Measures, MeterDetails
from vatio.metering.models import DataPoint, Meter, Series, SourceDevice
from vatio.metering.refusals import PrincipalTaken, WrongChoice
from vatio.readings import taking_back
from vatio.readings.accepting import NotWaiting, TooLittleRoom, units_taken
from vatio.readings.models import Day, Delivery, PendingQuantity, PendingReading
from vatio.readings.waiting import waiting
from vatio.units import Unit

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)


def stored():
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            Meter,
            DataPoint,
            Series,
            SourceDevice,
            PendingQuantity,
            PendingReading,
            Day,
            Delivery,
            Act,
        )
    ]


def used(own):
    rooms = entitlement(own.account, at=NOW).rooms
    return rooms[Unit.METERS].used, rooms[Unit.DATA_POINTS].used


def test_what_was_held_comes_in_with_the_device():
    own = gateway()
    own.sends((0, 10), (1, 11.5), (2, 14))
    own.sends((0, 21), (1, 22), p=301)

    made = own.accept({402: 60, 301: 60})

    assert own.values()[:3] == [1_500, 2_500, None]
    assert own.values(kind="register")[:3] == [10_000, 11_500, 14_000]
    assert own.values(301)[:3] == [21, 22, None]
    assert (made.counts.new, made.counts.same, made.refused) == (5, 0, [])
    assert waiting(own.account) == []
    assert not PendingReading.objects.exists()
    assert used(own) == (1, 2)
    assert SourceDevice.objects.get().meter == made.meter
    assert {point.source for point in made.points} == {own.source}
    assert checking.recount() == []


def test_what_comes_afterwards_goes_the_same_way():
    own = gateway()
    own.sends((0, 10))
    own.accept({402: 60})

    said = own.sends((1, 12), (2, 13))

    assert (said.counts.new, said.counts.held) == (2, 0)
    assert own.values()[:3] == [2_000, 1_000, None]


def test_what_is_not_chosen_goes_on_waiting():
    own = gateway()
    own.sends((0, 10))
    own.sends((0, 21), p=301)
    own.accept({402: 60})
    own.sends((1, 22), p=301)

    (device,) = waiting(own.account)
    again = own.accept({301: 60}, meter=Meter.objects.get())

    assert [each.measures.code for each in device.quantities] == [301]
    assert device.meter == "Cuadro 7"
    assert own.values(301)[:3] == [21, 22, None]
    assert again.meter.data_points.count() == 2
    assert used(own) == (1, 2)


def test_of_two_values_of_an_instant_the_one_that_came_later_stands():
    own = gateway()
    own.sends((0, 10), (1, 11))
    own.sends((1, 13), (0, 10), (1 + 5 / 3600, 15))

    made = own.accept({402: 60})

    assert own.values(kind="register")[:2] == [10_000, 15_000]
    assert (made.counts.new, made.counts.same, made.counts.corrected) == (2, 1, 2)


def test_what_fits_no_slot_is_refused_and_said():
    own = gateway()
    own.sends((0, 21), (0.5, 22), (1, -5), p=302)

    made = own.accept({302: 60})

    assert [(each.place, each.code) for each in made.refused] == [(2, "off_grid"), (3, "negative")]
    delivery = Delivery.objects.get(hour=None)
    assert (delivery.file_name, delivery.source_id, delivery.made_by_id) == (
        "7",
        own.source.pk,
        own.by.pk,
    )
    assert (delivery.new, delivery.refused, delivery.first_day) == (1, 2, DAY)


def test_the_delivery_of_an_acceptance_can_be_taken_back():
    own = gateway()
    own.sends((0, 21), (1, 22), p=301)
    own.accept({301: 60})

    taking_back.take_back(own.account, Delivery.objects.get(hour=None).id, by=own.by, at=NOW)

    assert set(own.values(301)) == {None}


def test_an_existing_meter_takes_only_data_points():
    own = gateway()
    own.sends((0, 10))
    meter = make.meter(own.account, "General")

    made = own.accept({402: 15}, meter=meter)

    assert made.meter == meter
    assert used(own) == (1, 1)


def test_a_quantity_that_the_meter_has_takes_nothing_and_gets_the_readings():
    own = gateway()
    meter = make.meter(own.account, "General")
    point = installing.add_data_point(meter, quantity=301, minutes=60, by=own.by, at=make.NOON)
    own.sends((0, 21), p=301)

    made = own.accept({301: 60}, meter=meter)

    assert made.points == [point]
    assert own.values(301)[0] == 21
    assert used(own) == (1, 1)
    assert DataPoint.objects.get().source == own.source


def test_a_meter_that_was_only_called_costs_a_meter_from_now_on():
    own = gateway(make.account(version=make.licence("L", data_points=9, rtc_lines=1)))
    meter = make.meter(own.account)
    installing.add_rtc_line(
        make.supply_point(own.account, manages_bills=False), meter, by=own.by, at=make.NOON
    )
    own.sends((0, 10))
    assert used(own) == (0, 0)
    foreseen = units_taken(meter, [402])

    own.accept({402: 60}, meter=meter)

    assert used(own) == (1, 1)
    assert foreseen == {Unit.METERS: 1, Unit.DATA_POINTS: 1}


def test_a_new_meter_measures_the_supply_point_that_is_said():
    own = gateway()
    own.sends((0, 10))
    point = make.supply_point(own.account, manages_bills=False)

    made = own.accept({402: 60}, meter=MeterDetails("Cuadro", measures=Measures(point)))

    assert made.meter.measurements.get().supply_point == point


def test_beyond_the_limit_everything_stays_and_what_must_be_freed_is_said():
    own = gateway(make.account(version=make.licence("Dos", data_points=2)))
    meter = make.meter(own.account)
    installing.add_data_point(meter, quantity=402, minutes=15, by=own.by, at=make.NOON)
    for code in (402, 301, 302):
        own.sends((0, 10), p=code)
    before = stored()

    with pytest.raises(TooLittleRoom, match="Límite de DP: 1 de 2") as refused:
        own.accept({402: 15, 301: 15, 302: 15})

    assert (refused.value.unit, refused.value.lacking) == (Unit.DATA_POINTS, 2)
    assert stored() == before
    assert used(own) == (1, 1)


def test_an_account_that_has_expired_accepts_nothing():
    own = gateway(make.account(starts_on=date(2026, 5, 3), months=12))
    own.sends((0, 10))
    before = stored()

    with pytest.raises(NothingCanBeAdded):
        own.accept({402: 60}, at=NOW + timedelta(days=200))

    assert stored() == before


@pytest.mark.parametrize(
    ("choices", "field"), [({}, ""), ({999: 60}, "take_999"), ({402: 7}, "minutes_402")]
)
def test_a_choice_that_cannot_be_is_refused(choices, field):
    own = gateway()
    own.sends((0, 10))
    own.sends((0, 10), p=999)
    before = stored()

    with pytest.raises(WrongChoice) as refused:
        own.accept(choices)

    assert refused.value.field == field
    assert stored() == before


def test_what_does_not_wait_cannot_be_accepted():
    own = gateway()
    own.sends((0, 10))
    own.accept({402: 60})
    before = stored()

    with pytest.raises(NotWaiting):
        own.accept({402: 60}, meter=Meter.objects.get())
    with pytest.raises(NotWaiting):
        own.accept({402: 60}, did="8")

    assert stored() == before


def test_a_device_stays_of_its_meter():
    own = gateway()
    own.sends((0, 10))
    own.accept({402: 60})
    own.sends((0, 21), p=301)
    others = make.meter(own.account), MeterDetails("Otro"), make.meter(make.account())
    before = stored()

    for meter in others:
        with pytest.raises(WrongChoice):
            own.accept({301: 60}, meter=meter)

    assert stored() == before


def test_a_second_principal_is_refused_whole():
    own = gateway()
    own.sends((0, 10))
    point = make.supply_point(own.account, manages_bills=False)
    installing.add_meter(
        own.account, MeterDetails("A", measures=Measures(point)), by=own.by, at=make.NOON
    )
    before = stored()

    with pytest.raises(PrincipalTaken):
        own.accept({402: 60}, meter=MeterDetails("B", measures=Measures(point)))

    assert stored() == before


def test_what_a_retired_meter_sends_is_refused_whatever_the_quantity():
    own = gateway()
    own.sends((0, 10))
    made = own.accept({402: 60})
    retiring.retire(made.meter, by=own.by, at=NOW)

    said = [own.sends((1, 11), p=code) for code in (402, 301)]

    assert [each.refused[0].code for each in said] == ["retired", "retired"]
    assert waiting(own.account) == []


def test_the_history_tells_who_accepted_what():
    own = gateway()
    own.sends((0, 10), (1, 12))

    own.accept({402: 60})

    act = Act.objects.get(verb="readings.accepted")
    assert (act.person, act.account_id, act.facts) == (
        own.by,
        own.account.pk,
        {"did": "7", "source": "Pasarela", "meter": "Cuadro 7", "readings": 2},
    )
