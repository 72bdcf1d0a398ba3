from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest

from tests import make
from vatio.accounts import adjusting, non_renewal, renewal
from vatio.accounts.models import Account, Agreement, SmsTransaction, SmsWallet, Term
from vatio.accounts.opening import NameTaken
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.orders import deciding, locking
from vatio.orders.models import Order

pytestmark = pytest.mark.django_db


def test_an_accepted_opening_is_an_account_from_that_day_in_its_own_zone() -> None:
    order = make.opening_order(make.organisation(), months=6)

    agreement = deciding.accept(
        order, by=make.commercial(), at=datetime(2026, 8, 30, 22, 30, tzinfo=UTC)
    )

    account = agreement.account
    assert (account.opened_on, account.covered_until) == (date(2026, 8, 31), date(2027, 2, 28))
    assert account.ends_at == datetime(2027, 2, 27, 23, tzinfo=UTC)
    assert (order.state, order.account_id) == ("accepted", account.pk)


def test_extras_are_written_even_when_there_are_none() -> None:
    order = make.opening_order(make.organisation())

    grant = deciding.accept(order, by=make.commercial(), at=make.NOON).grants.get()

    assert grant.licence == order.licence
    assert (grant.extra_meters, grant.extra_supply_points) == (0, 0)


def test_bought_credits_are_in_the_wallet_under_the_agreements_key() -> None:
    hotel = make.account(sms_credits=100)

    movement = SmsTransaction.objects.get()

    assert SmsWallet.objects.get(account=hotel).balance == 100
    assert movement.key == f"agreement:{Agreement.objects.get().pk}"


def test_nobody_decides_an_order_that_they_submitted() -> None:
    norte = make.organisation()
    both = make.superadmin(norte)
    both.is_commercial = True
    both.save(update_fields=["is_commercial"])
    order = make.opening_order(norte, by=both)

    with pytest.raises(deciding.OwnOrder):
        deciding.accept(order, by=both, at=make.NOON)
    with pytest.raises(deciding.OwnOrder):
        deciding.reject(order, reason="No", by=both, at=make.NOON)

    order.refresh_from_db()
    assert order.state == "pending"
    assert Account.objects.count() == 0


@pytest.mark.parametrize("reason", ["", "   ", "\n", "\u200b\u2060"])
def test_a_rejection_says_why(reason: str) -> None:
    order = make.opening_order(make.organisation())

    with pytest.raises(deciding.RejectionWithoutReason):
        deciding.reject(order, reason=reason, by=make.commercial(), at=make.NOON)

    order.refresh_from_db()
    assert order.state == "pending"


def test_a_rejection_is_told_with_its_reason_to_the_superadministrators() -> None:
    norte = make.organisation()
    nuria = make.superadmin(norte)
    order = make.opening_order(norte, by=nuria)

    deciding.reject(order, reason="Pida otra licencia.", by=make.commercial(), at=make.NOON)

    message = Message.objects.get(template="order_rejected")
    assert message.address == nuria.email
    assert message.context["reason"] == "Pida otra licencia."
    assert (order.state, order.reason) == ("rejected", "Pida otra licencia.")


def test_a_decided_order_is_decided_for_good() -> None:
    order = make.opening_order(make.organisation())
    deciding.withdraw(order, by=order.submitted_by, at=make.NOON)

    with pytest.raises(locking.AlreadyDecided):
        deciding.accept(order, by=make.commercial(), at=make.NOON)
    with pytest.raises(locking.AlreadyDecided):
        deciding.reject(order, reason="No", by=make.commercial(), at=make.NOON)

    assert Account.objects.count() == 0


def test_a_name_taken_between_asking_and_accepting_is_refused_in_words() -> None:
    norte = make.organisation()
    order = make.opening_order(norte, "Hotel Lugo")
    make.account("HOTEL LUGO", organisation=norte)

    with pytest.raises(NameTaken) as refused:
        deciding.accept(order, by=make.commercial(), at=make.NOON)

    order.refresh_from_db()
    assert "Hotel Lugo" in str(refused.value)
    assert order.state == "pending"
    assert Account.objects.count() == 1


def test_an_acceptance_that_fails_at_its_last_step_leaves_nothing() -> None:
    order = make.opening_order(make.organisation())
    before = Act.objects.count()

    with (
        patch("vatio.orders.deciding.queue_to_leaders", side_effect=RuntimeError("the power went")),
        pytest.raises(RuntimeError),
    ):
        deciding.accept(order, by=make.commercial(), at=make.NOON)

    order.refresh_from_db()
    assert (order.state, order.agreement_id) == ("pending", None)
    assert (Account.objects.count(), Term.objects.count(), SmsTransaction.objects.count()) == (
        0,
        0,
        0,
    )
    assert Act.objects.count() == before


def test_a_renewal_asked_in_time_loses_no_days_by_our_being_slow() -> None:
    hotel = make.account(starts_on=date(2025, 12, 1))
    order = make.renewal_order(hotel, at=make.noon(date(2026, 11, 30)))

    term = deciding.accept(
        order, by=make.commercial(), at=make.noon(date(2026, 12, 20))
    ).terms.get()

    assert (term.starts_on, term.ends_on) == (date(2026, 12, 1), date(2027, 12, 1))


def test_a_withdrawn_renewal_can_be_asked_again() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    deciding.withdraw(
        make.renewal_order(hotel), by=make.superadmin(hotel.organisation), at=make.NOON
    )

    again = make.renewal_order(hotel)

    assert again.state == "pending"
    assert Order.objects.count() == 2


@pytest.mark.parametrize("kind", ["opening", "renewal", "expansion", "upgrade"])
def test_accepting_costs_at_most_fourteen_statements(
    kind: str, django_assert_max_num_queries: Any
) -> None:
    basic, better = make.licence("Básica"), make.licence("Avanzada", meters=50)
    hotel = make.account(version=basic)
    sent = {
        "opening": lambda: make.opening_order(hotel.organisation, version=basic),
        "renewal": lambda: make.renewal_order(hotel),
        "expansion": lambda: make.expansion_order(hotel, sms=50, rtc_lines=2),
        "upgrade": lambda: make.upgrade_order(hotel, better),
    }[kind]()
    order = Order.objects.select_related("organisation", "account").get(pk=sent.pk)
    elena = make.commercial()

    with django_assert_max_num_queries(14):
        deciding.accept(order, by=elena, at=make.NOON)


def test_a_renewal_that_is_accepted_ends_that_nobody_will_renew() -> None:
    hotel = make.account()
    nuria = make.superadmin(hotel.organisation)
    order = make.renewal_order(hotel, by=nuria)
    hotel.refresh_from_db()
    non_renewal.leave(hotel, by=nuria, at=make.NOON)

    deciding.accept(order, by=make.commercial(), at=make.NOON)

    hotel.refresh_from_db()
    assert hotel.not_renewing_since is None


def test_what_never_held_anything_is_not_asked_to_be_renewed() -> None:
    hotel = make.account(starts_on=date(2026, 11, 24))
    adjusting.end_early(
        hotel, date(2026, 11, 24), reason="Se anula.", by=make.commercial(), at=make.NOON
    )

    with pytest.raises(renewal.NothingToRenew):
        make.renewal_order(hotel)

    assert not Order.objects.exists()
