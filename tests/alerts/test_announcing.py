from datetime import time, timedelta
from itertools import count
from typing import Any

import pytest

from tests import make
from tests.alerts.test_telling import SOON, bring, bring_all, many
from tests.alerts.watching import point_of, rule
from tests.consumption import world
from tests.notifications.sms_box import open_sms_box
from tests.readings.stored import series
from vatio.accounts import texting
from vatio.accounts.models import Account, AccountRole, SmsTransaction
from vatio.alerts import making, telling
from vatio.alerts.models import AlertEpisode, AlertHeld, AlertRecipient, AlertRule, AlertTold
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import deliver_texts
from vatio.people.models import QuietHours, Telephone
from vatio.readings.series import SeriesKey
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

_numbers = count(1)


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"


def reachable(account: Account, name: str = "Marta Vega") -> Person:
    person = make.holder(account, "viewer", name)
    Telephone.objects.create(
        person=person, number=f"+34611{next(_numbers):06}", confirmed_at=make.NOON
    )
    return person


def texted(*, by_mail: bool, credits: int = 10) -> tuple[SeriesKey, Person, AlertRule]:
    """Make a grave rule that tells a person by text, and by mail where it is said."""
    key = series(15, of=world.account(sms_credits=credits))
    account = Account.objects.get(pk=key.account_id)
    marta = reachable(account)
    looking = rule(point_of(key), recipients=[marta], severity="high")
    AlertRecipient.objects.update(by_sms=True, by_mail=by_mail)
    return key, marta, looking


def told() -> list[tuple[str, str, str]]:
    rows = AlertTold.objects.order_by("id")
    return [(each.what, each.channel, each.fate) for each in rows]


def sent() -> list[tuple[str, str]]:
    rows = Message.objects.filter(state="queued").order_by("id")
    return [(each.channel, each.template) for each in rows]


def notices() -> list[str]:
    """List what stands on the page."""
    rows = Message.objects.exclude(news="").filter(news="alerts").order_by("id")
    return list(rows.values_list("template", flat=True))


def quiet(person: Person, starts: int = 20, ends: int = 8) -> None:
    QuietHours.objects.create(
        person=person, starts=time(starts), ends=time(ends), time_zone="Europe/Madrid"
    )


def test_a_grave_episode_is_texted_and_mailed_to_who_asked_for_both() -> None:
    key, marta, _rule = texted(by_mail=True)

    bring(key, 12)

    assert told() == [("opened", "sms", ""), ("opened", "mail", "")]
    assert sent() == [("sms", "warning"), ("email", "alert")]
    assert notices() == ["alert"]
    assert SmsTransaction.objects.filter(kind="spent").count() == 1
    keys = set(AlertTold.objects.values_list("message_key", flat=True))
    assert keys == set(Message.objects.values_list("key", flat=True))
    assert {each.person for each in Message.objects.all()} == {marta}


def test_who_asked_for_texts_alone_gets_no_mail_while_texts_leave() -> None:
    key, _marta, _rule = texted(by_mail=False)

    bring(key, 12)
    bring(key, 5, 5, first=1)

    assert told() == [("opened", "sms", ""), ("closed", "sms", "")]
    assert sent() == [("sms", "warning"), ("sms", "warning")]
    assert notices() == ["alert", "alert"]


def test_a_rule_that_is_not_grave_texts_nobody_and_stands_on_the_page() -> None:
    key, _marta, _rule = texted(by_mail=False)
    AlertRule.objects.update(severity="normal")

    bring(key, 12)

    assert told() == [("opened", "page", "")]
    assert sent() == []
    assert notices() == ["alert"]


def test_what_ended_two_hours_before_it_came_is_not_texted() -> None:
    key, _marta, _rule = texted(by_mail=True)

    bring(key, 12, at=SOON + timedelta(minutes=14))
    bring(key, 5, 5, first=1, at=SOON + timedelta(minutes=16))

    assert told() == [("opened", "sms", ""), ("opened", "mail", ""), ("closed", "mail", "")]


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("no credits", lambda settings: None),
        ("person cap", lambda settings: setattr(settings, "SMS_A_DAY_PERSON", 0)),
        ("account cap", lambda settings: setattr(settings, "SMS_A_DAY_ACCOUNT", 0)),
        ("no telephone", lambda settings: Telephone.objects.all().delete()),
        ("not set up", lambda settings: setattr(settings, "SMS_URL", "")),
    ],
)
def test_a_text_that_is_not_sent_becomes_a_mail_and_the_episode_says_why(
    why: str, change: Any, settings: Any
) -> None:
    key, marta, _rule = texted(by_mail=False, credits=0 if why == "no credits" else 10)
    change(settings)

    bring(key, 12)

    assert told() == [("opened", "sms", why), ("opened", "mail", "")]
    assert ("email", "alert_again") in sent()
    assert ("sms", "warning") not in sent()
    assert Message.objects.get(template="alert_again").person == marta
    assert notices() == ["alert"]


def test_a_storm_is_one_text_for_a_person_and_one_credit() -> None:
    keys, marta = many(6, sms_credits=10)
    Telephone.objects.create(person=marta, number="+34611999999", confirmed_at=make.NOON)
    AlertRecipient.objects.update(by_sms=True)
    AlertRule.objects.update(severity="high")

    bring_all(keys, 12)

    text = Message.objects.get(channel="sms").context["text"]
    assert "6 avisos de alertas en" in text
    assert SmsTransaction.objects.filter(kind="spent").count() == 1
    assert AlertTold.objects.filter(channel="sms", fate="").count() == 6


def test_quiet_hours_hold_the_sending_and_end_with_one_summary_of_what_is_still_open() -> None:
    keys, marta = many(3)
    quiet(marta)
    morning = SOON + timedelta(hours=6)

    bring_all(keys, 12)
    bring_all(keys[:1], 5, 5, first=1, at=SOON + timedelta(hours=1))
    nothing = sent()
    telling.tell_waiting(at=morning - timedelta(minutes=1))
    still_nothing = sent()
    telling.tell_waiting(at=morning)
    telling.tell_waiting(at=morning + timedelta(minutes=1))

    assert nothing == still_nothing == []
    assert AlertEpisode.objects.count() == 3
    (message,) = Message.objects.filter(channel="email", state="queued")
    assert (message.person, message.context["count"]) == (marta, 2)
    assert message.context["is_quiet_over"]
    assert not AlertHeld.objects.exists()
    assert told().count(("still", "mail", "")) == 2


def test_the_summary_after_quiet_hours_is_texted_to_who_is_told_by_text() -> None:
    key, marta, _rule = texted(by_mail=False)
    quiet(marta)

    bring(key, 12)
    before = sent()
    telling.tell_waiting(at=SOON + timedelta(hours=6))

    assert before == []
    assert told() == [("opened", "page", ""), ("still", "sms", "")]
    assert "sigue abierta" in Message.objects.get(channel="sms").context["text"]


def test_what_ended_within_quiet_hours_is_told_on_the_page_alone() -> None:
    key, marta, _rule = texted(by_mail=True)
    quiet(marta)

    bring(key, 12)
    bring(key, 5, 5, first=1)
    telling.tell_waiting(at=SOON + timedelta(hours=6))

    assert told() == [("opened", "page", ""), ("closed", "page", "")]
    assert sent() == []
    assert notices() == ["alert", "alert"]


@pytest.mark.parametrize("answer", [400, "drop after"])
def test_a_text_that_did_not_reach_anybody_for_sure_is_mailed_once(answer: object) -> None:
    key, marta, _rule = texted(by_mail=False)
    bring(key, 12)
    with open_sms_box() as box:
        box.answers = [answer]
        deliver_texts(box.gateway, settled=texting.settle, now=lambda: SOON)

    telling.tell_waiting(at=SOON + timedelta(minutes=1))
    telling.tell_waiting(at=SOON + timedelta(minutes=2))

    assert told() == [("opened", "sms", ""), ("opened", "mail", "")]
    (mail,) = Message.objects.filter(channel="email", state="queued")
    assert (mail.template, mail.person) == ("alert_again", marta)
    assert notices() == ["alert"]


def test_a_lost_text_is_not_mailed_into_quiet_hours() -> None:
    key, marta, _rule = texted(by_mail=False)
    bring(key, 12)
    Message.objects.update(state="too late")
    quiet(marta)

    telling.tell_waiting(at=SOON + timedelta(minutes=1))
    within = sent()
    telling.tell_waiting(at=SOON + timedelta(minutes=2))
    telling.tell_waiting(at=SOON + timedelta(hours=6))

    assert within == []
    assert sent() == [("email", "alerts_together_again")]
    assert notices() == ["alert"]


def mute(looking: AlertRule) -> None:
    AlertRule.objects.filter(pk=looking.pk).update(muted_until=SOON + timedelta(days=1))


def leave(_rule: AlertRule) -> None:
    AccountRole.objects.all().delete()


@pytest.mark.parametrize("change", [mute, leave])
def test_the_end_of_quiet_hours_tells_nothing_of_what_was_muted_or_left_since(change: Any) -> None:
    key, marta, looking = texted(by_mail=True)
    quiet(marta)
    bring(key, 12)

    change(looking)
    telling.tell_waiting(at=SOON + timedelta(hours=6))

    assert told() == [("opened", "page", "")]
    assert sent() == []
    assert not AlertHeld.objects.exists()


def test_a_lost_text_is_not_mailed_to_who_has_left_the_account() -> None:
    key, _marta, looking = texted(by_mail=False)
    bring(key, 12)
    Message.objects.update(state="too late")

    leave(looking)
    telling.tell_waiting(at=SOON + timedelta(minutes=1))

    assert told() == [("opened", "sms", "")]
    assert sent() == []


def test_a_lost_text_of_a_rule_that_was_muted_meanwhile_is_not_mailed() -> None:
    key, _marta, looking = texted(by_mail=False)
    bring(key, 12)
    Message.objects.update(state="too late")
    making.mute_alert(looking, until=SOON + timedelta(hours=1), by=make.commercial(), at=SOON)

    telling.tell_waiting(at=SOON + timedelta(minutes=1))

    assert sent() == []
