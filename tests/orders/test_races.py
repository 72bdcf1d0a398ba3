from datetime import date
from uuid import uuid4

import pytest

from tests import make
from tests.races import together
from vatio.accounts import joining
from vatio.accounts.models import Account, Agreement, Term
from vatio.orders import deciding, submitting
from vatio.orders.models import Order
from vatio.people import entering
from vatio.tenants.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_reviewers_one_decides_and_the_other_is_told_who_did() -> None:
    order = make.opening_order(make.organisation())
    reviewers = [make.commercial("Elena Cid"), make.commercial("Tomás Arrieta")]

    done, refused = together(
        [
            lambda by=by: deciding.accept(Order.objects.get(pk=order.pk), by=by, at=make.NOON)
            for by in reviewers
        ]
    )

    assert len(done) == 1
    assert len(refused) == 1
    assert done[0].decided_by is not None
    assert done[0].decided_by.name in str(refused[0])
    assert (Account.objects.count(), Term.objects.count()) == (1, 1)


def test_a_double_click_makes_one_order() -> None:
    norte = make.organisation()
    by, version, token = make.superadmin(norte), make.licence(), uuid4()
    opening = submitting.Opening(
        project=make.project("Camping Playa Boa"),
        version=version,
        asked={},
        months=12,
        sms_credits=0,
        reference="",
        comments="",
    )

    done, refused = together(
        [
            lambda: submitting.submit_opening(norte, opening, token=token, by=by, at=make.NOON)
            for _ in range(6)
        ]
    )

    assert {order.pk for order in done} == {Order.objects.get().pk}
    assert refused == []


def test_two_openings_of_one_name_make_one_order() -> None:
    norte = make.organisation()
    by, version = make.superadmin(norte), make.licence()

    done, refused = together(
        [
            lambda name=name: make.opening_order(norte, name, by=by, version=version)
            for name in ("Hotel Málaga", "HOTEL MALAGA", "hotel málaga")
        ]
    )

    assert (len(done), len(refused)) == (1, 2)
    assert {refusal.field for refusal in refused} == {"account_name"}
    assert Order.objects.count() == 1


def test_twenty_presses_of_renew_make_one_order_and_nineteen_polite_answers() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    by = make.superadmin(hotel.organisation)

    def press() -> Order:
        return submitting.submit_renewal(
            Account.objects.get(pk=hotel.pk),
            shown_end=date(2027, 5, 3),
            by=by,
            at=make.NOON,
        )

    done, refused = together([press] * 20)

    assert (len(done), len(refused)) == (1, 19)
    assert {type(refusal) for refusal in refused} == {submitting.AlreadyAsked}
    assert Order.objects.get().number in str(refused[0])


def test_one_renewal_is_one_term_though_two_accept_it() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    order = make.renewal_order(hotel)
    reviewers = [make.commercial() for _ in range(4)]

    done, refused = together(
        [
            lambda by=by: deciding.accept(Order.objects.get(pk=order.pk), by=by, at=make.NOON)
            for by in reviewers
        ]
    )

    assert (len(done), len(refused)) == (1, 3)
    assert hotel.terms.count() == 2
    assert Agreement.objects.filter(kind="renewal").count() == 1


def test_accepting_and_withdrawing_at_once_leave_one_outcome() -> None:
    for _ in range(5):
        hotel = make.account(starts_on=date(2026, 5, 3))
        order = make.renewal_order(hotel)
        reviewer = make.commercial()

        done, refused = together(
            [
                lambda: bool(
                    deciding.accept(Order.objects.get(pk=order.pk), by=reviewer, at=make.NOON)
                ),
                lambda: deciding.withdraw(
                    Order.objects.get(pk=order.pk), by=order.submitted_by, at=make.NOON
                ),
            ]
        )

        order.refresh_from_db()
        assert (len(done), len(refused)) == (1, 1)
        assert hotel.terms.count() == (2 if order.state == "accepted" else 1)


def test_an_invitation_lets_one_of_two_in() -> None:
    norte = make.organisation()
    _entrance, token = entering.invite(
        norte, "ana@norte.example", by=make.commercial(), at=make.NOON
    )

    done, refused = together(
        [lambda: joining.enter_invited(token, name="Ana", password=make.PASSWORD, at=make.NOON)] * 2
    )

    assert (len(done), len(refused)) == (1, 1)
    assert Membership.objects.filter(organisation=norte).count() == 1


def test_the_web_role_can_ask_and_accept(as_web: None) -> None:
    norte = make.organisation()
    order = make.opening_order(norte)

    agreement = deciding.accept(order, by=make.commercial(), at=make.NOON)

    deciding.accept(make.renewal_order(agreement.account), by=make.commercial(), at=make.NOON)
    assert Term.objects.count() == 2
