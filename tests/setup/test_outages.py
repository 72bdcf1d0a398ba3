import json
import os
import select
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from tests.setup.running import Started, eventually, start, vatio
from vatio.postgres import server as postgres

pytestmark = pytest.mark.processes

SOON = 5.0
"""Seconds in which everything is back, once the fault is over."""

START = 12.0
"""Seconds that a process may take to start besides, on a machine that does other things too."""


def children(running: Started, word: bytes) -> list[int]:
    names = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    return [int(name) for name in names if word in Path(f"/proc/{name}/cmdline").read_bytes()]


def is_ready(running: Started, *, heard_after: float) -> bool:
    """Ask the pages whether a worker has been heard of since a moment.

    What is printed is read meanwhile: a terminal that nobody reads stops whoever writes to it.
    """
    while select.select([running.terminal], [], [], 0)[0]:
        running.printed += os.read(running.terminal, 65536).decode()
    address = f"http://127.0.0.1:{running.port}/readyz"
    with urllib.request.urlopen(address, timeout=10) as answer:
        told = json.load(answer)["worker_last_heard_of"]
    return told is not None and datetime.fromisoformat(told).timestamp() >= int(heard_after)


def seconds_until(holds: Callable[[], bool]) -> float:
    began = time.monotonic()
    eventually(holds, seconds=40)
    return time.monotonic() - began


@contextmanager
def stopped_by_signal(running: Started) -> Iterator[Started]:
    try:
        yield running
    finally:
        os.kill(running.pid, signal.SIGTERM)
        running.end()


@pytest.mark.parametrize("seconds", [1, 12])
def test_after_an_outage_of_the_database_everything_is_back_in_five_seconds(
    folder: Path, seconds: int
) -> None:
    given = postgres.ensure(folder / "given")
    url = f"postgresql://vatio_owner@/vatio?host={given.socket}"
    with stopped_by_signal(start(folder / "home", DATABASE_URL=url)) as running:
        running.read_until("/first-use/")
        eventually(lambda: is_ready(running, heard_after=time.time() - 30))
        worker = children(running, b"worker")

        given.stop()
        time.sleep(seconds)
        given = postgres.ensure(folder / "given")
        over = time.time()

        assert seconds_until(lambda: is_ready(running, heard_after=over)) < SOON
        assert children(running, b"worker") == worker
    given.stop()


def test_a_worker_killed_again_and_again_is_back_in_five_seconds_each_time(folder: Path) -> None:
    with stopped_by_signal(start(folder / "home", VATIO_DEMO="0")) as running:
        running.read_until("/first-use/")
        for _death in range(5):
            eventually(lambda: len(children(running, b"worker")) == 1)
            time.sleep(0.5)
            killed = children(running, b"worker")
            os.kill(killed[0], signal.SIGKILL)

            took = seconds_until(lambda: children(running, b"worker") not in ([], killed))

            assert took < SOON
        over = time.time()
        assert seconds_until(lambda: is_ready(running, heard_after=over)) < SOON + START


def test_a_database_killed_again_and_again_takes_nothing_along(folder: Path) -> None:
    with stopped_by_signal(start(folder / "home", VATIO_DEMO="0")) as running:
        running.read_until("/first-use/")
        for _death in range(3):
            eventually(lambda: is_ready(running, heard_after=time.time() - 30))
            pid = int((folder / "home/data/postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            over = time.time() + 1

            assert seconds_until(lambda: is_ready(running, heard_after=over)) < SOON + START


def test_a_worker_whose_connections_were_cut_goes_on(folder: Path) -> None:
    with stopped_by_signal(start(folder / "home", VATIO_DEMO="0")) as running:
        running.read_until("/first-use/")
        eventually(lambda: is_ready(running, heard_after=time.time() - 30))
        with psycopg.connect(
            host=str(folder / "home" / "run"), user="vatio", dbname="vatio", autocommit=True
        ) as database:
            row = database.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE usename = 'vatio_owner'"
            ).fetchone()
        assert row is not None
        assert row[0] >= 2
        over = time.time()

        assert seconds_until(lambda: is_ready(running, heard_after=over)) < SOON


def test_a_worker_that_never_reached_the_database_says_why_and_ends(folder: Path) -> None:
    done = vatio(folder / "home", "worker", DATABASE_URL="postgresql://u@127.0.0.1:1/x")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
