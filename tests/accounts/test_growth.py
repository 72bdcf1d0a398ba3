from datetime import date

import pytest

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import growth
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, SmsWallet
from vatio.accounts.opening import WrongQuantity
from vatio.catalogue import publishing
from vatio.orders import deciding, submitting
from vatio.orders.models import Order
from vatio.units import Quantities

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def accept(order: Order) -> None:
    deciding.accept(order, by=make.commercial(), at=make.NOON)


def totals(account: Account, on: date) -> Quantities | None:
    holding = held(account, on)
    return holding.totals if holding else None


def test_an_expansion_adds_from_today_and_keeps_what_there_was() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3), totals=Quantities(20, 5, None, 0))

    accept(make.expansion_order(hotel, meters=15, rtc_lines=2, sms=100))

    assert totals(hotel, date(2026, 11, 23)) == Quantities(20, 5, None, 0)
    assert totals(hotel, TODAY) == Quantities(35, 5, None, 2)
    assert SmsWallet.objects.get().balance == 100


def test_an_upgrade_leaves_the_extras_on_top() -> None:
    starter = make.licence("Starter DP", data_points=250)
    professional = make.licence("Professional DP", data_points=1000, rtc_lines=2)
    hotel = make.account(
        starts_on=date(2026, 5, 3), version=starter, totals=Quantities(None, 0, 265, 0)
    )

    accept(make.upgrade_order(hotel, professional))

    assert totals(hotel, TODAY) == Quantities(None, 0, 1015, 2)


def test_growth_reaches_the_waiting_term_under_the_same_agreement() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    accept(make.renewal_order(hotel))

    accept(make.expansion_order(hotel, meters=5))

    assert totals(hotel, TODAY) == Quantities(15, 5, None, 0)
    assert totals(hotel, date(2027, 5, 3)) == Quantities(15, 5, None, 0)
    assert hotel.agreements.get(kind="expansion").grants.count() == 2


def test_a_renewal_after_an_expansion_keeps_it_once() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    accept(make.expansion_order(hotel, meters=5))

    accept(make.renewal_order(hotel))

    assert totals(hotel, date(2027, 6, 1)) == Quantities(15, 5, None, 0)


def test_an_account_that_has_yet_to_start_grows_in_its_first_term() -> None:
    hotel = make.account(starts_on=date(2026, 12, 1))

    accept(make.expansion_order(hotel, meters=5))

    assert totals(hotel, date(2026, 12, 1)) == Quantities(15, 5, None, 0)


def test_an_expired_account_is_renewed_before_it_grows() -> None:
    hotel = make.account(starts_on=date(2025, 1, 1))

    with pytest.raises(growth.HasExpired) as refused:
        make.expansion_order(hotel, meters=5)
    with pytest.raises(growth.HasExpired):
        make.upgrade_order(hotel, make.licence())

    assert "1 ene 2026" in str(refused.value)
    assert Order.objects.count() == 0


def test_an_expansion_asked_in_time_is_not_accepted_once_the_account_has_expired() -> None:
    hotel = make.account(starts_on=date(2025, 12, 1))
    order = make.expansion_order(hotel, meters=5)

    with pytest.raises(growth.HasExpired):
        deciding.accept(order, by=make.commercial(), at=make.noon(date(2026, 12, 1)))

    order.refresh_from_db()
    assert order.state == "pending"
    assert hotel.agreements.count() == 1


@pytest.mark.parametrize(
    ("unit", "billing"), [("data_points", "MTR"), ("meters", "DP"), ("supply_points", "DP")]
)
def test_a_field_of_the_other_billing_is_refused_not_ignored(unit: str, billing: str) -> None:
    version = make.licence() if billing == "MTR" else make.licence("Starter DP", data_points=250)
    hotel = make.account(starts_on=date(2026, 5, 3), version=version)

    with pytest.raises(WrongQuantity) as refused:
        make.expansion_order(hotel, **{unit: 1})

    assert refused.value.field == unit
    assert Order.objects.count() == 0


def test_an_expansion_that_adds_nothing_is_refused() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))

    with pytest.raises(growth.NothingAdded):
        make.expansion_order(hotel, meters=0)


def test_only_better_licences_of_the_same_billing_are_offered() -> None:
    basic = make.licence("Básica Mtr", meters=10, supply_points=5)
    better = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)
    fewer_cups = make.licence("Rara Mtr", meters=90, supply_points=1)
    points = make.licence("Starter DP", data_points=250)
    hotel = make.account(starts_on=date(2026, 5, 3), version=basic)

    holding = held(hotel, TODAY)
    assert holding is not None
    assert growth.better(hotel, holding) == [better]
    for version in (basic, fewer_cups, points):
        with pytest.raises(growth.NotAnUpgrade):
            make.upgrade_order(hotel, version)


def test_an_upgrade_keeps_the_version_it_names_though_retired_meanwhile() -> None:
    better = make.licence("Avanzada Mtr", meters=50, supply_points=25)
    hotel = make.account(starts_on=date(2026, 5, 3))
    order = make.upgrade_order(hotel, better)
    publishing.retire(better, by=make.commercial(), at=make.NOON)

    accept(order)

    assert totals(hotel, TODAY) == Quantities(50, 25, None, 0)


def test_one_expansion_and_one_upgrade_may_be_open_but_not_two_of_a_kind() -> None:
    better = make.licence("Avanzada Mtr", meters=50, supply_points=25)
    hotel = make.account(starts_on=date(2026, 5, 3))
    make.expansion_order(hotel, meters=1)
    make.upgrade_order(hotel, better)

    with pytest.raises(submitting.AlreadyAsked):
        make.expansion_order(hotel, meters=2)

    assert Order.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_expansions_at_once_make_one_order() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    by = make.superadmin(hotel.organisation)

    done, refused = together(
        [lambda: make.expansion_order(Account.objects.get(pk=hotel.pk), by=by, meters=1)] * 6
    )

    assert (len(done), len(refused)) == (1, 5)


@pytest.mark.django_db(transaction=True)
def test_an_expansion_and_a_renewal_accepted_at_once_lose_nothing() -> None:
    for _ in range(full_or_tenth(50)):
        hotel = make.account(starts_on=date(2026, 5, 3))
        orders = [make.expansion_order(hotel, meters=5), make.renewal_order(hotel)]
        by = make.commercial()

        done, refused = together(
            [
                lambda pk=order.pk: deciding.accept(Order.objects.get(pk=pk), by=by, at=make.NOON)
                for order in orders
            ]
        )

        assert (len(done), refused) == (2, [])
        assert totals(hotel, TODAY) == Quantities(15, 5, None, 0)
        assert totals(hotel, date(2027, 6, 1)) == Quantities(15, 5, None, 0)
