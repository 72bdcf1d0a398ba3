import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.counts import full_or_tenth
from tests.notifications.sms_box import open_sms_box
from tests.races import together
from vatio.accounts import texting
from vatio.accounts.models import Account, SmsTransaction, SmsWallet
from vatio.accounts.telephone_codes import NoTexts, NotTheirAccount, TooManyCodes, ask_code
from vatio.accounts.wallet import NotEnoughCredits
from vatio.history.models import Act
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import deliver_texts
from vatio.people.models import Telephone
from vatio.people.telephones import NoCode, WrongCode, confirm, take_away
from vatio.refusal import Refused
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

NUMBER = "612 345 678"


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"


@pytest.fixture
def hotel() -> Account:
    return make.account(sms_credits=30)


def ask(person: Person, account: Account, number: str = NUMBER, *, after: int = 0) -> str:
    """Ask for a code, some minutes later by both clocks, and return the code that was sent."""
    at = make.NOON + timedelta(minutes=after)
    ask_code(person, account, number, at=at, real=at)
    text = Message.objects.filter(channel="sms").latest("id").context["text"]
    found = re.search(r"\d{6}", text)
    assert found is not None
    return found[0]


def enter(person: Person, code: str, *, after: int = 0) -> str:
    at = make.NOON + timedelta(minutes=after)
    return confirm(person, code, at=at, real=at)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def balance(account: Account) -> int:
    return SmsWallet.objects.get(account=account).balance


def test_a_code_costs_a_credit_and_makes_the_number_theirs(hotel: Account) -> None:
    ana = make.holder(hotel, "viewer")

    code = ask(ana, hotel)
    before = Telephone.objects.get(person=ana).number
    number = enter(ana, code, after=9)

    own = Telephone.objects.get(person=ana)
    message = Message.objects.get(channel="sms")
    assert (before, number, own.number) == ("", "+34612345678", "+34612345678")
    assert own.confirmed_at == make.NOON + timedelta(minutes=9)
    assert (own.asked_number, own.code_hash) == ("", "")
    assert (balance(hotel), message.secret, message.account_id) == (29, True, hotel.pk)
    assert SmsTransaction.objects.get(kind="spent").key == f"sms:{message.pk}"
    assert Act.objects.filter(verb="telephone.confirmed", person=ana).count() == 1


def test_a_code_is_stored_as_a_hash_alone_and_its_text_goes_once_it_was_sent(
    hotel: Account,
) -> None:
    ana = make.holder(hotel)
    code = ask(ana, hotel)

    with open_sms_box() as box:
        deliver_texts(
            box.gateway,
            settled=texting.settle,
            now=lambda: make.NOON + timedelta(seconds=1),
        )

    assert code in box.requests[0]["text"]
    assert Message.objects.get(channel="sms").context == {}
    assert code not in str(Telephone.objects.values().get(person=ana))


def test_a_code_works_once(hotel: Account) -> None:
    ana = make.holder(hotel)
    code = ask(ana, hotel)
    enter(ana, code)

    with pytest.raises(NoCode):
        enter(ana, code)


def test_a_code_lapses_after_ten_minutes(hotel: Account) -> None:
    ana = make.holder(hotel)
    code = ask(ana, hotel)

    with pytest.raises(NoCode):
        enter(ana, code, after=10)

    assert Telephone.objects.get(person=ana).number == ""


def test_a_code_may_be_tried_five_times(hotel: Account) -> None:
    ana = make.holder(hotel)
    code = ask(ana, hotel)

    for _each in range(5):
        with pytest.raises(WrongCode):
            enter(ana, other(code))
    with pytest.raises(NoCode):
        enter(ana, code)

    assert Telephone.objects.get(person=ana).number == ""


def test_another_code_begins_anew_and_ends_the_one_before(hotel: Account) -> None:
    ana = make.holder(hotel)
    first = ask(ana, hotel)
    for _each in range(5):
        with pytest.raises(WrongCode):
            enter(ana, other(first))
    second = ask(ana, hotel, after=1)

    if first != second:
        with pytest.raises(WrongCode):
            enter(ana, first, after=1)
    assert enter(ana, second, after=1) == "+34612345678"


def test_the_code_of_another_person_confirms_nothing(hotel: Account) -> None:
    ana, leo = make.holder(hotel), make.holder(hotel)
    code = ask(ana, hotel)

    with pytest.raises(NoCode):
        enter(leo, code)


def test_a_number_stays_theirs_until_the_new_one_is_confirmed(hotel: Account) -> None:
    ana = make.holder(hotel)
    enter(ana, ask(ana, hotel))

    code = ask(ana, hotel, "699 999 999", after=1)
    meanwhile = Telephone.objects.get(person=ana).number
    enter(ana, code, after=1)

    assert (meanwhile, Telephone.objects.get(person=ana).number) == ("+34612345678", "+34699999999")


def test_a_telephone_that_is_taken_away_is_gone(hotel: Account) -> None:
    ana = make.holder(hotel)
    enter(ana, ask(ana, hotel))
    waiting = ask(ana, hotel, after=1)

    take_away(ana, at=make.NOON)
    take_away(ana, at=make.NOON)

    assert (Telephone.objects.get(person=ana).number, Act.objects.filter(person=ana).count()) == (
        "",
        2,
    )
    with pytest.raises(NoCode):
        enter(ana, waiting, after=1)


def test_a_number_is_sent_three_codes_a_day_whoever_asks(hotel: Account) -> None:
    ana, leo = make.holder(hotel), make.holder(hotel)
    for _each in range(3):
        ask(ana, hotel)

    with pytest.raises(TooManyCodes) as refused:
        ask(leo, hotel, after=24 * 60 - 1)

    assert (refused.value.field, balance(hotel)) == ("number", 27)
    ask(leo, hotel, after=24 * 60)


def test_an_account_sends_twenty_codes_a_day(hotel: Account) -> None:
    ana = make.holder(hotel)
    for number in range(20):
        ask(ana, hotel, f"6000000{number:02}")

    with pytest.raises(TooManyCodes) as refused:
        ask(ana, hotel)

    assert (refused.value.field, balance(hotel)) == ("account", 10)


def no_role(hotel: Account) -> tuple[Person, Account]:
    return make.person(), hotel


def commercial(hotel: Account) -> tuple[Person, Account]:
    return make.commercial(), hotel


def expired(_hotel: Account) -> tuple[Person, Account]:
    old = make.account(starts_on=date(2025, 11, 24), sms_credits=5)
    return make.holder(old), old


@pytest.mark.parametrize("who", [no_role, commercial, expired])
def test_only_a_running_account_of_ones_own_pays(
    hotel: Account, who: Callable[[Account], tuple[Person, Account]]
) -> None:
    person, account = who(hotel)

    with pytest.raises(NotTheirAccount) as refused:
        ask(person, account)

    assert refused.value.field == "account"
    assert not Message.objects.filter(channel="sms").exists()


def test_a_superadministrator_has_the_accounts_that_they_lead(hotel: Account) -> None:
    ask(make.superadmin(hotel.organisation), hotel)

    assert balance(hotel) == 29


def test_without_credits_no_code_is_sent_and_the_one_before_still_works() -> None:
    hotel = make.account(sms_credits=1)
    ana = make.holder(hotel)
    code = ask(ana, hotel)

    with pytest.raises(NotEnoughCredits):
        ask(ana, hotel, "699999999")

    assert Message.objects.filter(channel="sms").count() == 1
    assert enter(ana, code) == "+34612345678"


def test_where_no_texts_are_sent_no_code_is(hotel: Account, settings: Any) -> None:
    settings.SMS_URL = ""

    with pytest.raises(NoTexts):
        ask(make.holder(hotel), hotel)


def test_a_number_without_confirmation_is_refused_by_the_database(hotel: Account) -> None:
    with pytest.raises(IntegrityError, match="a_telephone_was_confirmed"), transaction.atomic():
        Telephone.objects.create(person=make.person(), number="+34612345678")


@pytest.mark.django_db(transaction=True)
def test_ten_guesses_at_once_are_five_tries() -> None:
    for _round in range(full_or_tenth(20)):
        hotel = make.account(sms_credits=30)
        ana = make.holder(hotel)
        code = ask(ana, hotel, f"6{hotel.pk:08}")

        done, refused = together([lambda code=code: enter(ana, other(code))] * 10)  # type: ignore[misc]

        assert done == []
        assert sum(isinstance(each, WrongCode) for each in refused) == 5


@pytest.mark.django_db(transaction=True)
def test_codes_asked_for_at_once_exceed_neither_limit() -> None:
    for _round in range(full_or_tenth(20)):
        hotel, playa = make.account(sms_credits=30), make.account(sms_credits=30)
        number = f"6{hotel.pk:08}"
        people = [make.holder(hotel if each % 2 else playa) for each in range(8)]

        done, refused = together(
            [
                lambda person=person, own=(hotel if each % 2 else playa): ask_code(  # type: ignore[misc]
                    person, own, number, at=make.NOON, real=make.NOON
                )
                for each, person in enumerate(people)
            ]
        )

        assert (len(done), len(refused)) == (3, 5)
        assert all(isinstance(each, Refused) for each in refused)
        assert balance(hotel) + balance(playa) == 57
