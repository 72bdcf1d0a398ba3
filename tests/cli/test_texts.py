import argparse
import json
import re
from typing import Any

import pytest

from tests import make
from tests.notifications.sms_box import open_sms_box
from vatio.accounts.telephone_codes import ask_code
from vatio.cli import texts as commands
from vatio.env import WrongSetting
from vatio.jobs import texts
from vatio.notifications.models import Message
from vatio.notifications.sms_gateway import BadGateway, SmsRefusal
from vatio.people.telephones import NotATelephone
from vatio.tenants.models import Platform

pytestmark = pytest.mark.django_db


def run(command: Any, **arguments: object) -> list[str]:
    said: list[str] = []
    command(argparse.Namespace(**arguments), say=said.append)
    return said


def test_a_trial_leaves_at_once_and_without_accents(settings: Any) -> None:
    with open_sms_box() as box:
        settings.SMS_URL, settings.SMS_ID = box.url, "messages.0.id"

        said = run(commands.run_test, number="612 345 678")

    (arrived,) = box.requests
    assert said == ["The gateway took the message for +34612345678. Its id: g-1."]
    assert (arrived["to"], arrived["text"]) == (
        "+34612345678",
        'Este mensaje se ha pedido con "vatio sms test". No hay que hacer nada.',
    )


def test_a_trial_says_what_the_gateway_said(settings: Any) -> None:
    with open_sms_box() as box:
        settings.SMS_URL = box.url
        box.answers = [401]

        with pytest.raises(SmsRefusal, match="HTTP 401"):
            run(commands.run_test, number="612345678")


def test_a_trial_needs_a_gateway_and_a_number(settings: Any) -> None:
    settings.SMS_URL = ""

    with pytest.raises(WrongSetting, match="SMS_URL"):
        run(commands.run_test, number="612345678")
    with pytest.raises(NotATelephone):
        run(commands.run_test, number="112")


def test_the_demo_keeps_what_would_leave_codes_too(settings: Any) -> None:
    settings.SMS_URL = ""
    Platform.objects.create(is_demo=True, settled_at=make.NOON)
    hotel = make.account("Hotel Lugo", sms_credits=5)
    ask_code(make.holder(hotel), hotel, "612345678", at=make.NOON, real=make.NOON)
    kept = Message.objects.filter(channel="sms")
    kept.update(send_before="2999-01-01T00:00Z")

    sent = texts.send_texts().sent
    (told,) = json.loads(run(commands.run_outbox, json=True)[0])
    (line,) = run(commands.run_outbox, json=False)

    assert sent == 1
    assert re.search(r"\b\d{6}\b", told["text"])
    assert (told["to"], told["account"], told["kind"], told["state"], told["segments"]) == (
        "+34612345678",
        "Hotel Lugo",
        "phone_code",
        "sent",
        1,
    )
    assert told["text"] in line


def test_outside_the_demo_nobody_reads_them() -> None:
    with pytest.raises(commands.NothingKeptHere):
        run(commands.run_outbox, json=True)


def test_settings_that_cannot_be_used_are_refused_by_their_name(settings: Any) -> None:
    settings.SMS_URL = "gateway.example"
    with pytest.raises(BadGateway, match="SMS_URL"):
        texts.ensure_settings()

    settings.SMS_URL, settings.PHONE_COUNTRIES = "", ["España"]
    with pytest.raises(WrongSetting, match="PHONE_COUNTRIES"):
        texts.ensure_settings()
