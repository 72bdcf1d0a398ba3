from datetime import date, timedelta

import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.entitlements import limits
from vatio.entitlements.models import Usage
from vatio.entitlements.question import entitlement
from vatio.metering import checking, retiring
from vatio.metering.models import Allocation, Meter
from vatio.notifications.models import Message
from vatio.orders import deciding
from vatio.units import Quantities, Unit

pytestmark = pytest.mark.django_db


def used(account: Account, unit: Unit = Unit.METERS) -> int:
    row = Usage.objects.filter(account=account, unit=unit).first()
    return row.used if row else 0


def test_what_is_added_is_counted_and_what_is_retired_is_given_back() -> None:
    hotel = make.account()

    first, _second = make.meter(hotel), make.meter(hotel)
    retiring.retire(first, by=make.commercial(), at=make.NOON)

    assert used(hotel) == 1
    assert Allocation.objects.filter(account=hotel, freed_at=None).count() == 1
    assert checking.recount() == []


def test_beyond_what_is_held_nothing_is_added_and_the_limit_is_named() -> None:
    hotel = make.account(version=make.licence("Dos", meters=2))
    make.meter(hotel)
    make.meter(hotel)

    with pytest.raises(limits.LimitReached) as refused:
        make.meter(hotel)

    assert str(refused.value) == "Límite de medidores: 2 de 2"
    assert (used(hotel), Meter.objects.count()) == (2, 2)


def test_a_unit_that_the_licence_does_not_count_is_counted_without_a_limit() -> None:
    hotel = make.account(version=make.licence("Starter DP", data_points=250))

    for _each in range(3):
        make.meter(hotel)

    rooms = entitlement(hotel, at=make.NOON).rooms
    assert (rooms[Unit.METERS].held, rooms[Unit.METERS].used, rooms[Unit.METERS].left) == (
        None,
        3,
        None,
    )


def test_holding_less_than_is_used_is_seen_and_nothing_is_removed() -> None:
    hotel = make.account()
    for _each in range(4):
        make.meter(hotel)

    adjusting.adjust_quantities(
        hotel, Quantities(meters=3), reason="Baja", by=make.commercial(), at=make.NOON
    )

    room = entitlement(hotel, at=make.NOON).rooms[Unit.METERS]
    assert (room.held, room.used, room.left, room.is_over) == (3, 4, -1, True)
    with pytest.raises(limits.LimitReached, match="4 de 3"):
        make.meter(hotel)


@pytest.mark.parametrize("day", [date(2026, 5, 2), date(2027, 5, 3), date(2027, 5, 20)])
def test_before_the_start_and_after_the_end_nothing_is_added(day: date) -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))

    with pytest.raises(limits.NothingCanBeAdded):
        make.meter(hotel, at=make.noon(day))

    assert not Meter.objects.exists()


def test_the_leaders_are_told_at_80_and_100_per_cent_once() -> None:
    hotel = make.account(version=make.licence("Cinco", meters=5))
    make.superadmin(hotel.organisation)
    meters = [make.meter(hotel) for _each in range(5)]

    told = Message.objects.filter(template="usage_near").order_by("id")
    assert [message.context["step"] for message in told] == [80, 100]
    elena = make.commercial()
    retiring.retire(meters[0], by=elena, at=make.NOON)
    make.meter(hotel)
    assert told.count() == 2
    for meter in meters[1:4]:
        retiring.retire(meter, by=elena, at=make.NOON)
    make.meter(hotel)
    make.meter(hotel)
    assert [message.context["step"] for message in told.all()] == [80, 100, 80]


@pytest.mark.django_db(transaction=True)
def test_twenty_who_add_at_once_add_what_is_free() -> None:
    for _round in range(full_or_tenth(100)):
        hotel = make.account(version=make.licence("Diez", meters=10))

        done, refused = together([lambda hotel=hotel: make.meter(hotel) for _each in range(20)])

        assert (len(done), len(refused)) == (10, 10)
        assert used(hotel) == Meter.objects.filter(account=hotel).count() == 10


def test_the_question_names_its_agreements() -> None:
    hotel = make.account()
    order = make.expansion_order(hotel, meters=2)
    deciding.accept(order, by=make.commercial(), at=make.NOON)

    told = entitlement(hotel, at=make.NOON + timedelta(days=1))
    assert told.rooms[Unit.METERS].held == 12
    assert len(told.agreements) == 2
