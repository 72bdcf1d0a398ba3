from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.accounts import adjusting, wallet
from vatio.accounts.models import Account, SmsTransaction, SmsWallet
from vatio.accounts.sms_spending import Cost, give_back, reserve, reserve_all
from vatio.accounts.wallet import NotEnoughCredits
from vatio.notifications.models import Message

pytestmark = pytest.mark.django_db

_messages: Iterator[int] = count(1)


def cost(account: Account, credits: int = 1) -> Cost:
    return Cost(account.pk, next(_messages), credits)


def balance(account: Account) -> int:
    assert wallet.recount() == []
    return SmsWallet.objects.get(account=account).balance


def moved(account: Account) -> list[tuple[str, str, int]]:
    own = SmsTransaction.objects.filter(account=account, message_id__isnull=False)
    return list(own.order_by("id").values_list("key", "kind", "credits"))


def told() -> list[dict[str, object]]:
    found = Message.objects.filter(template="sms_credits").order_by("id")
    return [message.context for message in found]


def test_a_message_costs_a_credit_for_each_segment() -> None:
    hotel = make.account(sms_credits=10)
    own = cost(hotel, 3)

    reserve(own, at=make.NOON)

    assert balance(hotel) == 7
    assert moved(hotel) == [(f"sms:{own.message_id}", "spent", -3)]


def test_what_costs_more_than_is_left_is_refused_and_nothing_moves() -> None:
    hotel = make.account(sms_credits=2)

    with pytest.raises(NotEnoughCredits):
        reserve(cost(hotel, 3), at=make.NOON)

    assert (balance(hotel), moved(hotel), told()) == (2, [], [])


def test_a_message_is_paid_for_once() -> None:
    hotel = make.account(sms_credits=10)
    own = cost(hotel)
    reserve(own, at=make.NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        reserve(own, at=make.NOON)

    assert balance(hotel) == 9


def test_what_never_left_is_given_back_once() -> None:
    hotel = make.account(sms_credits=10)
    own = cost(hotel, 2)
    reserve(own, at=make.NOON)

    first = give_back([own.message_id], at=make.NOON)
    second = give_back([own.message_id], at=make.NOON)

    assert (first, second, balance(hotel)) == (2, 0, 10)
    assert moved(hotel)[1] == (f"sms:{own.message_id}:returned", "returned", 2)


def test_what_was_never_paid_for_gives_nothing_back() -> None:
    hotel = make.account(sms_credits=10)

    assert give_back([next(_messages)], at=make.NOON) == 0
    assert give_back([], at=make.NOON) == 0
    assert balance(hotel) == 10


def test_a_storm_is_paid_for_in_its_order_as_far_as_the_credits_go() -> None:
    hotel, playa = make.account(sms_credits=5), make.account(sms_credits=1)
    costs = [
        cost(hotel, 2),
        cost(playa, 1),
        cost(hotel, 2),
        cost(playa, 1),
        cost(hotel, 2),
        cost(hotel, 1),
    ]

    paid = reserve_all(costs, at=make.NOON)

    assert [each.message_id in paid for each in costs] == [True, True, True, False, False, False]
    assert (balance(hotel), balance(playa)) == (1, 0)


def test_a_storm_costs_the_same_statements_whatever_its_size(
    django_assert_num_queries: object,
) -> None:
    hotel = make.account(sms_credits=1000)

    for size in (2, 200):
        costs = [cost(hotel) for _each in range(size)]
        with django_assert_num_queries(4):  # type: ignore[operator]
            reserve_all(costs, at=make.NOON)

    assert balance(hotel) == 798


def test_a_storm_that_was_paid_for_is_not_paid_for_again() -> None:
    hotel = make.account(sms_credits=10)
    costs = [cost(hotel), cost(hotel)]
    reserve_all(costs, at=make.NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        reserve_all([cost(hotel), costs[1]], at=make.NOON)

    assert balance(hotel) == 8


def test_many_are_given_back_at_once() -> None:
    hotel, playa = make.account(sms_credits=5), make.account(sms_credits=5)
    costs = [cost(hotel), cost(playa, 2), cost(hotel)]
    reserve_all(costs, at=make.NOON)

    returned = give_back([each.message_id for each in costs], at=make.NOON)

    assert (returned, balance(hotel), balance(playa)) == (4, 5, 5)


def test_a_fifth_and_nothing_are_told_once_each() -> None:
    hotel = make.account("Hotel Lugo", sms_credits=10)
    make.superadmin(hotel.organisation)
    counted = []

    for _each in range(10):
        reserve(cost(hotel), at=make.NOON)
        counted.append(len(told()))

    assert counted == [0, 0, 0, 0, 0, 0, 0, 1, 1, 2]
    assert [(each["balance"], each["is_short"]) for each in told()] == [(2, False), (0, False)]
    assert told()[0]["path"] == f"/accounts/{hotel.uid}/expand/"
    assert {each.account_id for each in Message.objects.filter(template="sms_credits")} == {
        hotel.pk
    }


def test_a_storm_that_cannot_be_paid_for_is_told_once() -> None:
    hotel = make.account(sms_credits=3)
    make.superadmin(hotel.organisation)

    for _each in range(3):
        reserve_all([cost(hotel, 2)], at=make.NOON)

    assert [(each["balance"], each["is_short"]) for each in told()] == [(1, True)]


def test_credits_given_back_tell_nothing_a_second_time() -> None:
    hotel = make.account(sms_credits=1)
    make.superadmin(hotel.organisation)
    first, second = cost(hotel), cost(hotel)
    reserve(first, at=make.NOON)
    give_back([first.message_id], at=make.NOON)

    reserve(second, at=make.NOON)

    assert len(told()) == 1


def test_a_purchase_lets_it_be_told_anew() -> None:
    hotel = make.account(sms_credits=1)
    make.superadmin(hotel.organisation)
    reserve(cost(hotel), at=make.NOON)
    adjusting.adjust_credits(hotel, 5, reason="Más", by=make.commercial(), at=make.NOON)

    reserve_all([cost(hotel) for _each in range(4)], at=make.NOON)

    assert [each["balance"] for each in told()] == [0, 1]


def test_taking_credits_away_is_no_purchase() -> None:
    hotel = make.account(sms_credits=10)

    adjusting.adjust_credits(hotel, -9, reason="Error", by=make.commercial(), at=make.NOON)

    own = SmsWallet.objects.get(account=hotel)
    assert (own.balance, own.last_added) == (1, 10)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("srb"), st.integers(1, 4)), max_size=25))
def test_whatever_is_spent_and_returned_the_balance_is_what_was_moved(
    deeds: list[tuple[str, int]],
) -> None:
    hotel = make.account(sms_credits=12)
    left, spent = 12, []
    for deed, credits in deeds:
        if deed == "b":
            own = [cost(hotel, credits), cost(hotel, 1)]
            paid = reserve_all(own, at=make.NOON)
            kept = [each for each in own if each.message_id in paid]
            spent += kept
            left -= sum(each.credits for each in kept)
        elif deed == "s" and left >= credits:
            spent.append(cost(hotel, credits))
            reserve(spent[-1], at=make.NOON)
            left -= credits
        elif deed == "r" and spent:
            own = [spent.pop()]
            left += give_back([own[0].message_id], at=make.NOON + timedelta(hours=1))

    assert balance(hotel) == left


@pytest.mark.django_db(transaction=True)
def test_fifty_who_spend_at_once_spend_exactly_the_thirty_that_there_are() -> None:
    for _round in range(full_or_tenth(20)):
        hotel = make.account(sms_credits=30)

        costs = [cost(hotel) for _each in range(50)]
        done, refused = together(
            [lambda own=own: reserve(own, at=make.NOON) for own in costs]  # type: ignore[misc]
        )

        assert (len(done), len(refused)) == (30, 20)
        assert balance(hotel) == 0
        assert len(moved(hotel)) == 30


@pytest.mark.django_db(transaction=True)
def test_storms_and_singles_and_what_comes_back_never_invent_a_credit() -> None:
    drawn = Random(7)
    for _round in range(full_or_tenth(20)):
        hotels = [make.account(sms_credits=40) for _each in range(3)]
        back = [cost(drawn.choice(hotels)) for _each in range(15)]
        reserve_all(back, at=make.NOON)
        storms = [
            [cost(drawn.choice(hotels), drawn.randint(1, 3)) for _each in range(20)]
            for _storm in range(6)
        ]
        singles = [cost(drawn.choice(hotels)) for _each in range(15)]

        together(
            [
                *[lambda own=own: reserve_all(own, at=make.NOON) for own in storms],  # type: ignore[misc]
                *[lambda own=own: reserve(own, at=make.NOON) for own in singles],  # type: ignore[misc]
                *[
                    lambda: give_back([each.message_id for each in back], at=make.NOON)  # type: ignore[misc]
                    for _twice in range(2)
                ],
            ]
        )

        assert wallet.recount() == []
        keys = SmsTransaction.objects.filter(kind="returned", account__in=hotels)
        assert keys.count() == 15
