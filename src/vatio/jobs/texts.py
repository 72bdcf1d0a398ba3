"""Delivers the text messages that are due through the platform's gateway."""

from collections.abc import Callable
from uuid import uuid4

import phonenumbers
from django.conf import settings

from vatio import clock, env
from vatio.accounts import texting
from vatio.notifications.delivery import Tally
from vatio.notifications.sms_delivery import Transport, deliver_texts
from vatio.notifications.sms_gateway import Gateway, describe
from vatio.tenants.platform import is_demo


class KeptHere:
    """The demo's own gateway: what would leave is kept, to be looked at."""

    keeps_texts = True

    def send(self, to: str, text: str, *, reference: str, handing_over: Callable[[], None]) -> str:
        """Take a message, and send it nowhere."""
        handing_over()
        return ""


def gateway() -> Gateway | None:
    """Return the gateway of the settings, if there is one.

    :raises BadGateway: if they cannot be used.
    """
    if not settings.SMS_URL:
        return None
    return describe(
        settings.SMS_URL,
        headers=settings.SMS_HEADERS,
        body=settings.SMS_BODY,
        id_path=settings.SMS_ID,
    )


def ensure_settings() -> None:
    """Refuse to start with settings of text messages that cannot be used.

    :raises BadGateway: if those of the gateway cannot.
    :raises WrongSetting: if PHONE_COUNTRIES names no country.
    """
    gateway()
    for country in settings.PHONE_COUNTRIES:
        if country not in phonenumbers.SUPPORTED_REGIONS:
            raise env.WrongSetting(
                f"PHONE_COUNTRIES: «{country}» is no country. Write codes of two letters: ES,PT."
            )


def send_texts() -> Tally:
    """Deliver every text message that is due, and return what became of them."""
    own = gateway()
    transport: Transport | None = own if own else (KeptHere() if is_demo() else None)
    return deliver_texts(
        transport,
        settled=texting.settle,
        now=clock.now,
        real=clock.real,
        withheld=texting.is_withheld,
    )


def try_out(number: str, words: str) -> str:
    """Send a text message at once, without the outbox and for no credit; return its id, if any.

    :raises BadGateway: if the settings cannot be used.
    :raises SmsRefusal: if the gateway refuses it.
    :raises SmsUnreachable: if the gateway does not answer.
    :raises SmsOutcomeUnknown: if the connection is lost before its answer.
    """
    own = gateway()
    if own is None:
        raise env.WrongSetting("SMS_URL is not set: there is no gateway to try.")
    return own.send(number, words, reference=f"test-{uuid4()}", handing_over=lambda: None)
