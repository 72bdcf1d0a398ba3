"""Locks what is called: one session at a time with a meter, whoever calls it from wherever.

They are locks of a session of the database, held by the connection that took them: if the process
dies, or loses its database, they are gone at once. Whoever holds some has to look whether the
connection is still there, and to hang up if it is not.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import OperationalError, connection

LOCK = 1026
"""First key of the advisory locks of calls."""

TAKE = """
SELECT name, pg_try_advisory_lock(%(lock)s, hashtext(name)) FROM unnest(%(names)s::text[]) AS name
"""

RELEASE = "SELECT pg_advisory_unlock(%(lock)s, hashtext(name)) FROM unnest(%(names)s::text[]) name"


class LocksLost(OperationalError):
    """The connection that held the locks is gone, and another stands in its place."""


class CallLocks:
    """The locks that this process holds; all methods are called in the thread of one connection.

    The database lets a connection take a lock that it holds already: within a process it is
    `_held` that keeps two calls apart. Once that connection is lost, every method fails.
    """

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._own: Any = None

    def take(self, names: Collection[str]) -> bool:
        """Take all these locks, or none; return whether they were taken. One statement, or two."""
        if self._held & set(names):
            return False
        with self._cursor() as cursor:
            cursor.execute(TAKE, {"lock": LOCK, "names": list(names)})
            taken = [name for name, is_taken in cursor.fetchall() if is_taken]
        if len(taken) < len(names):
            self._release(taken)
            return False
        self._held.update(taken)
        return True

    def release(self, names: Iterable[str]) -> None:
        """Free locks; those that are not held are passed over."""
        own = [name for name in names if name in self._held]
        self._held.difference_update(own)
        self._release(own)

    def ensure_held(self) -> None:
        """Ask the database whether the connection lives.

        :raises DatabaseError: if it does not; the locks are gone then.
        """
        with self._cursor() as cursor:
            cursor.execute("SELECT 1")

    def _cursor(self) -> Any:
        """Return a cursor of the connection that holds the locks.

        :raises LocksLost: if another was made in its place.
        """
        connection.ensure_connection()
        self._own = self._own or connection.connection
        if connection.connection is not self._own:
            raise LocksLost("The connection that held the locks is gone.")
        return connection.cursor()

    def _release(self, names: Collection[str]) -> None:
        if names:
            with self._cursor() as cursor:
                cursor.execute(RELEASE, {"lock": LOCK, "names": list(names)})


def name_of_line(line_id: int) -> str:
    """Return the name of the lock of a line."""
    return f"line {line_id}"


def name_of_endpoint(endpoint: str) -> str:
    """Return the name of the lock of what is called: HOST:PORT, or a number."""
    return f"endpoint {endpoint}"


def name_of_modem(of: str) -> str:
    """Return the name of a lock of a modem, by its name or by what opens it.

    Both are taken: two names may be of one device, and two machines open one modem by two ways.
    """
    return f"modem {of}"
