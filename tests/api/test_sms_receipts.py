import hmac
import json
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from tests import make
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import reference
from vatio.notifications.sms_queueing import Text, queue_texts

pytestmark = pytest.mark.django_db

KEY = "una clave de recibos"


@pytest.fixture(autouse=True)
def _takes_receipts(settings: Any) -> None:
    settings.SMS_RECEIPT_KEY = KEY


@pytest.fixture
def message() -> Message:
    own = Text("t:1", "+34600000001", "Hola", "warning", "es", make.noon(make.NOON.date()))
    queue_texts([own], at=make.NOON)
    Message.objects.update(state="sent", gateway_id="g-77", settled_at=make.NOON)
    return Message.objects.get()


def report(body: object, *, key: str = KEY, prefix: str = "", **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = prefix + hmac.new(key.encode(), content, sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(
        "/sms/receipts/",
        content,
        content_type="application/json",
        headers={"X-Signature": signature, **headers},
    )


def told() -> tuple[str, str]:
    own = Message.objects.get()
    return own.state, own.receipt


@pytest.mark.parametrize("prefix", ["", "sha256="])
def test_a_signed_receipt_is_written_down(message: Message, prefix: str) -> None:
    answer = report({"id": "g-77", "status": "DELIVRD"}, prefix=prefix)

    assert (answer.status_code, told()) == (204, ("sent", "delivered"))
    assert "Set-Cookie" not in answer.headers


def test_a_receipt_may_name_our_own_id(message: Message) -> None:
    assert report({"id": reference(message), "status": "failed"}).status_code == 204
    assert told() == ("sent", "undelivered")


def test_a_receipt_that_is_repeated_or_contradicted_changes_nothing(message: Message) -> None:
    report({"id": "g-77", "status": "delivered"})
    first = Message.objects.values().get()

    answers = [
        report({"id": "g-77", "status": status}).status_code
        for status in ("delivered", "undelivered", "delivered")
    ]

    assert answers == [204] * 3
    assert Message.objects.values().get() == first


def test_what_is_on_its_way_yet_is_no_end(message: Message) -> None:
    assert report({"id": "g-77", "status": "accepted"}).status_code == 204
    assert told() == ("sent", "")


def test_a_text_in_doubt_that_was_delivered_was_sent(message: Message) -> None:
    Message.objects.update(state="uncertain")

    report({"id": "g-77", "status": "delivered"})

    assert told() == ("sent", "delivered")


def test_a_text_that_never_left_has_no_receipt(message: Message) -> None:
    Message.objects.update(state="failed")

    report({"id": reference(message), "status": "delivered"})

    assert told() == ("failed", "")


@pytest.mark.parametrize("name", ["g-78", "", "999-ab", "1e3", "٣-ab"])
def test_an_unknown_message_is_not_found(message: Message, name: str) -> None:
    assert report({"id": name, "status": "delivered"}).status_code == 404
    assert told() == ("sent", "")


@pytest.mark.parametrize(
    "headers", [{"X-Signature": ""}, {"X-Signature": "ñ"}, {"X-Signature": "0" * 64}]
)
def test_what_is_not_signed_is_refused(message: Message, headers: dict[str, str]) -> None:
    answer = report({"id": "g-77", "status": "delivered"}, **headers)

    assert (answer.status_code, told()) == (403, ("sent", ""))


def test_another_key_signs_nothing(message: Message) -> None:
    assert report({"id": "g-77", "status": "delivered"}, key="otra").status_code == 403


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[]", {"id": 1}, {"id": [1], "status": "a"}, {"id": "a", "status": 3}]
)
def test_what_is_no_report_is_refused(message: Message, body: object) -> None:
    assert report(body).status_code == 422


@pytest.mark.parametrize("length", ["²", "9" * 5000, "-1"])
def test_a_length_that_is_none_is_refused(client: Client, length: str) -> None:
    answer = client.post("/sms/receipts/", b"", "application/json", CONTENT_LENGTH=length)

    assert answer.status_code == 413


def test_a_body_too_large_is_refused(message: Message) -> None:
    assert report({"id": "g-77", "status": "x" * 20_000}).status_code == 413


def test_without_a_key_there_is_no_such_door(settings: Any, message: Message) -> None:
    settings.SMS_RECEIPT_KEY = ""

    assert report({"id": "g-77", "status": "delivered"}).status_code == 404


def test_a_report_is_posted() -> None:
    assert Client().get("/sms/receipts/").status_code == 405
