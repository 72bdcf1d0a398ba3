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
"""Seconds to wait for the lock, for the server to be ready, or for it to stop."""

QUIET = 1.0
"""Seconds of waiting for the lock after which the caller is told so."""

WAITING = "The last server is still ending its work. This start waits for it."
WITH_PARENT = ("setpriv", "--pdeathsig", "INT", "--")
TRANSIENT = ("starting up", "recover", "shutting down", "not yet accepting")


class Server:
    """A running server: started by this process if `process` is set, else adopted."""

    def __init__(self, where: Paths, process: subprocess.Popen[bytes] | None) -> None:
        self.paths = where
        self.process = process

    @property
    def socket(self) -> Path:
        """The socket directory."""
        return self.paths.run

    def lives(self) -> bool:
        """Return whether the server still runs."""
        if self.process is not None:
            return self.process.poll() is None
        return not _is_free(self.paths.lock)

    def stop(self) -> None:
        """Stop the server if this process started it.

        A fast shutdown is tried for 60 s, then an immediate one.
        """
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
    """Print nothing: a command prints its own output only."""


def ensure(
    home: Path,
    *,
    programs: str = "",
    patience: float = PATIENCE,
    say: Callable[[str], None] = keep_quiet,
) -> Server:
    """Return the running server of a home folder, started or adopted, with its roles and database.

    The postmaster and all of its backends inherit a lock: while the lock is held the
    server starts or runs; once the lock is free none of these processes lives, and a
    postmaster.pid or socket that is left is stale. `patience` is how many seconds to
    wait for the lock: a caller with other work passes a short one, and calls again.

    :raises ServerProblem: if the server cannot run, saying why and what to do.
    """
    environment.forget_libpq()
    home = home.absolute()
    paths.prepare_home(home)
    folder = binaries.find(programs)
    try:
        with _one_at_a_time(home):
            return _ensure(home, folder, patience, say)
    except OSError as error:
        raise errors.of_system(error, paths.folder_of(home)) from None


def find(home: Path) -> Server | None:
    """Return the running server of a home folder; None if none runs. Nothing is written."""
    environment.forget_libpq()
    for where in paths.laid_out(paths.folder_of(home.absolute())):
        if not _is_free(where.lock) and _answers(where):
            return Server(where, None)
    return None


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Lock the home folder: two starts at once might choose different owners for the server.

    The kernel releases this lock when the process that holds it ends, and the server's
    processes do not inherit it.
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


def _ensure(home: Path, programs: Path, patience: float, say: Callable[[str], None]) -> Server:
    folder = paths.folder_of(home)
    owner = choose(folder, programs)
    if not (folder / "data").exists():
        folder = paths.reachable(home, owner)
    programs = paths.reachable_binaries(programs, owner)
    where = paths.lay_out(folder, owner)
    if folder != home:
        say(f"The data are kept in {folder}: the server cannot enter {home}.")
    return _start_or_adopt(where, owner, programs, patience, say)


def _start_or_adopt(
    where: Paths, owner: Owner, programs: Path, patience: float, say: Callable[[str], None]
) -> Server:
    began = time.monotonic()
    announced = False
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
                offset = where.log.stat().st_size
                server = Server(where, _launch(where, owner, programs, lock))
            finally:
                os.close(lock)
            return _brought_up(server, offset)
        waited = time.monotonic() - began
        if waited > patience:
            raise ServerProblem(
                f"{where.folder} is locked by a server that does not answer. See {where.log}."
            )
        if waited > QUIET and not announced:
            say(WAITING)
            announced = True
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
    with_parent = WITH_PARENT if owner.may(f"{' '.join(WITH_PARENT)} true") else ()
    command = [*owner.prefix, *with_parent, programs / "postgres", "-D", where.data]
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


def _brought_up(server: Server, offset: int) -> Server:
    """Wait until the server can be used, and return it; stop a server that fails."""
    try:
        _wait_until_ready(server, offset)
        _settle(server.paths)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_until_ready(server: Server, offset: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        if server.process is not None and server.process.poll() is not None:
            raise errors.of_server(errors.last_words(server.paths.log, offset), server.paths.log)
        try:
            _connect(server.paths, "postgres").close()
        except psycopg.OperationalError as error:
            if any(word in str(error) for word in TRANSIENT):
                deadline = max(deadline, time.monotonic() + PATIENCE)
            if time.monotonic() > deadline:
                raise ServerProblem(
                    f"PostgreSQL does not answer. The log is {server.paths.log}."
                ) from None
            time.sleep(0.05)
        else:
            return


def _settle(where: Paths) -> None:
    """Create the roles and the database if they do not exist."""
    with _connect(where, "postgres") as connection:
        connection.autocommit = True
        connection.execute(authentication.ROLES)
        database = connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [authentication.DATABASE]
        ).fetchone()
        if database is None:
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
    """Return whether the server that holds the lock answers, from our data directory."""
    try:
        with _connect(where, authentication.DATABASE) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(str(row[0])) == where.data


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
