"""Gives the tests a server of their own, before Django is set up."""

import atexit
import os
from pathlib import Path

import psycopg
import pytest

from vatio.postgres import server, walls

HOME = Path(__file__).resolve().parent.parent / ".vatio-test"

os.environ["DJANGO_SETTINGS_MODULE"] = "vatio.settings"
os.environ["VATIO_HOME"] = str(HOME)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
for name in ("DATABASE_URL", "VATIO_DEMO", "VATIO_URL", "PORT"):
    os.environ.pop(name, None)

_server = server.ensure(HOME)
atexit.register(_server.stop)
os.environ["VATIO_DATABASE_SOCKET"] = str(_server.socket)
os.environ["VATIO_DATABASE_ROLE"] = "vatio_owner"
with psycopg.connect(host=str(_server.socket), user="vatio", dbname="postgres") as _connection:
    _connection.execute("ALTER ROLE vatio_owner CREATEDB")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Build the walls of the web's role in the test database, as `vatio migrate` does."""
    from django.db import connection

    from vatio.commands import marked_tables

    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        walls.apply(
            cursor,
            append_only=marked_tables("append_only"),
            never_deleted=marked_tables("never_deleted"),
        )
        cursor.execute("GRANT vatio_web TO vatio_owner")
