"""Puts messages into the outbox."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vatio.notifications.models import Message
from vatio.tenants.models import Organisation, Person

WORTH_SENDING = timedelta(days=7)


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell: an address, its language, and the person if there is one."""

    address: str
    language: str
    person: Person | None = None

    @classmethod
    def of(cls, person: Person) -> "Recipient":
        return cls(person.email, person.language, person)


def take_back(key: str, *, at: datetime) -> None:
    """Keep messages of an occasion from leaving, if they still wait: it is overtaken."""
    waiting = Message.objects.filter(state=Message.State.QUEUED, key__startswith=key)
    waiting.filter(secret=True).update(context={})
    waiting.update(state=Message.State.TOO_LATE, settled_at=at)


def queue(
    template: str,
    recipients: Iterable[Recipient],
    *,
    key: str,
    context: Mapping[str, object],
    at: datetime,
    organisation: Organisation | None = None,
    secret: bool = False,
    send_before: datetime | None = None,
) -> None:
    """Queue one message for each recipient, one per address.

    The key names the occasion: queueing the same occasion again adds nothing.
    What has not left by `send_before` (a week unless said) is not sent any more.
    """
    by_address = {recipient.address.lower(): recipient for recipient in recipients}
    messages = [
        Message(
            key=f"{key}:{address}",
            organisation=organisation,
            person=recipient.person,
            address=address,
            language=recipient.language,
            template=template,
            context=dict(context),
            secret=secret,
            queued_at=at,
            next_attempt_at=at,
            send_before=send_before or at + WORTH_SENDING,
        )
        for address, recipient in by_address.items()
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
