"""The privileges of the web role, which can neither change nor delete what is append-only."""

from collections.abc import Iterable
from typing import Protocol

from vatio.postgres.authentication import WEB


class Cursor(Protocol):
    """A cursor of Django's or psycopg's."""

    def execute(self, query: str) -> object: ...

    def fetchone(self) -> tuple[object, ...] | None: ...


def exist(cursor: Cursor) -> bool:
    """Return whether the server has the web role."""
    cursor.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{WEB}'")  # noqa: S608
    return cursor.fetchone() is not None


def apply(cursor: Cursor, *, append_only: Iterable[str], never_deleted: Iterable[str]) -> None:
    """Grant the web role what it needs on every table, and revoke the rest.

    This is run after every migration; running it again changes nothing.
    """
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {WEB}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB}")
    cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}")
    cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {WEB}")
    for table in never_deleted:
        cursor.execute(f"REVOKE DELETE ON {table} FROM {WEB}")
    for table in append_only:
        cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {WEB}")
