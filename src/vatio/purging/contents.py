"""Reads all that an account has, as the packages that own the tables declare it.

Small subjects are read whole, in one statement and hence from one snapshot; the same statement
reads the watermarks of the subjects that are streamed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from vatio.accounts import belongings as accounts
from vatio.accounts.models import Account
from vatio.alerts import belongings as alerts
from vatio.collection import belongings as collection
from vatio.downloads import belongings as downloads
from vatio.entitlements import belongings as entitlements
from vatio.history import belongings as history
from vatio.metering import belongings as metering
from vatio.notifications import belongings as notifications
from vatio.orders import belongings as orders
from vatio.people import belongings as people
from vatio.purging import belongings as purging
from vatio.readings import belongings as readings
from vatio.reminders import belongings as reminders
from vatio.tenants.belongings import Belonging, Subject

Row = dict[str, Any]

AT_A_TIME = 2_000
"""How many rows are fetched from the server-side cursor at once."""

SUBJECTS: tuple[Subject, ...] = (
    *accounts.SUBJECTS,
    *orders.SUBJECTS,
    *entitlements.SUBJECTS,
    *metering.SUBJECTS,
    *readings.SUBJECTS,
    *collection.SUBJECTS,
    accounts.ROLES,
    *people.SUBJECTS,
    *reminders.SUBJECTS,
    *alerts.SUBJECTS,
    *notifications.SUBJECTS,
    *history.SUBJECTS,
)
"""The subjects that an export holds, in the order of its sheets."""

BELONGINGS: tuple[Belonging, ...] = (
    *notifications.BELONGINGS,
    *history.BELONGINGS,
    *orders.BELONGINGS,
    *reminders.BELONGINGS,
    *alerts.BELONGINGS,
    *people.BELONGINGS,
    *purging.BELONGINGS,
    *collection.BELONGINGS,
    *readings.BELONGINGS,
    *metering.BELONGINGS,
    *entitlements.BELONGINGS,
    *downloads.BELONGINGS,
    *accounts.BELONGINGS,
)
"""The tables that a purge deletes from: each before those that its foreign keys reference."""


def filled(sql: str) -> str:
    """Return a declaration's SQL with its placeholders for the account's orders filled in."""
    return sql.replace("{its_orders}", orders.ITS_ORDERS).replace(
        "{order_number}", orders.ORDER_NUMBER
    )


def _pairs(subject: Subject) -> str:
    return ", ".join(f"'{name}', {value}" for name, value in subject.columns.items())


def _select(place: int, subject: Subject) -> str:
    """Return the SQL that reads a subject's rows, or the one row of its watermark."""
    read = (
        f"0, ({subject.watermark})::text"
        if subject.watermark
        else f"{subject.key}, json_build_object({_pairs(subject)})::text"
    )
    return filled(f"SELECT {place}, {read} FROM {subject.table} own WHERE {subject.condition}")  # noqa: S608


EVERYTHING = (
    " UNION ALL ".join(_select(place, subject) for place, subject in enumerate(SUBJECTS))
    + " ORDER BY 1, 2"
)


def read(account: Account) -> list[tuple[Subject, Row]]:
    """Read all that an account has, subject by subject, each in the order of its keys.

    A subject that is streamed has one row here: its watermark.
    """
    with connection.cursor() as cursor:
        cursor.execute(EVERYTHING, {"account": account.pk})
        return [(SUBJECTS[place], json.loads(row)) for place, _key, row in cursor.fetchall()]


def by_subject(
    account: Account, found: Iterable[tuple[Subject, Row]]
) -> Iterator[tuple[Subject, Iterator[Row]]]:
    """Yield each subject with its rows: those that were read, or a stream of them."""
    whole: dict[str, list[Row]] = {subject.name: [] for subject in SUBJECTS}
    for subject, row in found:
        whole[subject.name].append(row)
    for subject in SUBJECTS:
        is_streamed = bool(subject.watermark)
        yield subject, stream(account, subject) if is_streamed else iter(whole[subject.name])


def stream(account: Account, subject: Subject) -> Iterator[Row]:
    """Yield a subject's rows in the order of their keys, from a server-side cursor.

    Rows added since the watermark was read are included, so that an export may hold more than
    its digest covers: the digest then no longer matches, and a purge requires a new export.
    """
    statement = filled(
        f"SELECT json_build_object({_pairs(subject)})::text FROM {subject.table} own"  # noqa: S608
        f" WHERE {subject.condition} ORDER BY {subject.key}"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, {"account": account.pk})
        while rows := cursor.fetchmany(AT_A_TIME):
            yield from (json.loads(row) for (row,) in rows)


def digest(rows: Iterable[tuple[Subject, Row]]) -> str:
    """Return a SHA-256 of the rows; it changes when anything but a passing column does."""
    made = hashlib.sha256()
    for subject, row in rows:
        lasting = {name: value for name, value in row.items() if name not in subject.passing}
        made.update(json.dumps([subject.name, lasting]).encode())
    return made.hexdigest()
