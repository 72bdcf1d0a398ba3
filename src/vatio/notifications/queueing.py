"""Queues messages in the outbox."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vatio.notifications.models import Message
from vatio.notifications.news import HOW_OF, KIND_OF, HowTold
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

GIVEN = {**COLUMNS, "here": "boolean"}
"""What is given for each message queued: its columns, and whether it is told on the page only."""

STATES = {
    HowTold.AT_ONCE: Message.State.QUEUED,
    HowTold.DAILY: Message.State.GATHERED,
    HowTold.HERE: Message.State.HERE,
}
"""The state that a message begins in, by how it is told."""

_STATE = " ".join(f"WHEN '{how}' THEN '{state}'" for how, state in STATES.items())


def insert_from(relation: str, *, returning: str = "id") -> str:
    """Return the SQL that queues a message for each row of a relation with `GIVEN`.

    The statement stands in a WITH beside that relation, takes the instant as `%(at)s`, and
    returns the id of each new message, or what is asked for of it: `key` is the idempotency key,
    and a known one adds nothing. News is told as its person chose, or on the page only where `here`
    says so; without a person there is nobody to tell on the page, and the row is left out.
    """
    columns = ", ".join(COLUMNS)
    return f"""
    INSERT INTO notifications_message
        ({columns}, news, state, settled_at, queued_at, next_attempt_at,
         attempts, repeated, last_error)
    SELECT {columns}, news.kind, CASE told.how {_STATE} END,
           CASE told.how WHEN '{HowTold.HERE}' THEN %(at)s::timestamptz END, %(at)s, %(at)s,
           0, false, ''
    FROM {relation} AS given
    CROSS JOIN LATERAL (SELECT {KIND_OF} AS kind OFFSET 0) AS news
    CROSS JOIN LATERAL (SELECT {HOW_OF} AS how OFFSET 0) AS told
    WHERE NOT (given.here AND given.person_id IS NULL)
    ON CONFLICT (key) DO NOTHING
    RETURNING {returning}
    """  # noqa: S608


QUEUE = f"""
WITH message AS (
    SELECT * FROM jsonb_to_recordset(%(messages)s::jsonb)
        AS given ({", ".join(f"{name} {kind}" for name, kind in GIVEN.items())})
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
           false AS only_leaders, %(at)s::timestamptz + %(worth_sending)s::interval AS send_before,
           false AS here
    FROM leader ORDER BY lower(address), id NULLS LAST
)
{insert_from("message")}
"""  # noqa: S608
"""A person comes before the notice address of the same spelling: one message each."""


@dataclass(frozen=True)
class Recipient:
    """Whom a message goes to: an address, its language, and the person if there is one.

    `here` tells a person on the page only, whatever they chose; it says nothing of what is no news.
    """

    address: str
    language: str
    person: Person | None = None
    here: bool = False

    @classmethod
    def of(cls, person: Person, *, here: bool = False) -> "Recipient":
        return cls(person.email, person.language, person, here)


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
    people_last = sorted(recipients, key=lambda recipient: recipient.person is not None)
    by_address = {fold_address(recipient.address): recipient for recipient in people_last}
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
            "here": recipient.here,
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
