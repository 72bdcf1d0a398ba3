"""All that an account has, read in one statement: of one moment, whatever happens meanwhile."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from vatio.accounts.models import Account

ORDERS = "(SELECT id FROM orders_order WHERE account_id = %(account)s)"
"""The account's orders: what hangs from one has no account of its own."""

SAID = {
    "order": "(SELECT number FROM orders_order WHERE id = own.order_id)",
    "at": "own.at",
    "by": "(SELECT name FROM tenants_person WHERE id = own.person_id)",
    "words": "own.words",
}
ORGANISATION = "(SELECT name FROM tenants_organisation WHERE id = own.organisation_id)"
LICENCE = """(
    SELECT licence.name FROM catalogue_licenceversion version
    JOIN catalogue_licence licence ON licence.id = version.licence_id
    WHERE version.id = own.licence_id)
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """One kind of thing that an account has: its columns, and where its rows come from.

    Columns that end in `_on` are days, in `_at` or named `at` moments. Those that
    are `passing` may change without anything having happened to the account.
    """

    name: str
    columns: dict[str, str]
    table: str
    condition: str = "own.account_id = %(account)s"
    key: str = "own.id"
    passing: tuple[str, ...] = ()


def _agreement(column: str) -> str:
    return f"(SELECT number FROM accounts_agreement WHERE id = own.{column})"  # noqa: S608


def _person(column: str) -> str:
    return f"(SELECT name FROM tenants_person WHERE id = own.{column})"  # noqa: S608


def _term(column: str) -> str:
    return f"(SELECT {column} FROM accounts_term WHERE id = own.term_id)"  # noqa: S608


def _plain(*columns: str) -> dict[str, str]:
    return {column: f"own.{column}" for column in columns}


SUBJECTS = (
    Subject(
        "account",
        {
            "organisation": ORGANISATION,
            **_plain("name", "client", "nif", "sector", "contact_email", "language", "time_zone"),
            "created_at": "own.created_at",
            "opened_on": "own.opened_on",
            "ends_on": "own.covered_until",
            "ends_at": "own.ends_at",
            "leaving_at": "own.not_renewing_since",
            "sms_credits": "(SELECT balance FROM accounts_smswallet WHERE account_id = own.id)",
        },
        "accounts_account",
        condition="own.id = %(account)s",
    ),
    Subject(
        "agreements",
        {
            **_plain("number", "kind", "decided_at"),
            "decided_by": _person("decided_by_id"),
            **_plain("rule", "note"),
        },
        "accounts_agreement",
    ),
    Subject(
        "terms",
        {
            "agreement": _agreement("agreement_id"),
            **_plain("starts_on", "ends_on", "anchor_day", "closed_on"),
            "closed_by": _agreement("closed_by_id"),
            "cancelled_at": "own.cancelled_at",
        },
        "accounts_term",
    ),
    Subject(
        "grants",
        {
            "agreement": _agreement("agreement_id"),
            "starts_on": _term("starts_on"),
            **_plain("effective_on", "recorded_at"),
            "licence": LICENCE,
            **_plain("extra_meters", "extra_supply_points", "extra_data_points", "extra_rtc_lines"),
        },
        "accounts_grant",
    ),
    Subject(
        "sms_transactions",
        {
            **_plain("at", "kind", "credits"),
            "agreement": _agreement("agreement_id"),
            "key": "own.key",
        },
        "accounts_smstransaction",
    ),
    Subject(
        "orders",
        {
            **_plain("number", "kind", "state"),
            "submitted_by": _person("submitted_by_id"),
            "submitted_at": "own.submitted_at",
            "licence": LICENCE,
            **_plain("meters", "supply_points", "data_points", "rtc_lines", "sms_credits"),
            **_plain(
                "months", "account_name", "client", "nif", "sector", "contact_email", "time_zone"
            ),
            **_plain("reference", "comments"),
            "taken_by": _person("taken_by_id"),
            "decided_by": _person("decided_by_id"),
            **_plain("decided_at", "rule", "reason"),
            "agreement": _agreement("agreement_id"),
        },
        "orders_order",
    ),
    Subject(
        "bulk_renewal_items",
        {
            "asked_at": "(SELECT asked_at FROM orders_bulkrenewal WHERE id = own.bulk_renewal_id)",
            **_plain("outcome"),
            "order": "(SELECT number FROM orders_order WHERE id = own.order_id)",
            "ends_on": "own.shown_end",
            "until_on": "own.until",
            "words": "own.words",
        },
        "orders_bulkrenewalitem",
    ),
    Subject("said", SAID, "orders_comment", f"NOT own.is_note AND own.order_id IN {ORDERS}"),
    Subject("notes", SAID, "orders_comment", f"own.is_note AND own.order_id IN {ORDERS}"),
    Subject(
        "people",
        {
            "name": _person("person_id"),
            "email": "(SELECT email FROM tenants_person WHERE id = own.person_id)",
            **_plain("role", "created_at"),
        },
        "accounts_accountrole",
    ),
    Subject(
        "invitations",
        {
            **_plain("email", "role"),
            "made_by": _person("made_by_id"),
            **_plain("made_at", "lapses_at", "used_at", "withdrawn_at"),
        },
        "people_onetimelink",
    ),
    Subject(
        "reminders",
        {**_plain("milestone"), "ends_on": _term("ends_on"), **_plain("decided_at", "overtaken")},
        "reminders_reminder",
    ),
    Subject(
        "messages",
        _plain("queued_at", "address", "language", "template", "context", "state", "settled_at"),
        "notifications_message",
        f"NOT own.secret AND (own.account_id = %(account)s OR own.order_id IN {ORDERS})",
        passing=("state", "settled_at"),
    ),
    Subject(
        "history",
        {
            "at": "own.at",
            "by": _person("person_id"),
            **_plain("rule", "verb"),
            "order": "(SELECT number FROM orders_order WHERE id = own.order_id)",
            "facts": "own.facts",
        },
        "history_act",
        f"(own.account_id = %(account)s OR own.order_id IN {ORDERS})",
    ),
)


def _select(place: int, subject: Subject) -> str:
    pairs = ", ".join(f"'{name}', {value}" for name, value in subject.columns.items())
    return (
        f"SELECT {place}, {subject.key}, json_build_object({pairs})::text"  # noqa: S608
        f" FROM {subject.table} own WHERE {subject.condition}"
    )


EVERYTHING = (
    " UNION ALL ".join(_select(place, subject) for place, subject in enumerate(SUBJECTS))
    + " ORDER BY 1, 2"
)


def read(account: Account) -> list[tuple[Subject, Row]]:
    """Read all that an account has, subject by subject, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(EVERYTHING, {"account": account.pk})
        return [(SUBJECTS[place], json.loads(row)) for place, _key, row in cursor.fetchall()]


def digest(rows: Iterable[tuple[Subject, Row]]) -> str:
    """Give a short text that is another one as soon as anything of it is."""
    made = hashlib.sha256()
    for subject, row in rows:
        lasting = {name: value for name, value in row.items() if name not in subject.passing}
        made.update(json.dumps([subject.name, lasting]).encode())
    return made.hexdigest()
