"""Queues text messages in the outbox, each with its text as it will be sent."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from vatio.notifications.models import Message
from vatio.tenants.platform import is_demo

QUEUE = """
INSERT INTO notifications_message
    (channel, key, organisation_id, account_id, person_id, address, language, template, context,
     secret, only_leaders, send_before, queued_at, next_attempt_at, state, attempts, repeated,
     last_error)
SELECT 'sms', key, organisation_id, account_id, person_id, number, language, template,
       jsonb_build_object('text', text), secret, false, send_before, %(at)s, %(at)s, 'queued', 0,
       false, ''
FROM jsonb_to_recordset(%(texts)s::jsonb) AS given (
    key text, organisation_id bigint, account_id bigint, person_id bigint, number text,
    language text, template text, text text, secret boolean, send_before timestamptz)
ORDER BY key
ON CONFLICT (key) DO NOTHING
RETURNING key, id
"""


@dataclass(frozen=True)
class Text:
    """A text message: to a number in E.164, until when it is worth sending, and its words.

    `template` names its kind; a secret one is blanked once it is settled, and its `send_before`
    goes by the wall clock. `key` is the idempotency key.
    """

    key: str
    number: str
    text: str
    template: str
    language: str
    send_before: datetime
    account_id: int | None = None
    organisation_id: int | None = None
    person_id: int | None = None
    secret: bool = False


def is_set_up() -> bool:
    """Return whether text messages leave from here; in the demo, they are kept to be looked at."""
    return bool(settings.SMS_URL) or is_demo()


def queue_texts(texts: Sequence[Text], *, at: datetime) -> dict[str, int]:
    """Queue text messages in one statement; return the id of each new one by its key.

    A known key adds nothing. Nothing is paid for here: see `accounts`.
    """
    if not texts:
        return {}
    given = json.dumps([asdict(text) for text in texts], default=datetime.isoformat)
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, {"texts": given, "at": at})
        return dict(cursor.fetchall())


def refuse_texts(messages: Sequence[int], reason: str, *, at: datetime) -> None:
    """Settle as failed queued text messages that are not to be sent: nobody can send them then."""
    Message.objects.filter(
        pk__in=messages, channel=Message.Channel.SMS, state=Message.State.QUEUED
    ).update(state=Message.State.FAILED, settled_at=at, last_error=reason)
