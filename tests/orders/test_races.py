from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import adjusting, growth, inviting
from vatio.accounts.holdings import held
from vatio.accounts.models import Account, Agreement, SmsWallet, Term
from vatio.orders import deciding, submitting
from vatio.orders.models import Order
from vatio.people import one_time_links
from vatio.tenants.models import Membership
from vatio.units import Quantities

pytestmark = pytest.mark.django_db(transaction=True)

INSTANT = timedelta(microseconds=1)


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
        asked=Quantities(),
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
    for _ in range(full_or_tenth(50)):
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
    _link, token = one_time_links.invite(
        norte, "ana@norte.example", by=make.commercial(), at=make.NOON
    )

    done, refused = together(
        [lambda: inviting.enter_invited(token, name="Ana", password=make.PASSWORD, at=make.NOON)]
        * 2
    )

    assert (len(done), len(refused)) == (1, 1)
    assert Membership.objects.filter(organisation=norte).count() == 1


def test_the_web_role_can_ask_and_accept(as_web: None) -> None:
    norte = make.organisation()
    order = make.opening_order(norte)

    agreement = deciding.accept(order, by=make.commercial(), at=make.NOON)

    deciding.accept(make.renewal_order(agreement.account), by=make.commercial(), at=make.NOON)
    assert Term.objects.count() == 2


def test_of_two_expansions_asked_at_once_one_is_sent_and_the_other_is_told_which() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    people = [make.superadmin(hotel.organisation, name) for name in ("Nuria Vidal", "Iago Ferro")]

    done, refused = together(
        [
            lambda by=by: make.expansion_order(Account.objects.get(pk=hotel.pk), by=by, meters=3)
            for by in people
        ]
    )

    assert (len(done), len(refused)) == (1, 1)
    assert type(refused[0]) is submitting.AlreadyAsked
    assert done[0].number in str(refused[0])
    assert done[0].submitted_by.name in str(refused[0])


def test_growth_of_every_kind_at_once_adds_up() -> None:
    for _ in range(full_or_tenth(50)):
        hotel = make.account(starts_on=date(2026, 5, 3), sms_credits=10)
        better = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)
        expansion = make.expansion_order(hotel, meters=3, sms=100)
        upgrade = make.upgrade_order(hotel, better)
        renewal = make.renewal_order(hotel)
        reviewers = [make.commercial() for _ in range(4)]

        done, refused = together(
            [
                *(
                    lambda order=order, by=by: deciding.accept(
                        Order.objects.get(pk=order.pk), by=by, at=make.NOON
                    )
                    for order, by in zip((expansion, upgrade, renewal), reviewers, strict=False)
                ),
                lambda: adjusting.adjust_credits(
                    Account.objects.get(pk=hotel.pk), -5, reason="x", by=reviewers[3], at=make.NOON
                ),
            ]
        )

        assert (len(done), refused) == (4, [])
        for day in (date(2026, 11, 24), date(2027, 5, 2), date(2027, 5, 3), date(2028, 5, 2)):
            holding = held(hotel, day)
            assert holding is not None
            assert (holding.licence, holding.totals.meters) == ("Avanzada Mtr", 53)
        assert SmsWallet.objects.get(account=hotel).balance == 105


def test_an_account_that_expires_before_the_press_takes_nothing_more() -> None:
    hotel = make.account(starts_on=date(2026, 5, 3))
    assert hotel.ends_at is not None
    elena, order = make.commercial(), make.expansion_order(hotel, meters=3)
    late = make.expansion_order(make.account(starts_on=date(2026, 5, 3)), meters=3)

    deciding.accept(order, by=elena, at=hotel.ends_at - INSTANT)
    with pytest.raises(growth.HasExpired):
        deciding.accept(late, by=elena, at=hotel.ends_at)

    late.refresh_from_db()
    assert (late.state, late.agreement) == ("pending", None)
    assert late.account is not None
    assert late.account.agreements.count() == 1


def test_the_clock_that_moves_between_the_page_and_the_press_is_told_in_words() -> None:
    hotel = make.account("Hotel Lugo 012", starts_on=date(2026, 5, 3))
    assert hotel.ends_at is not None
    order = make.expansion_order(hotel, meters=3)
    client = Client()
    with time_machine.travel(hotel.ends_at - timedelta(minutes=1), tick=False):
        client.force_login(make.commercial())
        assert "Aceptar" in client.get(f"/orders/{order.uid}/").content.decode()

    with time_machine.travel(hotel.ends_at, tick=False):
        answer = client.post(f"/orders/{order.uid}/accept/")

    assert answer.status_code == 409
    assert "caducó el 3 may 2027" in answer.content.decode()
    assert hotel.agreements.count() == 1


def test_a_renewal_accepted_while_the_account_expires_loses_no_day_either_way() -> None:
    for moment in (-INSTANT, timedelta(0)):
        hotel = make.account(starts_on=date(2026, 5, 3))
        assert hotel.ends_at is not None
        order = make.renewal_order(hotel, at=hotel.ends_at - timedelta(minutes=1))

        deciding.accept(order, by=make.commercial(), at=hotel.ends_at + moment)

        assert sorted(hotel.terms.values_list("starts_on", "ends_on")) == [
            (date(2026, 5, 3), date(2027, 5, 3)),
            (date(2027, 5, 3), date(2028, 5, 3)),
        ]
