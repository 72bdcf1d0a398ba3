"""Holds accounts before anything of them is locked, and leaves those alone that are changed now.

Whoever changes an alert locks its account first and then the alert. Whoever evaluates or tells
holds the account before he locks alerts and episodes, so that neither waits for the other while
the other waits for him; and he never waits for an account.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection

FREE = """
SELECT id FROM accounts_account WHERE id = ANY(%(accounts)s) AND closed_at IS NULL
FOR KEY SHARE SKIP LOCKED
"""


def hold_free(accounts: Collection[int]) -> set[int]:
    """Hold accounts until the transaction ends, and return them, but those somebody has locked."""
    if not accounts:
        return set()
    asked: dict[str, Any] = {"accounts": list(accounts)}
    with connection.cursor() as cursor:
        cursor.execute(FREE, asked)
        return {key for (key,) in cursor.fetchall()}
