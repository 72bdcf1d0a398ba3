from datetime import UTC, date, datetime, timedelta

import pytest

from tests import make
from tests.races import together
from vatio.accounts import growth, renewal, undoing
from vatio.accounts.holdings import held
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.orders import deciding
from vatio.orders.models import Order
from vatio.people import creating
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def renewed(account: Account) -> Account:
    order = make.renewal_order(account)
    deciding.accept(order, by=make.commercial(), at=make.NOON)
    return Account.objects.get(pk=account.pk)


def trusted_account(**about: object) -> Account:
    account = make.account(**about)
    creating.trust(account.organisation, trusted=True, by=make.commercial(), at=make.NOON)
    return account


def test_a_waiting_term_is_taken_back_and_the_account_ends_as_before() -> None:
    hotel = renewed(make.account(starts_on=date(2026, 5, 3)))
    assert hotel.covered_until == date(2028, 5, 3)

    undoing.undo(hotel, by=make.superadmin(hotel.organisation), at=make.NOON + DAY - HOUR)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 5, 3)
    assert held(hotel, date(2027, 6, 1)) is None
    assert Act.objects.get(verb="renewal.undone").facts["ends_on"] == "2028-05-03"


def test_what_was_taken_back_can_be_renewed_again() -> None:
    hotel = renewed(make.account())
    undoing.undo(hotel, by=make.superadmin(hotel.organisation), at=make.NOON + HOUR)

    again = renewed(hotel)

    assert again.covered_until == date(2028, 5, 3)


def test_after_24_hours_only_the_commercial_department_undoes_a_waiting_term() -> None:
    hotel = renewed(make.account())
    nuria = make.superadmin(hotel.organisation)

    with pytest.raises(undoing.CannotBeUndone):
        undoing.undo(hotel, by=nuria, at=make.NOON + DAY)
    hotel.refresh_from_db()
    assert hotel.covered_until == date(2028, 5, 3)

    undoing.undo(hotel, by=make.commercial(), at=make.NOON + 30 * DAY)
    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 5, 3)


def test_nobody_undoes_a_term_that_has_started() -> None:
    hotel = renewed(make.account())

    with pytest.raises(undoing.CannotBeUndone):
        undoing.undo(hotel, by=make.commercial(), at=make.noon(date(2027, 5, 3)))


def test_an_opening_is_never_undone() -> None:
    hotel = make.account(starts_on=date(2026, 11, 24))

    with pytest.raises(undoing.CannotBeUndone):
        undoing.undo(hotel, by=make.commercial(), at=make.NOON)


def test_a_trusted_organisation_renews_at_once_by_rule() -> None:
    hotel = trusted_account()

    order = make.renewal_order(hotel)

    order.refresh_from_db()
    assert (order.state, order.decided_by, order.rule) == (Order.State.ACCEPTED, None, "trusted")
    assert order.agreement is not None
    assert order.agreement.rule == "trusted"
    hotel.refresh_from_db()
    assert hotel.covered_until == date(2028, 5, 3)


def test_a_trusted_renewal_that_began_at_once_is_closed_on_its_first_day() -> None:
    hotel = trusted_account(starts_on=date(2025, 5, 3))
    make.renewal_order(hotel)
    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 11, 24)

    undoing.undo(hotel, by=make.superadmin(hotel.organisation), at=make.NOON + DAY - HOUR)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2026, 5, 3)
    assert held(hotel, date(2026, 11, 24)) is None
    known = held(hotel, date(2026, 11, 24), known_at=make.NOON + HOUR)
    assert known is not None


def test_a_trusted_renewal_that_grew_since_is_left_to_the_commercial_department() -> None:
    hotel = trusted_account(starts_on=date(2025, 5, 3))
    make.renewal_order(hotel)
    hotel.refresh_from_db()
    growth.expand(hotel, Quantities(1, 0, 0, 0), sms_credits=0, at=make.NOON, by=make.commercial())

    with pytest.raises(undoing.CannotBeUndone):
        undoing.undo(hotel, by=make.superadmin(hotel.organisation), at=make.NOON + HOUR)

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 11, 24)


def test_trusting_twice_is_told_once() -> None:
    norte = make.organisation()

    for _time in range(2):
        creating.trust(norte, trusted=True, by=make.commercial(), at=make.NOON)

    assert Act.objects.filter(verb="organisation.trusted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_together_one_is_told_that_it_is_done() -> None:
    hotel = renewed(make.account())
    people = [make.superadmin(hotel.organisation) for _ in range(2)]

    done, refused = together(
        [
            lambda person=person: undoing.undo(  # type: ignore[misc]
                Account.objects.get(pk=hotel.pk), by=person, at=make.NOON + HOUR
            )
            for person in people
        ]
    )

    assert len(done) == 1
    assert len(refused) == 1
    assert isinstance(refused[0], undoing.CannotBeUndone)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_trusted_renewals_at_once_one_takes_effect() -> None:
    hotel = trusted_account()
    nuria = make.superadmin(hotel.organisation)

    done, refused = together(
        [lambda: make.renewal_order(Account.objects.get(pk=hotel.pk), by=nuria) for _ in range(20)]
    )

    assert (len(done), len(refused)) == (1, 19)
    hotel.refresh_from_db()
    assert hotel.covered_until == date(2028, 5, 3)


def test_west_of_greenwich_a_term_that_begins_tomorrow_can_still_be_taken_back() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3), time_zone="America/Los_Angeles")
    asked = datetime(2027, 4, 1, tzinfo=UTC)
    renewal.renew(hotel, asked_at=asked, at=asked, by=make.commercial())

    undoing.undo(hotel, by=make.commercial(), at=datetime(2027, 5, 3, 4, tzinfo=UTC))

    hotel.refresh_from_db()
    assert hotel.covered_until == date(2027, 5, 3)
