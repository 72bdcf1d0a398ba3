from datetime import date, timedelta

import pytest

from tests import make
from vatio.accounts.models import Account
from vatio.dates import start_of
from vatio.orders import deciding
from vatio.orders.lockout import may_enter
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation) -> Person:
    return make.superadmin(norte)


def test_an_order_is_withdrawn_by_whoever_leads_and_seen_by_the_department_too(
    norte: Organisation, nuria: Person
) -> None:
    order = make.opening_order(norte, by=nuria)
    boss, other = make.commercial(), make.superadmin(make.organisation())

    assert list(Order.objects.visible_to(nuria).led_by(nuria)) == [order]
    assert list(Order.objects.visible_to(boss)) == [order]
    assert list(Order.objects.visible_to(boss).led_by(boss)) == []
    assert list(Order.objects.visible_to(other)) == []


def test_an_order_awaits_the_department_while_it_is_open(
    norte: Organisation, nuria: Person
) -> None:
    boss = make.commercial()
    order = make.opening_order(norte, by=nuria)

    assert order.awaits(boss)
    assert not order.awaits(nuria)
    assert (order.is_submitted_by(nuria), order.is_submitted_by(boss)) == (True, False)

    deciding.reject(order, reason="No cabe.", by=boss, at=make.NOON)

    assert not order.awaits(boss)


@pytest.mark.parametrize(
    ("role", "before", "after"),
    [
        ("administrator", True, False),
        ("viewer", True, False),
        ("commercial", True, True),
        ("superadministrator", True, True),
    ],
)
def test_an_accounts_own_people_are_kept_out_from_its_end_on(
    norte: Organisation, role: str, before: bool, after: bool
) -> None:
    hotel = make.account(organisation=norte, starts_on=date(2024, 2, 29), months=12)
    assert hotel.covered_until is not None
    end = start_of(hotel.covered_until, hotel.time_zone)
    if role == "commercial":
        person = make.commercial()
    elif role == "superadministrator":
        person = make.superadmin(norte)
    else:
        person = make.holder(hotel, role)
    leads = norte.is_led_by(person)

    assert may_enter(person, hotel, leads=leads, at=end - timedelta(seconds=1)) == before
    assert may_enter(person, hotel, leads=leads, at=end) == after


def test_own_people_enter_in_grace_while_a_renewal_that_was_asked_in_time_waits(
    norte: Organisation, nuria: Person
) -> None:
    hotel = make.account(organisation=norte, starts_on=date(2025, 12, 1))
    marta = make.holder(hotel)
    order = make.renewal_order(hotel, by=nuria, at=make.NOON)
    hotel = Account.objects.get(pk=hotel.pk)
    later = make.noon(date(2026, 12, 20))

    assert may_enter(marta, hotel, leads=False, at=later)

    deciding.reject(order, reason="No cabe.", by=make.commercial(), at=later)

    assert not may_enter(marta, hotel, leads=False, at=later)
