from typing import Any

import pytest

from tests.notifications.postbox import open_postbox
from tests.notifications.test_delivery import put, states
from vatio.env import WrongSetting
from vatio.jobs import post
from vatio.notifications.smtp import BadAddress
from vatio.tenants.addresses import NotAnAddress


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("avisos@faro.example", "Vatio", "avisos@faro.example"),
        ("Faro <avisos@faro.example>", "Faro", "avisos@faro.example"),
        ('"Faro, S.A." <Avisos@Faro.example>', "Faro, S.A.", "avisos@faro.example"),
        ("Energía <avisos@energía.example>", "Energía", "avisos@xn--energa-7va.example"),
        ("Faro.es <avisos@faro.example>", "Faro.es", "avisos@faro.example"),
        ("<avisos@faro.example>", "Vatio", "avisos@faro.example"),
        (" vatio@localhost ", "Vatio", "vatio@localhost"),
    ],
)
def test_the_sender_is_an_address_with_a_name_or_without(
    settings: Any, text: str, name: str, address: str
) -> None:
    settings.EMAIL_SENDER = text

    found = post.sender()

    assert (found.name, found.address) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "Vatio",
        "Vatio avisos@faro.example",
        "Vatio <avisos@faro.example",
        "Vatio <>",
        "Faro, S.A. <a@b.es>",
        "a@b.es, c@d.es",
        "avisos@faro.example\nBcc: x@y.es",
        "Vatio <ñ@faro.example>",
        "(",
        '"',
        "<",
    ],
)
def test_a_sender_that_is_no_address_is_refused_by_its_name(settings: Any, text: str) -> None:
    settings.EMAIL_SENDER = text

    with pytest.raises(WrongSetting, match="EMAIL_SENDER"):
        post.ensure_settings()


def test_a_server_that_cannot_be_understood_is_refused_by_its_name(settings: Any) -> None:
    settings.EMAIL_URL = "mail.example"

    with pytest.raises(BadAddress, match="EMAIL_URL"):
        post.ensure_settings()


@pytest.mark.django_db
def test_a_trial_and_a_message_leave_from_the_same_address(settings: Any) -> None:
    settings.EMAIL_SENDER = "Vatio <avisos@faro.example>"
    put()

    with open_postbox() as box:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{box.port}"
        post.send_all()
        post.try_out("ana@energía.example")

    assert states() == ["sent"]
    assert box.senders == ["avisos@faro.example"] * 2
    assert box.recipients == ["persona0@norte.example", "ana@xn--energa-7va.example"]
    for mail in box.mails:
        assert mail["From"] == "Vatio <avisos@faro.example>"
        assert mail["Message-ID"].endswith("@faro.example>")
        assert mail["X-Auto-Response-Suppress"] == "All"


def test_a_trial_to_what_is_no_address_says_so(settings: Any) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"

    with pytest.raises(NotAnAddress, match="«nadie» no es una dirección"):
        post.try_out("nadie")
