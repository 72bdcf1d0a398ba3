"""Supervises the database, the web process, the worker and the collector until told to stop."""

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
from vatio.postgres.errors import ServerProblem
from vatio.postgres.server import Server
from vatio.processes import early

LONGEST_WAIT = 2.0
"""Most seconds from a child's end to its next start: whatever ended it may be over by now."""

PROBE = 0.5
"""Seconds between two questions whether the database answers, while a child waits for it."""

STEADY = 60.0
"""Seconds of life after which a child's next wait is the shortest again."""

PATIENCE = 60.0
"""Seconds to wait for the first answer of the web process."""

WAS_TERMINAL = os.isatty(2)


class CannotStart(Exception):
    """The platform cannot start; the message says why and what to do."""


def say(words: str) -> None:
    """Print a line; a terminal that has hung up is not an error."""
    try:
        print(words, flush=True)
    except OSError:
        return


def check_port(address: str, port: int) -> None:
    """Refuse a port that cannot be listened on.

    :raises CannotStart: naming the port and the reason.
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


class Child:
    """A supervised process: started again when it dies, after a wait that doubles up to a limit.

    `word` is its command of `vatio`, `name` what messages call it, `role` its database role.
    """

    def __init__(self, word: str, name: str, role: str) -> None:
        self.word, self.name, self.role = word, name, role
        self.process: subprocess.Popen[bytes] | None = None
        self.began = 0.0
        self.wait = 1.0
        self.again_at = 0.0

    def start(self) -> None:
        """Start the process, in a session of its own."""
        self.began = time.monotonic()
        around = {
            **os.environ,
            "VATIO_DATABASE_ROLE": self.role,
            "VATIO_SUPERVISOR": str(os.getpid()),
        }
        if self.word == "serve":
            self.process = early.take(around)
        if self.process is None:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "vatio.cli", self.word],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=around,
            )

    def exit_code(self) -> int | None:
        """Return the exit code; None while the process runs or waits to be started again."""
        return None if self.process is None else self.process.poll()

    def look_after(self, may_start: Callable[[], bool]) -> None:
        """Notice that the process died; start it again when its wait is over and it may start."""
        if self.process is None:
            if time.monotonic() >= self.again_at:
                if may_start():
                    self.start()
                else:
                    self.again_at = time.monotonic() + PROBE
            return
        if self.process.poll() is None:
            return
        if time.monotonic() - self.began > STEADY:
            self.wait = 1.0
        say(f"The {self.name} ended. It is started again in {self.wait:.0f} s.")
        self.stop()
        self.again_at = time.monotonic() + self.wait
        self.wait = min(self.wait * 2, LONGEST_WAIT)

    def stop(self) -> None:
        """Stop the process and its process group: SIGTERM and, 10 s later at most, SIGKILL."""
        if self.process is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()
        self.process = None


class Supervisor:
    """The processes of one platform, started again when they die and stopped in order.

    `answers` returns whether the database can be used, within a few seconds: without it, no
    child that died is started again.
    """

    def __init__(
        self,
        database: Server | None,
        home: Path,
        *,
        answers: Callable[[], bool],
        programs: str,
        address: str,
        port: int,
    ) -> None:
        self.database = database
        self.answers = answers
        self.home = home
        self.programs = programs
        self.address = address
        self.port = port
        self.web = Child("serve", "web process", "vatio_web")
        self.worker = Child("worker", "worker", "vatio_owner")
        self.collector = Child("collect", "collector", "vatio_owner")
        self.stopping = False
        self.printed: set[str] = set()

    def run(self, ready: Callable[[], None]) -> int:
        """Serve until a signal arrives or the terminal hangs up; return the exit code.

        `ready` is called once the pages answer.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        try:
            self.web.start()
            code = self._wait_until_it_answers()
            if code is not None:
                return code
            if not self.stopping:
                self.worker.start()
                self.collector.start()
                ready()
            return self._watch()
        finally:
            for child in (self.web, self.worker, self.collector):
                child.stop()
            if self.database is not None:
                self.database.stop()

    def _stop_soon(self, *_arguments: object) -> None:
        self.stopping = True

    def _wait_until_it_answers(self) -> int | None:
        """Wait for the first page; return an exit code if the web process will not serve it."""
        deadline = time.monotonic() + PATIENCE
        host = "127.0.0.1" if self.address in {"0.0.0.0", "::"} else self.address  # noqa: S104
        page = f"http://{f'[{host}]' if ':' in host else host}:{self.port}/healthz"
        # ALLOWED_HOSTS has this name, whatever address the pages listen on.
        request = urllib.request.Request(page, headers={"Host": "127.0.0.1"})
        while not self.stopping and time.monotonic() < deadline:
            code = self.web.exit_code()
            if code is not None:
                return code or 1
            try:
                urllib.request.urlopen(request, timeout=5).close()  # noqa: S310
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
            for child in (self.web, self.worker, self.collector):
                child.look_after(self._may_start)
            if self.database is not None and not self.database.lives():
                self._database_died()
            time.sleep(0.1)
        return 0

    def _may_start(self) -> bool:
        """Return whether a child can be started: it would only end where no database answers."""
        if self.answers():
            self.printed.clear()
            return True
        self._say_once("The database does not answer. What ended is started once it does.")
        return False

    def _database_died(self) -> None:
        """Start the database again: ours died, or an adopted one went with its supervisor.

        Each attempt waits for the lock for a second only, so that signals are obeyed in between.
        """
        self._say_once("PostgreSQL ended. It is started again; what was committed is there.")
        try:
            self.database = server.ensure(self.home, programs=self.programs, patience=1.0)
        except ServerProblem as error:
            self._say_once(str(error))
            time.sleep(1)
        else:
            self.printed.clear()

    def _say_once(self, words: str) -> None:
        """Print a line, but not again before the database is back."""
        if words not in self.printed:
            self.printed.add(words)
            say(words)


def _terminal_is_gone() -> bool:
    """Return whether standard error was a terminal that has hung up."""
    if not WAS_TERMINAL:
        return False
    poll = select.poll()
    poll.register(2, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _fd, event in poll.poll(0))
