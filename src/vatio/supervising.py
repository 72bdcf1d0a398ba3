"""Keeps the database and the web process running until somebody stops us, and leaves nothing."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vatio.postgres import server
from vatio.postgres.problem import ServerProblem
from vatio.postgres.server import Server

LONGEST_WAIT = 30.0
STEADY = 60.0
PATIENCE = 60.0
WAS_TERMINAL = os.isatty(2)


class CannotStart(Exception):
    """The platform cannot start; the message says why and what to do."""


def say(words: str) -> None:
    """Print a line; a terminal that has gone away is no reason to fail."""
    try:
        print(words, flush=True)
    except OSError:
        return


def check_port(address: str, port: int) -> None:
    """Refuse a port that somebody else listens on.

    :raises CannotStart: naming the port.
    """
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {address} cannot be used: {error.strerror}."
                " Stop what uses it, or choose another with PORT."
            ) from None


class Supervisor:
    """The processes of one platform, started again when they die and stopped in order."""

    def __init__(self, database: Server | None, home: Path, *, address: str, port: int) -> None:
        self.database = database
        self.home = home
        self.address = address
        self.port = port
        self.web: subprocess.Popen[bytes] | None = None
        self.stopping = False
        self.began = 0.0
        self.wait = 1.0

    def run(self, ready: Callable[[], None]) -> int:
        """Serve until a signal, or until the terminal goes away; tell the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        try:
            self._start_web()
            code = self._wait_until_it_answers()
            if code is not None:
                return code
            if not self.stopping:
                ready()
            return self._watch()
        finally:
            self._stop_web()
            if self.database is not None:
                self.database.stop()

    def _stop_soon(self, *_arguments: object) -> None:
        self.stopping = True

    def _start_web(self) -> None:
        self.began = time.monotonic()
        self.web = subprocess.Popen(
            [sys.executable, "-m", "vatio.cli", "serve"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={
                **os.environ,
                "VATIO_DATABASE_ROLE": "vatio_web",
                "VATIO_SUPERVISED": "1",
            },
        )

    def _wait_until_it_answers(self) -> int | None:
        """Wait for the first page; tell an exit code if it will never come."""
        deadline = time.monotonic() + PATIENCE
        host = "127.0.0.1" if self.address in {"0.0.0.0", "::"} else self.address  # noqa: S104
        while not self.stopping and time.monotonic() < deadline:
            if self.web is not None and self.web.poll() is not None:
                return self.web.returncode or 1
            try:
                urllib.request.urlopen(f"http://{host}:{self.port}/healthz", timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            else:
                return None
        if self.stopping:
            return None
        say("The web process does not answer.")
        return 1

    def _watch(self) -> int:
        while not self.stopping and not _terminal_is_gone():
            if self.web is not None and self.web.poll() is not None:
                self._web_died()
            if self.database is not None and not self.database.lives():
                self._database_died()
            time.sleep(0.1)
        return 0

    def _web_died(self) -> None:
        """Start the web process again, after a wait that grows while it keeps dying."""
        if time.monotonic() - self.began > STEADY:
            self.wait = 1.0
        say(f"The web process ended. It is started again in {self.wait:.0f} s.")
        self._stop_web()
        until = time.monotonic() + self.wait
        while time.monotonic() < until and not self.stopping:
            time.sleep(0.1)
        self.wait = min(self.wait * 2, LONGEST_WAIT)
        if not self.stopping:
            self._start_web()

    def _database_died(self) -> None:
        """Start the database again: ours died, or whoever ran the one we used has stopped."""
        say("PostgreSQL ended. It is started again; what was committed is there.")
        try:
            self.database = server.ensure(self.home)
        except ServerProblem as problem:
            say(str(problem))
            time.sleep(1)

    def _stop_web(self) -> None:
        """Stop the web process with all of its workers."""
        if self.web is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.web.pid, number)
            except ProcessLookupError:
                break
            try:
                self.web.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue
        self.web.wait()
        self.web = None


def _terminal_is_gone() -> bool:
    """Tell whether standard error was a terminal, and has hung up."""
    if not WAS_TERMINAL:
        return False
    poll = select.poll()
    poll.register(2, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _fd, event in poll.poll(0))
