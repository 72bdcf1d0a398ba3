"""Connects a command to its platform: started, joined or found running, of this Vatio's version."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from vatio import clock, env, schema
from vatio.postgres import paths, privileges, server
from vatio.postgres.authentication import OWNER, WEB
from vatio.processes.parent import end_with_parent
from vatio.processes.supervisor import CannotStart, say
from vatio.tenants.platform import is_demo
from vatio.translations import compile_catalogue

OLDEST_SERVER = 160000

ORPHANED = 2
"""Seconds that a process outlives its supervisor: the database ended with the supervisor."""


@contextmanager
def database(*, reads_only: bool = False) -> Iterator[None]:
    """Connect a command to an up-to-date database, started for its duration unless one runs.

    A command that only reads neither makes a platform nor brings its tables up to date.

    :raises CannotStart: if it only reads, and there is no platform, or one of another version.
    """
    is_ours = not env.text("DATABASE_URL")
    if reads_only and is_ours and not (paths.folder_of(settings.HOME) / "data").exists():
        raise CannotStart(f"There is no Vatio in {settings.HOME}: start it with `vatio run`.")
    ours = start()
    try:
        if reads_only:
            _ensure_current()
        else:
            bring_up_to_date()
        clock.follow(is_demo())
        yield
    finally:
        connection.close()
        if ours is not None:
            ours.stop()


def as_role(role: str) -> None:
    """Join a platform in a database role, under its supervisor or on a server started or adopted.

    With DATABASE_URL no server is started, and the role is the URL's.

    :raises CannotStart: if the tables are older than this Vatio, or of another version.
    """
    if not env.text("VATIO_SUPERVISOR") and not env.text("DATABASE_URL"):
        _use(server.ensure(settings.HOME, programs=programs()))
    if not env.text("DATABASE_URL"):
        connection.settings_dict["HOST"] = os.environ["VATIO_DATABASE_SOCKET"]
        _act_as(role)
    _ensure_current()
    clock.follow(is_demo())


def running() -> None:
    """Connect a command to the platform that runs; nothing is started or written.

    :raises CannotStart: if it does not run, or is of another version.
    """
    if not env.text("DATABASE_URL"):
        found = server.find(settings.HOME)
        if found is None:
            raise CannotStart(f"Vatio does not run in {settings.HOME}: start it with `vatio run`.")
        _use(found)
        _act_as(OWNER)
    _ensure_current()


def end_with_supervisor() -> None:
    """Have this process end with its supervisor, if it has one: nobody else would stop it."""
    supervisor = env.text("VATIO_SUPERVISOR")
    if supervisor:
        end_with_parent(int(supervisor), within=ORPHANED)


def answers() -> bool:
    """Return whether a new connection to the database can be made, after two seconds at most."""
    parameters = {**connection.get_connection_params(), "connect_timeout": 2}
    try:
        psycopg.connect(**parameters).close()
    except psycopg.Error:
        return False
    return True


def programs() -> str:
    """Return the folder of PostgreSQL's programs that VATIO_POSTGRES_BIN names, or nothing."""
    return env.text("VATIO_POSTGRES_BIN")


def start(*, aloud: bool = False) -> server.Server | None:
    """Start or adopt our own server and return it; None if DATABASE_URL names another."""
    if env.text("DATABASE_URL"):
        return None
    report = say if aloud else server.keep_quiet
    ours = server.ensure(settings.HOME, programs=programs(), say=report)
    _use(ours)
    _act_as(OWNER)
    return ours


def _use(found: server.Server) -> None:
    """Point this process and its children to the server's socket directory."""
    os.environ["VATIO_DATABASE_SOCKET"] = str(found.socket)
    connection.settings_dict["HOST"] = str(found.socket)


def _act_as(role: str) -> None:
    """Connect to the database as one of its roles, in this process and in its children."""
    os.environ["VATIO_DATABASE_ROLE"] = role
    connection.settings_dict["USER"] = role


def _is_older() -> bool:
    """Return whether the database lacks migrations; refuse one with a migration unknown here.

    :raises CannotStart: naming the migration.
    """
    loader = MigrationLoader(connection)
    unknown = schema.unknown_migration(loader)
    if unknown:
        raise CannotStart(
            f"The database was made by another version of Vatio ({unknown}), and this one cannot"
            " take it over: run that version, or begin with an empty database."
        )
    return schema.is_older(loader)


def _ensure_current() -> None:
    """Refuse tables that are not those of this Vatio.

    :raises CannotStart: if they are older than this Vatio, or of another version.
    """
    if _is_older():
        raise CannotStart("The database is older than this Vatio. Run `vatio migrate` first.")


def bring_up_to_date() -> None:
    """Migrate, and grant the web role its privileges if the server has that role.

    :raises CannotStart: if the server is older than PostgreSQL 16, or the database is of another
        version.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        (version,) = cursor.fetchone()
    if version < OLDEST_SERVER:
        raise CannotStart("This server is older than PostgreSQL 16. Vatio needs 16 or newer.")
    compile_catalogue()
    if _is_older():
        call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        if privileges.exist(cursor):
            privileges.apply(
                cursor,
                append_only=marked_tables("append_only"),
                never_deleted=marked_tables("never_deleted"),
            )


def marked_tables(mark: str) -> list[str]:
    """Return the tables whose models carry a mark, such as append_only."""
    return [model._meta.db_table for model in apps.get_models() if getattr(model, mark, False)]


def take_web_role() -> None:
    """Have the pages SET ROLE vatio_web if the server allows it; print a warning if it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s", [WEB])
        row = cursor.fetchone()
    if row is not None and row[0]:
        connection.settings_dict["OPTIONS"]["assume_role"] = WEB
        connection.close()
        return
    say(
        "The role vatio_web is missing or may not be taken: the pages use the database's owner,"
        " and only triggers keep what is append-only."
    )
