from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.alerts.test_announcing import quiet, sent, texted, told
from tests.alerts.test_telling import SOON, bring, watched
from tests.notifications.sms_box import open_sms_box
from vatio.accounts import texting
from vatio.accounts.models import SmsTransaction
from vatio.alerts import telling
from vatio.alerts.models import AlertHeld, AlertRecipient
from vatio.notices.choosing import choose
from vatio.notices.digesting import digest
from vatio.notifications.choices import told_how
from vatio.notifications.models import Message
from vatio.notifications.news import HowTold, NewsKind
from vatio.notifications.sms_delivery import deliver_texts
from vatio.people.models import Telephone

pytestmark = pytest.mark.django_db

MORNING = SOON + timedelta(hours=6)


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"


def test_who_wants_no_mails_of_alerts_gets_none_after_quiet_hours() -> None:
    key, marta, _rule = watched()
    choose(marta, HowTold.AT_ONCE, {NewsKind.ALERTS: HowTold.HERE})
    quiet(marta)

    bring(key, 12)
    telling.tell_waiting(at=MORNING)

    assert sent() == []
    assert told() == [("opened", "page", "")]
    assert list(Message.objects.values_list("state", flat=True)) == ["here"]


def test_who_chose_so_while_it_was_held_gets_none_either() -> None:
    key, marta, _rule = watched()
    quiet(marta)
    bring(key, 12)
    choose(marta, HowTold.HERE, {})

    telling.tell_waiting(at=MORNING)

    assert sent() == []
    assert not AlertHeld.objects.exists()


def test_who_reads_a_digest_finds_there_what_opened_in_quiet_hours_and_gets_nothing_else() -> None:
    key, marta, _rule = watched()
    choose(marta, HowTold.DAILY, {})
    quiet(marta)

    bring(key, 12)
    telling.tell_waiting(at=MORNING)
    before = sent()
    digested = digest(at=MORNING + timedelta(minutes=30))

    assert before == []
    assert digested == (1, 1)
    assert told() == [("opened", "mail", "")]
    assert sent() == [("email", "news_digest")]


def test_a_text_after_quiet_hours_is_sent_whatever_was_chosen_of_mails() -> None:
    key, marta, _rule = texted(by_mail=True)
    choose(marta, HowTold.HERE, {})
    quiet(marta)

    bring(key, 12)
    telling.tell_waiting(at=MORNING)

    assert sent() == [("sms", "warning")]


def test_the_mail_in_place_of_a_text_leaves_whatever_was_chosen_of_mails() -> None:
    key, marta, _rule = texted(by_mail=True)
    choose(marta, HowTold.HERE, {})
    Telephone.objects.all().delete()

    bring(key, 12)

    assert sent() == [("email", "alert_again")]


def test_the_mail_in_place_of_a_lost_text_waits_for_the_end_of_quiet_hours() -> None:
    key, marta, _rule = texted(by_mail=False)
    choose(marta, HowTold.HERE, {})
    bring(key, 12)
    Message.objects.filter(channel="sms").update(state="uncertain")
    quiet(marta)

    telling.tell_waiting(at=SOON + timedelta(minutes=1))
    at_night = sent()
    telling.tell_waiting(at=MORNING)

    assert at_night == []
    assert sent() == [("email", "alerts_together_again")]


def deliver_at(minutes: int) -> int:
    with open_sms_box() as box:
        deliver_texts(
            box.gateway,
            settled=texting.settle,
            now=lambda: SOON + timedelta(minutes=minutes),
            withheld=texting.is_withheld,
        )
        return len(box.requests)


def test_a_text_whose_gateway_comes_back_in_quiet_hours_is_paid_back_and_sent_after_them() -> None:
    key, marta, _rule = texted(by_mail=False)
    bring(key, 12)
    quiet(marta)

    requests = deliver_at(30)
    telling.tell_waiting(at=SOON + timedelta(minutes=31))
    at_night = sent()
    telling.tell_waiting(at=MORNING)

    assert requests == 0
    assert at_night == []
    assert sent() == [("sms", "warning")]
    assert "sigue abierta" in Message.objects.get(channel="sms", state="queued").context["text"]
    moves = SmsTransaction.objects.exclude(kind="bought").order_by("id")
    assert [each.kind for each in moves][-3:] == ["spent", "returned", "spent"]


def test_a_text_that_was_withheld_by_itself_is_mailed_if_quiet_hours_are_over_meanwhile() -> None:
    key, marta, _rule = texted(by_mail=False)
    bring(key, 12)
    quiet(marta)
    deliver_at(30)

    telling.tell_waiting(at=MORNING)

    assert sent() == [("email", "alert_again")]


def test_outside_of_quiet_hours_texts_leave() -> None:
    key, marta, _rule = texted(by_mail=False)
    quiet(marta, starts=3, ends=4)
    bring(key, 12)

    assert deliver_at(1) == 1


def test_how_somebody_is_told_is_by_kind_else_in_general_else_at_once() -> None:
    people = [make.person(f"Persona {n}") for n in range(3)]
    choose(people[0], HowTold.DAILY, {})
    choose(people[1], HowTold.DAILY, {NewsKind.ALERTS: HowTold.HERE})
    keys = [each.pk for each in people]

    alerts = told_how(keys, NewsKind.ALERTS)
    work = told_how(keys, NewsKind.WORK)

    assert list(alerts.values()) == [HowTold.DAILY, HowTold.HERE, HowTold.AT_ONCE]
    assert set(work.values()) == {HowTold.HERE}
    assert not AlertRecipient.objects.exists()
