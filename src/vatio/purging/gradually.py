"""Deletes the rows of a closed account some at a time: of tables that hold very many."""

from typing import Any

from django.db import connection, transaction

from vatio.tenants.belongings import Belonging

AT_A_TIME = 5_000
"""How many rows go in one transaction."""

DELETE = """
WITH part AS (
    SELECT {keys} FROM {table} own
    WHERE own.account_id = %(account)s {behind}
    ORDER BY {keys} LIMIT %(most)s),
gone AS (
    DELETE FROM {table} own USING part
    WHERE own.account_id = %(account)s AND {same})
SELECT {keys} FROM part ORDER BY {falling} LIMIT 1
"""


def delete(belonging: Belonging, account_id: int) -> None:
    """Delete a table's rows of an account, each time `AT_A_TIME`, in the order of their keys.

    Each part is gone once it is committed: a call that was killed is followed by another, which
    finds the rest. Within a call the next part is looked for behind the one before, not among the
    rows that are dead already.
    """
    last: tuple[Any, ...] | None = None
    while last := _delete_some(belonging, account_id, last):
        pass


@transaction.atomic
def _delete_some(
    belonging: Belonging, account_id: int, last: tuple[Any, ...] | None
) -> tuple[Any, ...] | None:
    """Delete the rows behind a key, or the first ones; return the last key; None if none was."""
    asked: dict[str, Any] = {"account": account_id, "most": AT_A_TIME}
    asked |= {f"last_{place}": value for place, value in enumerate(last or ())}
    with connection.cursor() as cursor:
        cursor.execute(_statement(belonging, is_first=last is None), asked)
        found = cursor.fetchone()
    return found and tuple(found)


def _statement(belonging: Belonging, *, is_first: bool) -> str:
    keys = belonging.by
    values = ", ".join(f"%(last_{place})s" for place in range(len(keys)))
    return DELETE.format(
        table=belonging.table,
        keys=", ".join(keys),
        behind="" if is_first else f"AND ({', '.join(keys)}) > ({values})",
        same=" AND ".join(f"own.{key} = part.{key}" for key in keys),
        falling=", ".join(f"{key} DESC" for key in keys),
    )
