from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.counts import full_or_tenth
from tests.notifications.sms_box import SmsBox, open_sms_box
from tests.races import together
from vatio.accounts import texting, wallet
from vatio.accounts.models import Account, SmsTransaction, SmsWallet
from vatio.accounts.texting import Fate, WarningText
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import deliver_texts, find_lost
from vatio.people.models import Telephone
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

_numbers = count(1)
WORDS = "Vatio: exceso de potencia en Nave 3"


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"


def reachable(account: Account) -> Person:
    """Make a viewer of an account with a confirmed telephone."""
    person = make.holder(account, "viewer")
    Telephone.objects.create(
        person=person, number=f"+34600{next(_numbers):06}", confirmed_at=make.NOON
    )
    return person


def warning(account: Account, person: Person, words: str = WORDS) -> WarningText:
    return WarningText(account, person, words, key=f"alert:{next(_numbers)}:{person.pk}")


def balance(account: Account) -> int:
    assert wallet.recount() == []
    return SmsWallet.objects.get(account=account).balance


def states() -> list[str]:
    own = Message.objects.filter(channel="sms").order_by("id")
    return list(own.values_list("state", flat=True))


def deliver(box: SmsBox, after: timedelta = timedelta(seconds=1)) -> Any:
    return deliver_texts(box.gateway, settled=texting.settle, now=lambda: make.NOON + after)


def test_a_warning_is_paid_for_when_it_is_queued_and_lives_an_hour() -> None:
    hotel = make.account(sms_credits=10)
    ana = reachable(hotel)

    fates = texting.text([warning(hotel, ana, "a" * 161)], at=make.NOON)

    message = Message.objects.get(channel="sms")
    assert fates == [Fate.QUEUED]
    assert balance(hotel) == 8
    assert (message.address, message.context) == (ana.telephone.number, {"text": "a" * 161})
    assert message.send_before == make.NOON + timedelta(minutes=60)
    assert (message.account_id, message.organisation_id) == (hotel.pk, hotel.organisation_id)


def test_a_text_wakes_the_worker_with_its_commit() -> None:
    hotel = make.account(sms_credits=10)

    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)

    job = ProcrastinateJob.objects.get(task_name="send_texts", status="todo")
    assert (job.lock, job.queueing_lock) == ("send_texts-1", "send_texts-1")


def test_a_warning_that_is_known_is_neither_sent_nor_paid_for_again() -> None:
    hotel = make.account(sms_credits=10)
    own = warning(hotel, reachable(hotel))
    texting.text([own], at=make.NOON)

    fates = texting.text([own, own], at=make.NOON)

    assert fates == [Fate.KNOWN, Fate.KNOWN]
    assert balance(hotel) == 9


def test_without_a_gateway_nobody_is_texted(settings: Any) -> None:
    settings.SMS_URL = ""
    hotel = make.account(sms_credits=10)

    fates = texting.text([warning(hotel, reachable(hotel))], at=make.NOON)

    assert (fates, states(), balance(hotel)) == ([Fate.NOT_SET_UP], [], 10)


def test_who_has_no_confirmed_telephone_is_not_texted() -> None:
    hotel = make.account(sms_credits=10)

    fates = texting.text([warning(hotel, make.holder(hotel))], at=make.NOON)

    assert (fates, states(), balance(hotel)) == ([Fate.NO_TELEPHONE], [], 10)


def test_a_storm_goes_as_far_as_the_credits_and_says_which_did_not() -> None:
    hotel = make.account(sms_credits=2)
    make.superadmin(hotel.organisation)
    own = [warning(hotel, reachable(hotel)) for _each in range(4)]

    fates = texting.text(own, at=make.NOON)

    assert fates == [Fate.QUEUED, Fate.QUEUED, Fate.NO_CREDITS, Fate.NO_CREDITS]
    assert sorted(states()) == ["failed", "failed", "queued", "queued"]
    assert balance(hotel) == 0
    assert Message.objects.filter(template="sms_credits").count() == 1


def test_a_person_is_sent_five_texts_a_day_and_told_once_that_it_is_enough() -> None:
    hotel = make.account(sms_credits=100)
    ana = reachable(hotel)

    first = texting.text([warning(hotel, ana) for _each in range(7)], at=make.NOON)
    second = texting.text([warning(hotel, ana)], at=make.NOON + timedelta(hours=5))
    third = texting.text([warning(hotel, ana)], at=make.NOON + timedelta(hours=24))

    assert first == [Fate.QUEUED] * 5 + [Fate.PERSON_CAP] * 2
    assert (second, third) == ([Fate.PERSON_CAP], [Fate.QUEUED])
    assert balance(hotel) == 94
    told = Message.objects.filter(template="sms_cap")
    assert [message.address for message in told] == [ana.email]


def test_an_account_sends_as_many_a_day_as_the_settings_say(settings: Any) -> None:
    settings.SMS_A_DAY_ACCOUNT = 3
    hotel = make.account("Hotel Lugo", sms_credits=100)
    nuria = make.superadmin(hotel.organisation)
    people = [reachable(hotel) for _each in range(4)]

    fates = texting.text([warning(hotel, each) for each in people], at=make.NOON)

    assert fates == [Fate.QUEUED] * 3 + [Fate.ACCOUNT_CAP]
    told = Message.objects.get(template="sms_cap")
    assert (told.address, told.context["account"]) == (nuria.email, "Hotel Lugo")


def test_a_storm_costs_the_same_statements_whatever_its_size() -> None:
    hotel = make.account(sms_credits=1000)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)
    counted = []

    for size in (2, 40):
        own = [warning(hotel, reachable(hotel)) for _each in range(size)]
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        texting.text(own, at=make.NOON)
        counted.append(len(connection.queries_log) - before)
        connection.force_debug_cursor = False

    assert counted[0] == counted[1]


def test_a_text_leaves_once_and_keeps_what_the_gateway_calls_it() -> None:
    hotel = make.account(sms_credits=10)
    ana = reachable(hotel)
    texting.text([warning(hotel, ana)], at=make.NOON)

    with open_sms_box() as box:
        first, second = deliver(box), deliver(box)

    (arrived,) = box.requests
    message = Message.objects.get(channel="sms")
    assert (first.sent, second.sent) == (1, 0)
    assert (arrived["to"], arrived["text"]) == (ana.telephone.number, WORDS)
    assert (message.state, message.gateway_id, message.attempts) == ("sent", "g-1", 1)
    assert balance(hotel) == 9


def test_a_text_that_is_refused_is_given_back() -> None:
    hotel = make.account(sms_credits=10)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)

    with open_sms_box() as box:
        box.answers = [400]
        tally = deliver(box)

    message = Message.objects.get(channel="sms")
    assert (tally.failed, message.state, message.last_error) == (1, "failed", "HTTP 400")
    assert balance(hotel) == 10


@pytest.mark.parametrize("answer", ["drop", "drop after", 504])
def test_a_text_whose_outcome_is_unknown_is_neither_repeated_nor_given_back(
    answer: object,
) -> None:
    hotel = make.account(sms_credits=10)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)

    with open_sms_box() as box:
        box.answers = [answer]
        deliver(box)
        for minutes in (1, 5, 59, 61, 600):
            deliver(box, timedelta(minutes=minutes))

    assert len(box.requests) == 1
    assert states() == ["uncertain"]
    assert balance(hotel) == 9


def test_a_gateway_that_is_busy_is_asked_again_while_the_text_lives() -> None:
    hotel = make.account(sms_credits=10)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)

    with open_sms_box() as box:
        box.answers = [503, 503]
        for seconds in (1, 5, 12, 20, 45):
            deliver(box, timedelta(seconds=seconds))

    assert [each["id"] for each in box.requests] == [box.requests[0]["id"]] * 3
    assert (states(), balance(hotel)) == (["sent"], 9)


def test_a_text_that_finds_no_gateway_in_its_hour_is_too_late_and_given_back() -> None:
    hotel = make.account(sms_credits=10)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)
    box = SmsBox()
    box.port = 1

    for minutes in (1, 20, 59):
        assert deliver(box, timedelta(minutes=minutes)).later == 1
    tally = deliver(box, timedelta(minutes=60))

    assert (tally.too_late, states(), balance(hotel)) == (1, ["too late"], 10)


def test_what_is_too_late_is_given_back_where_there_is_no_gateway_any_more() -> None:
    hotel = make.account(sms_credits=10)
    texting.text([warning(hotel, reachable(hotel)) for _each in range(2)], at=make.NOON)

    tally = deliver_texts(
        None, settled=texting.settle, now=lambda: make.NOON + timedelta(minutes=61)
    )

    assert (tally.too_late, balance(hotel)) == (2, 10)


def test_a_sender_that_died_in_the_handover_leaves_an_uncertain_text() -> None:
    hotel = make.account(sms_credits=10)
    texting.text([warning(hotel, reachable(hotel))], at=make.NOON)
    Message.objects.filter(channel="sms").update(state="handing over", claimed_at=make.NOON)

    early = find_lost(at=make.NOON + timedelta(seconds=89))
    late = find_lost(at=make.NOON + timedelta(seconds=90))

    assert (early, late, states(), balance(hotel)) == (0, 1, ["uncertain"], 9)


@pytest.mark.django_db(transaction=True)
def test_storms_at_once_exceed_neither_credits_nor_caps() -> None:
    for _round in range(full_or_tenth(20)):
        hotel = make.account(sms_credits=12)
        people = [reachable(hotel) for _each in range(4)]
        storms = [[warning(hotel, each) for each in people] for _storm in range(8)]

        done, _refused = together(
            [lambda own=own: texting.text(own, at=make.NOON) for own in storms]  # type: ignore[misc]
        )

        fates = [fate for storm in done for fate in storm]
        assert fates.count(Fate.QUEUED) == 12
        assert balance(hotel) == 0
        own = Message.objects.filter(account_id=hotel.pk, channel="sms", state="queued")
        assert own.count() == 12
        assert SmsTransaction.objects.filter(account=hotel, kind="spent").count() == 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("cap", "most"), [("SMS_A_DAY_PERSON", 20), ("SMS_A_DAY_ACCOUNT", 5)])
def test_storms_at_once_stop_at_the_caps(cap: str, most: int, settings: Any) -> None:
    setattr(settings, cap, 5)
    for _round in range(full_or_tenth(20)):
        hotel = make.account(sms_credits=100)
        people = [reachable(hotel) for _each in range(4)]
        storms = [[warning(hotel, each) for each in people] for _storm in range(8)]

        done, _refused = together(
            [lambda own=own: texting.text(own, at=make.NOON) for own in storms]  # type: ignore[misc]
        )

        fates = [fate for storm in done for fate in storm]
        assert (fates.count(Fate.QUEUED), balance(hotel)) == (most, 100 - most)


@pytest.mark.django_db(transaction=True)
def test_the_same_storm_twice_at_once_is_sent_once() -> None:
    for _round in range(full_or_tenth(20)):
        hotel = make.account(sms_credits=100)
        own = [warning(hotel, reachable(hotel)) for _each in range(5)]

        done, _refused = together([lambda own=own: texting.text(own, at=make.NOON)] * 4)  # type: ignore[misc]

        fates = [fate for storm in done for fate in storm]
        assert (fates.count(Fate.QUEUED), fates.count(Fate.KNOWN)) == (5, 15)
        assert balance(hotel) == 95
