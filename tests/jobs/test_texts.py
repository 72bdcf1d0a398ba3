from typing import Any

import pytest

from tests import make
from tests.notifications.sms_box import open_sms_box
from vatio import clock
from vatio.accounts import texting
from vatio.accounts.models import SmsWallet
from vatio.jobs import tasks
from vatio.notifications.models import Message
from vatio.people.models import Telephone

pytestmark = pytest.mark.django_db


def test_the_job_sends_what_is_due_and_gives_back_what_is_refused(settings: Any) -> None:
    hotel = make.account(sms_credits=10)
    ana = make.holder(hotel, "viewer")
    Telephone.objects.create(person=ana, number="+34600000001", confirmed_at=make.NOON)
    at = clock.now()

    with open_sms_box() as box:
        settings.SMS_URL = box.url
        own = [texting.WarningText(hotel, ana, "Aviso", key=f"w:{each}") for each in range(3)]
        texting.text(own, at=at)
        box.answers = [200, 422, 200]
        tasks.send_texts(0)

    states = sorted(Message.objects.filter(channel="sms").values_list("state", flat=True))
    assert states == ["failed", "sent", "sent"]
    assert SmsWallet.objects.get(account=hotel).balance == 8


def test_without_a_gateway_only_what_is_too_late_is_given_back(settings: Any) -> None:
    hotel = make.account(sms_credits=10)
    ana = make.holder(hotel, "viewer")
    Telephone.objects.create(person=ana, number="+34600000001", confirmed_at=make.NOON)
    settings.SMS_URL = "http://127.0.0.1:1/"
    at = clock.now()
    texting.text([texting.WarningText(hotel, ana, "Aviso", key="w:1")], at=at)
    texting.text([texting.WarningText(hotel, ana, "Aviso", key="w:2")], at=at - texting.LIFE)
    settings.SMS_URL = ""

    tasks.send_texts(0)

    states = Message.objects.filter(channel="sms").order_by("key").values_list("state", flat=True)
    assert list(states) == ["queued", "too late"]
    assert SmsWallet.objects.get(account=hotel).balance == 9
