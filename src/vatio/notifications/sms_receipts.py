"""What the SMS gateway reports later: whether a text message reached its telephone."""

import hmac
from datetime import datetime
from hashlib import sha256

from django.db.models import Case, Q, Value, When

from vatio.keys import parse_key
from vatio.notifications.models import Message
from vatio.notifications.sms_delivery import reference

OUTCOMES = {
    "delivered": Message.Receipt.DELIVERED,
    "delivrd": Message.Receipt.DELIVERED,
    "undelivered": Message.Receipt.UNDELIVERED,
    "undeliv": Message.Receipt.UNDELIVERED,
    "failed": Message.Receipt.UNDELIVERED,
    "rejected": Message.Receipt.UNDELIVERED,
    "rejectd": Message.Receipt.UNDELIVERED,
    "expired": Message.Receipt.UNDELIVERED,
}
"""What gateways call the ends of a message; whatever else they report is on its way yet."""

MAY_HAVE_LEFT = [Message.State.SENT, Message.State.UNCERTAIN, Message.State.HANDING_OVER]


def is_signed(body: bytes, signature: str, *, key: str) -> bool:
    """Return whether a signature is the HMAC-SHA256 of a body, in hexadecimal, under our key."""
    expected = hmac.new(key.encode(), body, sha256).hexdigest()
    given = signature.strip().lower().removeprefix("sha256=")
    return hmac.compare_digest(expected.encode(), given.encode())


def note(name: str, status: str, *, at: datetime) -> bool:
    """Write down what was reported of a message; return whether the message is known.

    The first end that is reported stays: a repetition changes nothing. A text whose outcome was
    unknown is known to have left, once it was delivered; no credits are returned for one that
    was not: the gateway took it.

    :param name: the gateway's id of it, or ours.
    """
    message = _named(name)
    if message is None:
        return False
    outcome = OUTCOMES.get(status.strip().lower())
    if outcome is not None:
        left = When(state=Message.State.UNCERTAIN, then=Value(Message.State.SENT.value))
        delivered = outcome == Message.Receipt.DELIVERED
        changes: dict[str, object] = {"state": Case(left, default="state")} if delivered else {}
        own = Message.objects.filter(pk=message.pk, receipt="", state__in=MAY_HAVE_LEFT)
        own.update(receipt=outcome, receipt_at=at, **changes)
    return True


def _named(name: str) -> Message | None:
    """Return the text that a gateway means: the latest of that id, as gateways change."""
    texts = Message.objects.filter(channel=Message.Channel.SMS)
    found = texts.filter(~Q(gateway_id=""), gateway_id=name).order_by("-id").first()
    number = parse_key(name.partition("-")[0])
    if found is None and number:
        found = texts.filter(pk=number).first()
        found = found if found is not None and reference(found) == name else None
    return found
