"""The environment of the tests: the web role's privileges, and a real browser."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from tests.counts import FULL
from vatio.cli.joining import marked_tables
from vatio.postgres import privileges
from vatio.postgres.authentication import WEB

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_configure(config: pytest.Config) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A file is looked for when it is asked for: every client would look for all of them.
    settings.WHITENOISE_AUTOREFRESH = True
    # What a profile does not say stays as it was: under CI=1, the same examples each time.
    for profile, examples in (("full", 100), ("tenth", 10)):
        hypothesis.settings.register_profile(profile, max_examples=examples)
    hypothesis.settings.load_profile("full" if FULL else "tenth")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, and skip it, with its number in the summary, without one.

    It comes last: from its first test on, its event loop runs in the thread of the tests.
    """
    items.sort(key=lambda item: "/browser/" in str(item.path))
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no chromium on this machine"))


EMPTY_QUEUE = [
    f"DELETE FROM procrastinate_{name}" for name in ("events", "periodic_defers", "jobs", "workers")
]
"""What a test left to workers, and when one was heard of, is of no model that Django empties."""


def _empty_as_superuser(operations: Any, statements: list[str]) -> None:
    """Empty the tables after a test that commits, past the triggers that refuse TRUNCATE.

    Nobody but the server's superuser can, and Vatio itself never acts as that one.
    """
    name = operations.connection.settings_dict["NAME"]
    with psycopg.connect(
        host=os.environ["VATIO_DATABASE_SOCKET"], user="vatio", dbname=name
    ) as emptying:
        emptying.execute("SET session_replication_role = replica")
        for statement in (*statements, *EMPTY_QUEUE):
            emptying.execute(statement)


BaseDatabaseOperations.execute_sql_flush = _empty_as_superuser


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Grant the web role its privileges in the test database, as `vatio migrate` does."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        privileges.apply(
            cursor,
            append_only=marked_tables("append_only"),
            never_deleted=marked_tables("never_deleted"),
        )
    # Django would list its permissions anew after each test that commits, and nobody reads them.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="module")
def module_transaction(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Hold a transaction open for a module: what it builds once, each of its tests finds.

    What pytest-django gives each test to write in is a savepoint within it, and what the test
    changed is rolled back to there. It is not for a module with tests that commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _as_web(connection: Any, **_about: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WEB}")


@pytest.fixture
def as_web() -> Iterator[None]:
    """Act as the web's role on every connection, this thread's and those to come."""
    connection_created.connect(_as_web)
    connection.ensure_connection()
    _as_web(connection)
    yield
    connection_created.disconnect(_as_web)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive Debian's chromium; as root it runs without its sandbox."""
    arguments = ["--disable-gpu", "--disable-quic", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}
