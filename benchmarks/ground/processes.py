"""Web processes and workers, as `vatio serve` and `vatio worker` start them."""

import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from vatio.postgres.authentication import OWNER, WEB
from vatio.processes.supervisor import Child

PATIENCE = 60.0
"""Seconds to wait for the first answer of a web process."""


@contextmanager
def web_processes(count: int) -> Iterator[list[int]]:
    """Run some web processes that share the database, and yield their ports."""
    children: list[Child] = []
    ports: list[int] = []
    try:
        for _ in range(count):
            ports.append(_free_port())
            os.environ["PORT"] = str(ports[-1])
            children.append(Child("serve", "web process", WEB))
            children[-1].start()
        for child, port in zip(children, ports, strict=True):
            _wait_until_it_answers(child, port)
        yield ports
    finally:
        os.environ.pop("PORT", None)
        for child in children:
            child.stop()


@contextmanager
def workers(count: int, *, mail_port: int) -> Iterator[None]:
    """Run some workers that send through a mail server on a port of this machine."""
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
    children = [Child("worker", "worker", OWNER) for _ in range(count)]
    try:
        for child in children:
            child.start()
        yield
    finally:
        os.environ.pop("EMAIL_URL", None)
        for child in children:
            child.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(child: Child, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and child.exit_code() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("a web process does not answer")
