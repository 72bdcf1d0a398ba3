"""Queues messages in the outbox."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vatio.notifications.models import Message
from vatio.tenants.addresses import fold_address
from vatio.tenants.models import Organisation, Person

WORTH_SENDING = timedelta(days=7)

COLUMNS = {
    "key": "text",
    "organisation_id": "bigint",
    "account_id": "bigint",
    "order_id": "bigint",
    "person_id": "bigint",
    "address": "text",
    "language": "text",
    "template": "text",
    "context": "jsonb",
    "secret": "boolean",
    "only_leaders": "boolean",
    "send_before": "timestamptz",
}
"""The columns given for each message queued, with their types; the others start the same."""


def insert_from(relation: str) -> str:
    """Return the SQL that queues a message for each row of a relation with `COLUMNS`.

    The statement stands in a WITH beside that relation, takes the instant as `%(at)s`, and
    returns the id of each new message: `key` is the idempotency key, and a known one adds
    nothing.
    """
    columns = ", ".join(COLUMNS)
    return f"""
    INSERT INTO notifications_message
        ({columns}, queued_at, next_attempt_at, state, attempts, repeated, last_error)
    SELECT {columns}, %(at)s, %(at)s, 'queued', 0, false, '' FROM {relation}
    ON CONFLICT (key) DO NOTHING
    RETURNING id
    """  # noqa: S608


QUEUE = f"""
WITH message AS (
    SELECT * FROM jsonb_to_recordset(%(messages)s::jsonb)
        AS given ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
)
{insert_from("message")}
"""  # noqa: S608


QUEUE_TO_LEADERS = f"""
WITH leader AS (
    SELECT person.id, person.email AS address, person.language
    FROM tenants_membership membership
    JOIN tenants_person person ON person.id = membership.person_id
    WHERE membership.organisation_id = %(organisation)s AND person.is_active
    UNION ALL
    SELECT NULL, notice_address, language FROM tenants_organisation
    WHERE id = %(organisation)s AND notice_address <> ''
), message AS (
    SELECT DISTINCT ON (lower(address))
           %(key)s::text || ':' || lower(address) AS key,
           %(organisation)s::bigint AS organisation_id, %(account)s::bigint AS account_id,
           %(order)s::bigint AS order_id, id AS person_id, lower(address) AS address, language,
           %(template)s::text AS template, %(context)s::jsonb AS context, false AS secret,
           false AS only_leaders, %(at)s::timestamptz + %(worth_sending)s::interval AS send_before
    FROM leader ORDER BY lower(address), id NULLS FIRST
)
{insert_from("message")}
"""  # noqa: S608
"""The notice address comes before a person of the same address: one message each."""


@dataclass(frozen=True)
class Recipient:
    """Whom a message goes to: an address, its language, and the person if there is one."""

    address: str
    language: str
    person: Person | None = None

    @classmethod
    def of(cls, person: Person) -> "Recipient":
        return cls(person.email, person.language, person)


def take_back(key: str, *, at: datetime) -> None:
    """Settle as too late the queued messages whose key starts with `key`; blank the secret ones."""
    waiting = Message.objects.filter(
        channel=Message.Channel.EMAIL, state=Message.State.QUEUED, key__startswith=key
    )
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
    account_id: int | None = None,
    order_id: int | None = None,
    secret: bool = False,
    send_before: datetime | None = None,
) -> None:
    """Queue one message for each recipient, one per address.

    A message about an account, or an order of one, is given their ids: it is exported and
    purged with the account. The messages of an order for a new account, which does not exist
    yet, become that account's once it does.

    :param key: the idempotency key, named for the occasion: queueing it again adds nothing.
    :param send_before: when the message is no longer worth sending: `WORTH_SENDING` after `at`
        by default.
    """
    by_address = {fold_address(recipient.address): recipient for recipient in recipients}
    last = (send_before or at + WORTH_SENDING).isoformat()
    messages = [
        {
            "key": f"{key}:{address}",
            "organisation_id": organisation.pk if organisation else None,
            "account_id": account_id,
            "order_id": order_id,
            "person_id": recipient.person.pk if recipient.person else None,
            "address": address,
            "language": recipient.language,
            "template": template,
            "context": dict(context),
            "secret": secret,
            "only_leaders": False,
            "send_before": last,
        }
        for address, recipient in by_address.items()
    ]
    if messages:
        with connection.cursor() as cursor:
            cursor.execute(QUEUE, {"messages": json.dumps(messages), "at": at})


def queue_to_leaders(
    template: str,
    organisation: Organisation,
    *,
    key: str,
    context: Mapping[str, object],
    at: datetime,
    account_id: int | None = None,
    order_id: int | None = None,
) -> None:
    """Queue one message for each active SuperAdministrator of an organisation, in one statement.

    Its notice address, if there is one, gets the message too: see `queue`.
    """
    asked: dict[str, Any] = {
        "organisation": organisation.pk,
        "key": key,
        "account": account_id,
        "order": order_id,
        "template": template,
        "context": json.dumps(dict(context)),
        "at": at,
        "worth_sending": WORTH_SENDING,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_TO_LEADERS, asked)
