"""The commands of `vatio`, a function each."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime
from functools import partial

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from vatio import clock, env, schema, web_server
from vatio.cli import (
    alerts,
    checking,
    collecting,
    entitlements,
    inventories,
    lines,
    meters,
    portfolios,
    readings,
    sources,
    tariffs,
    texts,
)
from vatio.dates import DEPARTMENT_TIME_ZONE
from vatio.demo import called_meters, loading, passing, welcome
from vatio.demo.people import listed
from vatio.demo_clock import advancing
from vatio.jobs import post, working
from vatio.jobs import texts as sms
from vatio.people import one_time_links
from vatio.postgres import paths, privileges, server
from vatio.postgres.authentication import OWNER, WEB
from vatio.processes import early
from vatio.processes.parent import end_with_parent
from vatio.processes.supervisor import CannotStart, Supervisor, check_port, say
from vatio.refusal import Refused
from vatio.tenants.platform import is_demo
from vatio.translations import compile_catalogue

OLDEST_SERVER = 160000
GRACE = 8
"""Seconds in which a worker may finish its jobs when it stops: fewer than its supervisor waits."""

WORKER_STARTS = 5.0
"""Seconds that a worker may take from its start until it is heard of."""

ORPHANED = 2
"""Seconds that a process outlives its supervisor: the database ended with the supervisor."""


def run(_arguments: argparse.Namespace) -> int:
    """Start the database, migrate, load the demo into an empty database, and serve."""
    post.ensure_settings()
    sms.ensure_settings()
    address, port = _address()
    check_port(address, port)
    _ensure_secret_key()
    database = _start_database(aloud=True)
    try:
        _bring_up_to_date()
        wanted = env.switch("VATIO_DEMO", default=database is not None)
        loading.prepare(wanted)
        lines = welcome.lines(_public_address(port))
        connection.close()
    except BaseException:
        connection.close()
        if database is not None:
            database.stop()
        raise

    def ready() -> None:
        say(f"http://127.0.0.1:{port}/")
        for line in lines:
            say(line)

    return Supervisor(
        database,
        settings.HOME,
        answers=_answers,
        programs=_programs(),
        address=address,
        port=port,
    ).run(ready)


def serve(_arguments: argparse.Namespace) -> int:
    """Serve the pages from one process; scale out by starting more."""
    post.ensure_settings()
    sms.ensure_settings()
    address, port = _address()
    application = get_internal_wsgi_application()
    early.wait()
    _end_with_supervisor()
    check_port(address, port)
    _ensure_secret_key()
    _join_platform(WEB)
    if env.text("DATABASE_URL"):
        _take_web_role()
    connection.close()
    compile_catalogue()
    web_server.serve(
        application,
        address=address,
        port=port,
        threads=env.number("VATIO_THREADS", default=2, least=1, most=64),
    )
    return 0


def worker(_arguments: argparse.Namespace) -> int:
    """Run one worker; any number of workers, on any number of machines, share the jobs."""
    post.ensure_settings()
    sms.ensure_settings()
    _end_with_supervisor()
    if working.begins_anew():
        _wait_for_database()
    _join_platform(OWNER)
    compile_catalogue()
    working.run(grace=GRACE)
    return 0


def collect(arguments: argparse.Namespace) -> int:
    """Call RTC lines: for ever, once, or one of them; any number of collectors may run."""
    if arguments.line:
        with _database():
            return collecting.run_line(
                arguments.line,
                now=clock.now,
                as_json=arguments.json,
                say=say,
                beside=_beside_collector(),
            )
    if arguments.once:
        with _database():
            return collecting.run_once(
                now=clock.now, as_json=arguments.json, say=say, beside=_beside_collector()
            )
    if arguments.now:
        raise Refused(_("Say which line: `vatio collect --line ID --now`."))
    _end_with_supervisor()
    _join_platform(OWNER)
    compile_catalogue()
    return collecting.run_for_ever(now=clock.now, say=say, beside=_beside_collector(asks=True))


def _beside_collector(*, asks: bool = False) -> collecting.Beside:
    """Return what runs beside a collector: the meters that it calls, in the demo.

    :param asks: whether calls may be asked for that nobody else takes up.
    """
    if not is_demo():
        return nullcontext
    return partial(called_meters.answering, now=clock.now, asks=asks)


def _wait_for_database() -> None:
    """Wait until the database that this worker lost answers again."""
    if not _answers():
        say("The database does not answer. The worker goes on once it does.")
        while not _answers():
            time.sleep(0.5)


def _end_with_supervisor() -> None:
    """Have this process end with its supervisor, if it has one: nobody else would stop it."""
    supervisor = env.text("VATIO_SUPERVISOR")
    if supervisor:
        end_with_parent(int(supervisor), within=ORPHANED)


def _join_platform(role: str) -> None:
    """Join a platform in a database role, under its supervisor or on a server started or adopted.

    With DATABASE_URL no server is started, and the role is the URL's.

    :raises CannotStart: if the tables are older than this Vatio, or of another version.
    """
    if not env.text("VATIO_SUPERVISOR") and not env.text("DATABASE_URL"):
        _use(server.ensure(settings.HOME, programs=_programs()))
    if not env.text("DATABASE_URL"):
        connection.settings_dict["HOST"] = os.environ["VATIO_DATABASE_SOCKET"]
        _act_as(role)
    _ensure_current()
    clock.follow(is_demo())


def _ensure_current() -> None:
    """Refuse tables that are not those of this Vatio.

    :raises CannotStart: if they are older than this Vatio, or of another version.
    """
    if _is_older():
        raise CannotStart("The database is older than this Vatio. Run `vatio migrate` first.")


def try_mail(arguments: argparse.Namespace) -> int:
    """Send a test message to an address, now, and print that the mail server took it."""
    post.ensure_settings()
    if not settings.EMAIL_URL:
        raise CannotStart("EMAIL_URL is not set: there is no mail server to try.")
    post.try_out(arguments.address)
    say(f"The mail server took the message for {arguments.address}.")
    return 0


def try_sms(arguments: argparse.Namespace) -> int:
    """Send a text message to a number, now, and print that the gateway took it."""
    sms.ensure_settings()
    return texts.run_test(arguments, say=say)


def show_texts(arguments: argparse.Namespace) -> int:
    """Print the text messages that the demo keeps."""
    _join_running()
    return texts.run_outbox(arguments, say=say)


def migrate(_arguments: argparse.Namespace) -> int:
    """Bring the database up to date, and grant the web role its privileges."""
    with _database():
        say("The database is up to date.")
    return 0


def import_accounts(arguments: argparse.Namespace) -> int:
    """Import an organisation's portfolio from a spreadsheet, all or nothing."""
    with _database(reads_only=arguments.dry_run):
        return portfolios.run(arguments, at=clock.now(), say=say)


def show_account(arguments: argparse.Namespace) -> int:
    """Print what an account holds, uses and has left."""
    with _database():
        return entitlements.run(arguments, at=clock.now(), say=say)


def check(arguments: argparse.Namespace) -> int:
    """Recount what accounts use and their wallets, and repair what differs if asked."""
    with _database():
        return checking.run(arguments, at=clock.now(), say=say)


def import_inventory(arguments: argparse.Namespace) -> int:
    """Import the inventory of an account from a workbook, all or nothing."""
    with _database():
        return inventories.run_import(arguments, at=clock.now(), say=say)


def export_inventory(arguments: argparse.Namespace) -> int:
    """Write the inventory of an account into a workbook."""
    with _database():
        return inventories.run_export(arguments, say=say)


def import_tariffs(arguments: argparse.Namespace) -> int:
    """Import regulated prices from a file, all or nothing."""
    with _database(reads_only=arguments.dry_run):
        return tariffs.run(arguments, say=say)


def import_readings(arguments: argparse.Namespace) -> int:
    """Import a file of load curves into an account."""
    with _database(reads_only=arguments.dry_run):
        return readings.run_import(arguments, at=clock.now(), say=say, warn=_warn)


def _warn(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def sum_readings(arguments: argparse.Namespace) -> int:
    """Add up readings of an account."""
    with _database(reads_only=True):
        return readings.run_sum(arguments, say=say)


def evaluate_alerts(arguments: argparse.Namespace) -> int:
    """Look at what changed, now, and tell whom it concerns."""
    with _database():
        return alerts.run_evaluate(arguments, at=clock.now(), say=say)


def add_source(arguments: argparse.Namespace) -> int:
    """Add an insertion source to an account, and print its token once."""
    with _database():
        return sources.run_add(arguments, at=clock.now(), issued_at=clock.real(), say=say)


def rotate_token(arguments: argparse.Namespace) -> int:
    """Print another token of an insertion source, once."""
    with _database():
        return sources.run_rotate(arguments, at=clock.real(), say=say)


def add_line(arguments: argparse.Namespace) -> int:
    """Add an RTC line to an account; the access key comes from a file."""
    with _database():
        return lines.run_add(arguments, at=clock.now(), say=say)


def reseal_lines(arguments: argparse.Namespace) -> int:
    """Seal the access keys of all lines anew with the first of DATA_KEY."""
    with _database():
        return lines.run_reseal(arguments, say=say)


def reset_password(arguments: argparse.Namespace) -> int:
    """Print a one-time link with which a person who exists chooses a new password."""
    with _database():
        token = one_time_links.password_link(arguments.email, at=clock.real())
    say(f"{_public_address(_address()[1])}/password/{token}/")
    return 0


def demo_people(arguments: argparse.Namespace) -> int:
    """Print the people of the demo, one a line or as JSON."""
    _join_running()
    people = listed()
    connection.close()
    if not people:
        raise CannotStart("This platform is not the demo: it has no people to list.")
    if arguments.json:
        say(json.dumps([person.as_dict() for person in people], ensure_ascii=False))
        return 0
    for person in people:
        say(f"{person.email}  {person.password}  {person.role}  {person.organisation}")
    return 0


def advance_demo(arguments: argparse.Namespace) -> int:
    """Move the demo's clock forward by some days, and print what happened.

    Each day's messages leave before the next begins: the worker sees to it where there is one,
    else this command, if EMAIL_URL is set for it.
    """
    days = advancing.parse_days(arguments.days)
    with _database():
        before = advancing.totals()
        advancing.ask(days)
        if settings.EMAIL_URL:
            advancing.carry_on(_send_all, arrive=passing.on_each_day)
        else:
            _wait_for_the_worker_to_move_the_clock()
            advancing.carry_on(lambda: 0, arrive=passing.on_each_day)
        passed = advancing.since(before)
        clock.forget()
        day = clock.today(DEPARTMENT_TIME_ZONE)
    if arguments.json:
        say(json.dumps({"today": day.isoformat(), **asdict(passed)}))
        return 0
    say(
        f"{day}: {_several(passed.reminders, 'reminder')} queued,"
        f" {_several(passed.expired, 'account')} expired,"
        f" {_several(passed.lapsed, 'order')} lapsed, {_several(passed.sent, 'message')} sent."
    )
    return 0


def demo_meter(arguments: argparse.Namespace) -> int:
    """Answer as a simulated utility meter, by the demo's clock, until the process is stopped."""
    _join_running()
    is_the_demo = is_demo()
    connection.close()
    if not is_the_demo:
        raise CannotStart("This platform is not the demo: it has no use for a simulated meter.")
    clock.follow(True)
    return meters.run_meter(arguments, now=_now_once, say=say)


def _now_once() -> datetime:
    """Return the demo's time, and leave no connection to the database behind in a thread."""
    try:
        return clock.now()
    finally:
        connection.close()


def _send_all() -> int:
    """Deliver the mails and the text messages that are due, and return how many left."""
    return post.send_all().sent + sms.send_texts().sent


def _several(count: int, noun: str) -> str:
    """Return a count with its noun: 1 reminder, 2 reminders."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _wait_for_the_worker_to_move_the_clock() -> None:
    """Wait until the clock has no days to go, or no worker has been there for some seconds."""
    seen_at = time.monotonic()
    while advancing.days_to_go() and time.monotonic() - seen_at < WORKER_STARTS:
        if advancing.worker_is_there():
            seen_at = time.monotonic()
        time.sleep(0.1)


@contextmanager
def _database(*, reads_only: bool = False) -> Iterator[None]:
    """Connect a command to an up-to-date database, started for its duration unless one runs.

    A command that only reads neither makes a platform nor brings its tables up to date.

    :raises CannotStart: if it only reads, and there is no platform, or one of another version.
    """
    is_ours = not env.text("DATABASE_URL")
    if reads_only and is_ours and not (paths.folder_of(settings.HOME) / "data").exists():
        raise CannotStart(f"There is no Vatio in {settings.HOME}: start it with `vatio run`.")
    database = _start_database()
    try:
        if reads_only:
            _ensure_current()
        else:
            _bring_up_to_date()
        clock.follow(is_demo())
        yield
    finally:
        connection.close()
        if database is not None:
            database.stop()


def _join_running() -> None:
    """Connect a command to the platform that runs; nothing is started or written.

    :raises CannotStart: if it does not run, or is of another version.
    """
    if not env.text("DATABASE_URL"):
        database = server.find(settings.HOME)
        if database is None:
            raise CannotStart(f"Vatio does not run in {settings.HOME}: start it with `vatio run`.")
        _use(database)
        _act_as(OWNER)
    _ensure_current()


def _answers() -> bool:
    """Return whether a new connection to the database can be made, after two seconds at most."""
    parameters = {**connection.get_connection_params(), "connect_timeout": 2}
    try:
        psycopg.connect(**parameters).close()
    except psycopg.Error:
        return False
    return True


def _programs() -> str:
    """Return the folder of PostgreSQL's programs that VATIO_POSTGRES_BIN names, or nothing."""
    return env.text("VATIO_POSTGRES_BIN")


def _start_database(*, aloud: bool = False) -> server.Server | None:
    """Start or adopt our own server and return it; None if DATABASE_URL names another."""
    if env.text("DATABASE_URL"):
        return None
    report = say if aloud else server.keep_quiet
    database = server.ensure(settings.HOME, programs=_programs(), say=report)
    _use(database)
    _act_as(OWNER)
    return database


def _use(database: server.Server) -> None:
    """Point this process and its children to the server's socket directory."""
    os.environ["VATIO_DATABASE_SOCKET"] = str(database.socket)
    connection.settings_dict["HOST"] = str(database.socket)


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


def _bring_up_to_date() -> None:
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


def _take_web_role() -> None:
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


def _ensure_secret_key() -> None:
    """Read the key that signs sessions, or make it: if that fails, the start does.

    :raises OSError: if it cannot be read or written.
    """
    str(settings.SECRET_KEY)


def _address() -> tuple[str, int]:
    port = env.number("PORT", default=8000, least=1, most=65535)
    return env.text("VATIO_BIND", "127.0.0.1"), port


def _public_address(port: int) -> str:
    return settings.PUBLIC_URL or f"http://127.0.0.1:{port}"
