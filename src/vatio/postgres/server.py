"""Starts the server of a home folder, or adopts the one that runs there, and stops it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from vatio.postgres import authentication, binaries, environment, errors, initdb, paths
from vatio.postgres.errors import ServerProblem
from vatio.postgres.owner import Owner, choose
from vatio.postgres.paths import Paths

PATIENCE = 60.0
QUIET = 1.0
WAITING = "The last server is still ending its work. This start waits for it."
WITH_PARENT = ("setpriv", "--pdeathsig", "INT", "--")
TRANSIENT = ("starting up", "recover", "shutting down", "not yet accepting")


class Server:
    """A running server: ours, if `process` is known, else one that somebody else started."""

    def __init__(self, where: Paths, process: subprocess.Popen[bytes] | None) -> None:
        self.place = where
        self.process = process

    @property
    def socket(self) -> Path:
        """The folder of its socket."""
        return self.place.run

    def lives(self) -> bool:
        """Tell whether the server still runs."""
        if self.process is not None:
            return self.process.poll() is None
        return not _is_free(self.place.lock)

    def stop(self) -> None:
        """Stop the server if it is ours; it ends after its backends."""
        if self.process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT):
            self.process.send_signal(number)
            try:
                self.process.wait(PATIENCE)
                return
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


def keep_quiet(_words: str) -> None:
    """Say nothing: a command's own words are all that it prints."""


def ensure(
    home: Path,
    *,
    programs: str = "",
    patience: float = PATIENCE,
    say: Callable[[str], None] = keep_quiet,
) -> Server:
    """Give the running server of a home folder, started or adopted, with its roles and database.

    The lock is inherited by the server and all of its backends: while it is taken
    the server starts or runs; once it is free none of them lives, and whatever
    pid file or socket is left is stale. Whoever has better things to do than to
    wait for the lock asks again later, with less patience.

    :raises ServerProblem: if it cannot run, saying why and what to do.
    """
    environment.forget_libpq()
    home = home.absolute()
    paths.prepare_home(home)
    found = binaries.find(programs)
    try:
        with _one_at_a_time(home):
            return _ensure(home, found, patience, say)
    except OSError as error:
        raise errors.of_system(error, paths.folder_of(home)) from None


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Let one start at a time choose who runs the server: two might choose differently.

    The lock is the folder's own, held by nobody who has died, and by none of the
    server's processes.
    """
    folder = os.open(home, os.O_RDONLY)
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServerProblem(
                        f"{home}: another start has been going on for a minute. Stop it first."
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(folder)


def _ensure(home: Path, found: Path, patience: float, say: Callable[[str], None]) -> Server:
    folder = paths.folder_of(home)
    owner = choose(folder, found)
    if not (folder / "data").exists():
        folder = paths.reachable(home, owner)
    found = paths.reachable_binaries(found, owner)
    where = paths.lay_out(folder, owner)
    if folder != home:
        say(f"The data are kept in {folder}: the server cannot enter {home}.")
    return _start_or_adopt(where, owner, found, patience, say)


def _start_or_adopt(
    where: Paths, owner: Owner, programs: Path, patience: float, say: Callable[[str], None]
) -> Server:
    began = time.monotonic()
    told = False
    while True:
        lock = os.open(where.lock, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            if _answers(where):
                return Server(where, None)
        else:
            try:
                initdb.ensure(where, owner, programs, lock)
                begun = where.log.stat().st_size
                server = Server(where, _launch(where, owner, programs, lock))
            finally:
                os.close(lock)
            return _brought_up(server, begun)
        waited = time.monotonic() - began
        if waited > patience:
            raise ServerProblem(
                f"{where.folder} is locked by a server that does not answer. See {where.log}."
            )
        if waited > QUIET and not told:
            say(WAITING)
            told = True
        time.sleep(0.1)


def _launch(where: Paths, owner: Owner, programs: Path, lock: int) -> subprocess.Popen[bytes]:
    for stale in (where.data / "postmaster.pid", *where.run.glob(f"{paths.SOCKET}*")):
        stale.unlink(missing_ok=True)
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={where.run}",
        "port=5432",
        "dynamic_shared_memory_type=mmap",
        "huge_pages=off",
        "timezone=UTC",
        "log_timezone=UTC",
        "lc_messages=C",
        *authentication.write(where, owner),
    ]
    if owner.uid is not None:
        settings.append("unix_socket_permissions=0777")
    dying = WITH_PARENT if owner.may(f"{' '.join(WITH_PARENT)} true") else ()
    command = [*owner.prefix, *dying, programs / "postgres", "-D", where.data]
    for setting in settings:
        command += ["-c", setting]
    with where.log.open("ab") as log:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment.for_children(),
            start_new_session=True,
            pass_fds=[lock],
            **owner.becoming(),
        )


def _brought_up(server: Server, begun: int) -> Server:
    """Wait until the server can be used; one that cannot is stopped."""
    try:
        _wait_until_ready(server, begun)
        _settle(server.place)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_until_ready(server: Server, begun: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        if server.process is not None and server.process.poll() is not None:
            raise errors.of_server(errors.last_words(server.place.log, begun), server.place.log)
        try:
            _connect(server.place, "postgres").close()
        except psycopg.OperationalError as error:
            if any(word in str(error) for word in TRANSIENT):
                deadline = max(deadline, time.monotonic() + PATIENCE)
            if time.monotonic() > deadline:
                raise ServerProblem(
                    f"PostgreSQL does not answer. The log is {server.place.log}."
                ) from None
            time.sleep(0.05)
        else:
            return


def _settle(where: Paths) -> None:
    """Make the roles and the database, if they are not there yet."""
    with _connect(where, "postgres") as connection:
        connection.autocommit = True
        connection.execute(authentication.ROLES)
        known = connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [authentication.DATABASE]
        ).fetchone()
        if known is None:
            connection.execute(
                f"CREATE DATABASE {authentication.DATABASE} OWNER {authentication.OWNER}"
            )


def _connect(where: Paths, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(where.run),
        port=5432,
        user=authentication.SUPERUSER,
        dbname=database,
        connect_timeout=5,
    )


def _answers(where: Paths) -> bool:
    """Tell whether the server that holds the lock is up, is ours, and has its database."""
    try:
        with _connect(where, authentication.DATABASE) as connection:
            told = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return told is not None and Path(str(told[0])) == where.data


def _is_free(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
