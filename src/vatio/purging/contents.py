"""All that an account has, as the packages that own the tables declare it.

What is small is read in one statement, of one moment, whatever happens meanwhile; that
statement reads the watermark of what is streamed too.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from vatio.accounts import belongings as accounts
from vatio.accounts.models import Account
from vatio.history import belongings as history
from vatio.notifications import belongings as notifications
from vatio.orders import belongings as orders
from vatio.people import belongings as people
from vatio.purging import belongings as purging
from vatio.reminders import belongings as reminders
from vatio.tenants.belongings import Belonging, Subject

Row = dict[str, Any]

AT_A_TIME = 2_000
"""How many streamed rows the server sends at once."""

SUBJECTS: tuple[Subject, ...] = (
    *accounts.SUBJECTS,
    *orders.SUBJECTS,
    accounts.ROLES,
    *people.SUBJECTS,
    *reminders.SUBJECTS,
    *notifications.SUBJECTS,
    *history.SUBJECTS,
)
"""What an export holds, in the order of its sheets."""

BELONGINGS: tuple[Belonging, ...] = (
    *notifications.BELONGINGS,
    *history.BELONGINGS,
    *orders.BELONGINGS,
    *reminders.BELONGINGS,
    *people.BELONGINGS,
    *purging.BELONGINGS,
    *accounts.BELONGINGS,
)
"""What a purge deletes: each table before those that its rows point to."""


def filled(sql: str) -> str:
    """Return a declaration's SQL with the orders of the account in their places."""
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
    """Read all that an account has, subject by subject, the oldest first.

    A subject that is streamed has one row here: its watermark.
    """
    with connection.cursor() as cursor:
        cursor.execute(EVERYTHING, {"account": account.pk})
        return [(SUBJECTS[place], json.loads(row)) for place, _key, row in cursor.fetchall()]


def stream(account: Account, subject: Subject) -> Iterator[Row]:
    """Read a subject's rows in the order of their keys, some thousands at a time.

    Rows that were added since the watermark was read come along: an export that holds more
    than its digest says is taken again before a purge, never believed to be whole.
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
