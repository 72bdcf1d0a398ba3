"""Runs web processes of Vatio on the database of the tests, and speaks to them byte by byte."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from tests.database import HOME
from tests.setup.running import RUN, environment, free_port


@dataclass
class Served:
    """A web process, and the file that it logs to."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self, timeout: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def ask(self, sent: bytes, timeout: float = 20) -> bytes:
        """Send bytes as they are, and return all that comes back until the connection ends."""
        with self.connect(timeout) as asking:
            asking.sendall(sent)
            asking.shutdown(socket.SHUT_WR)
            return everything(asking)

    def get(self, path: str, *headers: str, timeout: float = 20) -> bytes:
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
        return self.ask("\r\n".join([*lines, "", ""]).encode("latin-1"), timeout)

    def logged(self) -> str:
        return self.log.read_text()


def everything(asking: socket.socket) -> bytes:
    got = b""
    while part := asking.recv(65536):
        got += part
    return got


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def database_url() -> str:
    """Return the address of the test's database, for a process of its own."""
    database = connection.settings_dict
    return f"postgresql://vatio_owner@/{database['NAME']}?host={database['HOST']}"


@contextmanager
def serving(address: str = "127.0.0.1", **more: str) -> Iterator[Served]:
    """Start a web process, and end it after the test. It needs a test that commits."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*RUN, "serve"],
                env=environment(
                    HOME, port, DATABASE_URL=database_url(), VATIO_BIND=address, **more
                ),
                stdout=out,
                stderr=out,
            )
        try:
            _wait(process, address, port)
            yield Served(process, port, log)
        finally:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the web process does not answer")
