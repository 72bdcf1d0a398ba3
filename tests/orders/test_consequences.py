from datetime import UTC, date, datetime, timedelta

import pytest

from tests import make
from vatio.accounts import adjusting, holdings, renewal
from vatio.accounts.growth import HasExpired
from vatio.accounts.models import Account
from vatio.orders import consequences, deciding
from vatio.orders.consequences import (
    Difference,
    GrowthConsequence,
    OpeningConsequence,
    RenewalConsequence,
)
from vatio.orders.models import Order
from vatio.orders.proposal import Proposal
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation) -> Person:
    return make.superadmin(norte)


def foreseen(order: Order, *, at: datetime = make.NOON) -> consequences.Consequence | None:
    order = Order.objects.get(pk=order.pk)
    holding = consequences.held_before(order, order.account, at=at) if order.account else None
    return consequences.foresee(order, order.proposal, holding, at=at)


def test_an_opening_is_foreseen_beside_what_its_licence_includes(
    norte: Organisation, nuria: Person
) -> None:
    version = make.licence("Básica Mtr", meters=10, supply_points=5, rtc_lines=1)
    order = make.opening_order(norte, by=nuria, version=version, months=3)
    Order.objects.filter(pk=order.pk).update(meters=35, time_zone="Atlantic/Canary")
    midnight = datetime(2027, 11, 30, 23, 30, tzinfo=UTC)

    found = foreseen(order, at=midnight)

    assert found == OpeningConsequence(
        quantities={
            Unit.METERS: Difference(10, 35),
            Unit.SUPPLY_POINTS: Difference(5, 5),
            Unit.RTC_LINES: Difference(1, 1),
        },
        months=3,
        ends_on=date(2028, 2, 29),
    )
    assert [each.added for each in found.quantities.values()] == [25, 0, 0]


def test_an_opening_by_data_points_is_foreseen_without_meters(
    norte: Organisation, nuria: Person
) -> None:
    version = make.licence("Starter DP", data_points=250, supply_points=0)
    order = make.opening_order(norte, by=nuria, version=version, months=12)

    found = foreseen(order)

    assert isinstance(found, OpeningConsequence)
    assert list(found.quantities) == [Unit.DATA_POINTS, Unit.RTC_LINES]


def test_a_renewal_is_foreseen_as_the_term_that_it_gives(
    norte: Organisation, nuria: Person
) -> None:
    hotel = make.account(organisation=norte, starts_on=date(2026, 1, 31), months=12)
    order = make.renewal_order(hotel, by=nuria)

    found = foreseen(order)
    term = deciding.accept(order, by=make.commercial(), at=make.NOON).terms.get()

    assert isinstance(found, RenewalConsequence)
    assert (found.term.starts_on, found.term.ends_on) == (date(2027, 1, 31), date(2028, 1, 31))
    assert (term.starts_on, term.ends_on) == (found.term.starts_on, found.term.ends_on)


def test_a_renewal_asks_no_other_quantities(norte: Organisation, nuria: Person) -> None:
    hotel = make.account(organisation=norte)
    order = make.renewal_order(hotel, by=nuria)
    holding = consequences.held_before(order, hotel, at=make.NOON)

    assert consequences.quantities(order, order.proposal, holding) == {}


def test_an_expansion_is_foreseen_as_what_the_account_holds_after_it(
    norte: Organisation, nuria: Person
) -> None:
    hotel = make.account(
        organisation=norte, totals=Quantities(20, 5, None, 0), sms_credits=40, months=12
    )
    order = make.expansion_order(hotel, by=nuria, sms=100, meters=15, rtc_lines=2)

    found = foreseen(order)
    deciding.accept(order, by=make.commercial(), at=make.NOON)

    assert isinstance(found, GrowthConsequence)
    assert found.quantities == {
        Unit.METERS: Difference(20, 35),
        Unit.SUPPLY_POINTS: Difference(5, 5),
        Unit.RTC_LINES: Difference(0, 2),
    }
    assert found.credits == Difference(40, 140)
    assert (found.licence, found.waiting, found.ends_on) == (None, None, date(2027, 5, 3))
    hotel = Account.objects.get(pk=hotel.pk)
    held = holdings.shown([hotel], at=make.NOON)[hotel.pk]
    assert {unit: held.totals[unit] for unit in found.quantities} == {
        unit: each.after for unit, each in found.quantities.items()
    }
    assert hotel.wallet.balance == 140


def test_credits_that_nobody_asks_for_are_not_read(norte: Organisation, nuria: Person) -> None:
    hotel = make.account(organisation=norte, sms_credits=40)

    found = foreseen(make.expansion_order(hotel, by=nuria, meters=1))

    assert isinstance(found, GrowthConsequence)
    assert found.credits is None


def test_an_upgrade_is_foreseen_with_the_extras_on_top_and_in_the_waiting_term(
    norte: Organisation, nuria: Person
) -> None:
    avanzada = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)
    hotel = make.account(organisation=norte, totals=Quantities(12, 6, None, 0))
    following = renewal.renew(hotel, asked_at=make.NOON, at=make.NOON, by=make.commercial())
    order = make.upgrade_order(hotel, avanzada)

    found = foreseen(order)
    deciding.accept(order, by=make.commercial(), at=make.NOON)

    assert isinstance(found, GrowthConsequence)
    assert found.quantities == {
        Unit.METERS: Difference(12, 52),
        Unit.SUPPLY_POINTS: Difference(6, 26),
        Unit.RTC_LINES: Difference(0, 2),
    }
    assert (found.licence, found.waiting) == (avanzada, following)
    for day in (make.NOON.date(), following.starts_on):
        held = holdings.held(hotel, day)
        assert held is not None
        assert held.totals == Quantities(52, 26, None, 2)


def test_another_proposal_for_the_same_order_is_foreseen_as_it_says(
    norte: Organisation, nuria: Person
) -> None:
    hotel = make.account(organisation=norte, totals=Quantities(20, 5, None, 0), sms_credits=40)
    order = make.expansion_order(hotel, by=nuria, meters=15)
    offer = Proposal(None, Quantities(4, 0, None, 0), None, sms_credits=10)

    found = consequences.foresee(
        order, offer, consequences.held_before(order, hotel, at=make.NOON), at=make.NOON
    )

    assert isinstance(found, GrowthConsequence)
    assert found.quantities[Unit.METERS] == Difference(20, 24)
    assert found.credits == Difference(40, 50)


def test_growth_of_an_expired_account_is_refused(norte: Organisation, nuria: Person) -> None:
    hotel = make.account(organisation=norte, starts_on=date(2026, 5, 3), months=12)
    order = make.expansion_order(hotel, by=nuria, meters=1)

    with pytest.raises(HasExpired):
        foreseen(order, at=make.noon(date(2027, 5, 3)))


def test_what_was_held_before_a_decided_order_is_what_was_known_then(
    norte: Organisation, nuria: Person
) -> None:
    boss = make.commercial()
    hotel = make.account(organisation=norte, totals=Quantities(20, 5, None, 0), sms_credits=40)
    order = make.expansion_order(hotel, by=nuria, sms=100, meters=15)
    deciding.accept(order, by=boss, at=make.NOON)
    later = make.NOON + timedelta(days=1)
    adjusting.adjust_credits(hotel, 7, reason="Prueba.", by=boss, at=later)
    second = make.expansion_order(hotel, by=nuria, at=later, sms=5)

    held = consequences.held_before(order, hotel, at=later)

    assert held is not None
    assert held.totals[Unit.METERS] == 20
    assert consequences.quantities(order, order.proposal, held)[Unit.METERS] == Difference(20, 35)
    assert consequences.credits(order, nuria) == Difference(40, 140)
    assert consequences.credits(second, nuria) == Difference(147, 152)


def test_an_opening_has_no_credits_before_it_whether_it_is_decided_or_not(
    norte: Organisation, nuria: Person
) -> None:
    order = make.opening_order(norte, by=nuria)
    Order.objects.filter(pk=order.pk).update(sms_credits=30)
    order = Order.objects.get(pk=order.pk)

    before = consequences.credits(order, nuria)
    deciding.accept(order, by=make.commercial(), at=make.NOON)

    assert before == Difference(0, 30)
    assert consequences.credits(Order.objects.get(pk=order.pk), nuria) == Difference(0, 30)
