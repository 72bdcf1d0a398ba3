import socket
from urllib.parse import parse_qs

import pytest

from tests.notifications.sms_box import open_sms_box
from vatio.notifications import sms_gateway
from vatio.notifications.sms_gateway import (
    BadGateway,
    SmsOutcomeUnknown,
    SmsRefusal,
    SmsUnreachable,
    describe,
)

AWKWARD = 'Él dijo: "{id}" \\ {to}\n€ & = 😀'
FORM = '{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}'


def nothing() -> None:
    return


def test_a_message_is_posted_as_the_settings_say() -> None:
    with open_sms_box() as box:
        gateway = describe(
            box.url,
            headers='{"X-Key": "s3"}',
            body='{"msisdn": "{to}", "body": {"text": "{text}"}, "ref": "{id}", "from": "Vatio"}',
            id_path="messages.0.id",
        )

        given = gateway.send("+34612345678", AWKWARD, reference="7-ab", handing_over=nothing)

    (asked,) = box.requests
    assert given == "g-1"
    assert (asked["path"], asked["headers"]["X-Key"]) == ("/send?v=1", "s3")
    assert (asked["msisdn"], asked["body"], asked["ref"], asked["from"]) == (
        "+34612345678",
        {"text": AWKWARD},
        "7-ab",
        "Vatio",
    )


def test_a_form_is_encoded_as_forms_are() -> None:
    with open_sms_box() as box:
        gateway = describe(box.url, headers=FORM, body="", id_path="")

        given = gateway.send("+34612345678", AWKWARD, reference="7", handing_over=nothing)

    read = parse_qs(box.requests[0]["body"].decode())
    assert given == ""
    assert read == {"to": ["+34612345678"], "text": [AWKWARD], "id": ["7"]}


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 413, 422])
def test_an_answer_that_refuses_is_for_good_and_no_redirect_is_followed(status: int) -> None:
    with open_sms_box() as box:
        box.answers = [status]

        with pytest.raises(SmsRefusal) as refused:
            box.gateway.send("+34612345678", "a", reference="7", handing_over=nothing)

    assert (refused.value.for_good, str(refused.value)) == (True, f"HTTP {status}")
    assert len(box.requests) == 1


@pytest.mark.parametrize("status", [425, 429, 501, 503, 505])
def test_a_gateway_that_took_nothing_may_be_asked_again(status: int) -> None:
    with open_sms_box() as box:
        box.answers = [status]

        with pytest.raises(SmsRefusal) as refused:
            box.gateway.send("+34612345678", "a", reference="7", handing_over=nothing)

    assert refused.value.for_good is False


@pytest.mark.parametrize("answer", ["drop", "drop after", 408, 500, 502, 504, 507, 599])
def test_what_nobody_answered_for_is_unknown(answer: object) -> None:
    with open_sms_box() as box:
        box.answers = [answer]

        with pytest.raises(SmsOutcomeUnknown):
            box.gateway.send("+34612345678", "a", reference="7", handing_over=nothing)


def test_a_gateway_that_never_answers_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_gateway, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = describe(
            f"http://127.0.0.1:{silent.getsockname()[1]}/", headers="", body="", id_path=""
        )

        with pytest.raises(SmsOutcomeUnknown):
            gateway.send("+34612345678", "a", reference="7", handing_over=nothing)


def test_a_gateway_that_answers_byte_by_byte_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_gateway, "LONGEST", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gateway = describe(
            f"http://127.0.0.1:{silent.getsockname()[1]}/", headers="", body="", id_path=""
        )

        with pytest.raises(SmsOutcomeUnknown):
            gateway.send("+34612345678", "a", reference="7", handing_over=nothing)


def test_a_gateway_that_is_not_there_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    begun = []
    gateway = describe(f"http://127.0.0.1:{port}/", headers="", body="", id_path="")

    with pytest.raises(SmsUnreachable):
        gateway.send("+34612345678", "a", reference="7", handing_over=lambda: begun.append(1))

    assert begun == []


def test_an_answer_without_end_is_read_no_further_than_an_id_needs() -> None:
    with open_sms_box() as box:
        box.answers = ["huge"]

        given = box.gateway.send("+34612345678", "a", reference="7", handing_over=nothing)

    assert given == ""


@pytest.mark.parametrize(
    ("setting", "about"),
    [
        ("SMS_URL", {"url": "ftp://gateway.example/"}),
        ("SMS_URL", {"url": "https:///path"}),
        ("SMS_URL", {"url": "https://gateway.example:port/"}),
        ("SMS_URL", {"url": "https://user:word@gateway.example/"}),
        ("SMS_URL", {"url": "https://gateway.example/a b"}),
        ("SMS_HEADERS", {"headers": "Bearer s3"}),
        ("SMS_HEADERS", {"headers": "[]"}),
        ("SMS_HEADERS", {"headers": '{"X-Key": 3}'}),
        ("SMS_HEADERS", {"headers": '{"X-Key": "a\\r\\nX-Other: b"}'}),
        ("SMS_HEADERS", {"headers": '{"X Key": "a"}'}),
        ("SMS_HEADERS", {"headers": '{"Content-Type": "text/xml"}'}),
        ("SMS_BODY", {"body": '{"to": "{to}"}'}),
        ("SMS_BODY", {"body": '{"text": "{text}"}'}),
        ("SMS_BODY", {"body": '{"to": {to}, "text": {text}}'}),
    ],
)
def test_a_gateway_that_cannot_be_used_is_refused_by_its_setting(
    setting: str, about: dict[str, str]
) -> None:
    known = {"url": "https://gateway.example/", "headers": "", "body": "", "id_path": ""}

    with pytest.raises(BadGateway, match=setting):
        describe(**{**known, **about})


def test_what_is_secret_of_a_gateway_is_not_written_out() -> None:
    gateway = describe(
        "https://gateway.example/", headers='{"X-Key": "s3cret"}', body="", id_path=""
    )

    assert "s3cret" not in repr(gateway)
