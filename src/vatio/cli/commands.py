"""The commands of `vatio` but those of the demo, a function each."""

import argparse
import sys
import time
from contextlib import nullcontext
from functools import partial

from django.conf import settings
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connection
from django.utils.translation import gettext as _

from vatio import clock, env, web_server
from vatio.cli import (
    alerts,
    checking,
    collecting,
    entitlements,
    inventories,
    joining,
    lines,
    portfolios,
    readings,
    sources,
    tariffs,
    texts,
)
from vatio.demo import called_meters, loading, welcome
from vatio.jobs import post, working
from vatio.jobs import texts as sms
from vatio.people import one_time_links
from vatio.postgres.authentication import OWNER, WEB
from vatio.processes import early
from vatio.processes.supervisor import CannotStart, Supervisor, check_port, say
from vatio.refusal import Refused
from vatio.tenants.platform import is_demo
from vatio.translations import compile_catalogue

GRACE = 8
"""Seconds in which a worker may finish its jobs when it stops: fewer than its supervisor waits."""


def run(_arguments: argparse.Namespace) -> int:
    """Start the database, migrate, load the demo into an empty database, and serve."""
    post.ensure_settings()
    sms.ensure_settings()
    address, port = _address()
    check_port(address, port)
    _ensure_secret_key()
    database = joining.start(aloud=True)
    try:
        joining.bring_up_to_date()
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
        answers=joining.answers,
        programs=joining.programs(),
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
    joining.end_with_supervisor()
    check_port(address, port)
    _ensure_secret_key()
    joining.as_role(WEB)
    if env.text("DATABASE_URL"):
        joining.take_web_role()
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
    joining.end_with_supervisor()
    if working.begins_anew():
        _wait_for_database()
    joining.as_role(OWNER)
    compile_catalogue()
    working.run(grace=GRACE)
    return 0


def collect(arguments: argparse.Namespace) -> int:
    """Call RTC lines: for ever, once, or one of them; any number of collectors may run."""
    if arguments.line:
        with joining.database():
            return collecting.run_line(
                arguments.line,
                now=clock.now,
                as_json=arguments.json,
                say=say,
                beside=_beside_collector(),
            )
    if arguments.once:
        with joining.database():
            return collecting.run_once(
                now=clock.now, as_json=arguments.json, say=say, beside=_beside_collector()
            )
    if arguments.now:
        raise Refused(_("Say which line: `vatio collect --line ID --now`."))
    joining.end_with_supervisor()
    joining.as_role(OWNER)
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
    if not joining.answers():
        say("The database does not answer. The worker goes on once it does.")
        while not joining.answers():
            time.sleep(0.5)


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
    joining.running()
    return texts.run_outbox(arguments, say=say)


def migrate(_arguments: argparse.Namespace) -> int:
    """Bring the database up to date, and grant the web role its privileges."""
    with joining.database():
        say("The database is up to date.")
    return 0


def import_accounts(arguments: argparse.Namespace) -> int:
    """Import an organisation's portfolio from a spreadsheet, all or nothing."""
    with joining.database(reads_only=arguments.dry_run):
        return portfolios.run(arguments, at=clock.now(), say=say)


def show_account(arguments: argparse.Namespace) -> int:
    """Print what an account holds, uses and has left."""
    with joining.database():
        return entitlements.run(arguments, at=clock.now(), say=say)


def check(arguments: argparse.Namespace) -> int:
    """Recount what accounts use and their wallets, and repair what differs if asked."""
    with joining.database():
        return checking.run(arguments, at=clock.now(), say=say)


def import_inventory(arguments: argparse.Namespace) -> int:
    """Import the inventory of an account from a workbook, all or nothing."""
    with joining.database():
        return inventories.run_import(arguments, at=clock.now(), say=say)


def export_inventory(arguments: argparse.Namespace) -> int:
    """Write the inventory of an account into a workbook."""
    with joining.database():
        return inventories.run_export(arguments, say=say)


def import_tariffs(arguments: argparse.Namespace) -> int:
    """Import regulated prices from a file, all or nothing."""
    with joining.database(reads_only=arguments.dry_run):
        return tariffs.run(arguments, say=say)


def import_readings(arguments: argparse.Namespace) -> int:
    """Import a file of load curves into an account."""
    with joining.database(reads_only=arguments.dry_run):
        return readings.run_import(arguments, at=clock.now(), say=say, warn=_warn)


def _warn(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def sum_readings(arguments: argparse.Namespace) -> int:
    """Add up readings of an account."""
    with joining.database(reads_only=True):
        return readings.run_sum(arguments, say=say)


def evaluate_alerts(arguments: argparse.Namespace) -> int:
    """Look at what changed, now, and tell whom it concerns."""
    with joining.database():
        return alerts.run_evaluate(arguments, at=clock.now(), say=say)


def add_source(arguments: argparse.Namespace) -> int:
    """Add an insertion source to an account, and print its token once."""
    with joining.database():
        return sources.run_add(arguments, at=clock.now(), issued_at=clock.real(), say=say)


def rotate_token(arguments: argparse.Namespace) -> int:
    """Print another token of an insertion source, once."""
    with joining.database():
        return sources.run_rotate(arguments, at=clock.real(), say=say)


def add_line(arguments: argparse.Namespace) -> int:
    """Add an RTC line to an account; the access key comes from a file."""
    with joining.database():
        return lines.run_add(arguments, at=clock.now(), say=say)


def reseal_lines(arguments: argparse.Namespace) -> int:
    """Seal the access keys of all lines anew with the first of DATA_KEY."""
    with joining.database():
        return lines.run_reseal(arguments, say=say)


def reset_password(arguments: argparse.Namespace) -> int:
    """Print a one-time link with which a person who exists chooses a new password."""
    with joining.database():
        token = one_time_links.password_link(arguments.email, at=clock.real())
    say(f"{_public_address(_address()[1])}/password/{token}/")
    return 0


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
