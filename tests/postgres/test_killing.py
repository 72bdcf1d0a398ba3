import os
import signal
import time
from pathlib import Path

import psycopg
import pytest

from tests.postgres.keeping import ask, open_as, postmaster, remember
from vatio.postgres import server
from vatio.postgres.errors import ServerProblem

pytestmark = pytest.mark.processes

COMPUTE = """
DO $$ DECLARE ends_at timestamptz := clock_timestamp() + interval '2.5 seconds'; BEGIN
    WHILE clock_timestamp() < ends_at LOOP NULL; END LOOP;
END $$
"""


def process_of(running: server.Server, kind: str) -> int:
    """Return the pid of the server process with a title, such as checkpointer."""
    first = postmaster(running)
    for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split():
        if f"postgres: {kind}" in Path(f"/proc/{pid}/cmdline").read_text():
            return int(pid)
    raise AssertionError(f"there is no {kind}")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("kind", ["checkpointer", "walwriter", "io worker", "vatio_owner"])
def test_a_killed_part_of_the_server_costs_the_connections_and_no_rows(
    home: Path, kind: str
) -> None:
    running = server.ensure(home)
    remember(running)
    first = postmaster(running)
    with open_as(running), open_as(running) as bystander:
        os.kill(process_of(running, kind), signal.SIGKILL)

        with pytest.raises(psycopg.OperationalError):
            while True:
                bystander.execute("SELECT 1")
    deadline = time.monotonic() + 10
    while True:
        try:
            kept = ask(running, "SELECT number FROM kept")
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert (kept, running.lives(), postmaster(running)) == (42, True, first)
    running.stop()


def test_a_start_waits_for_what_a_killed_postmaster_left_computing(home: Path) -> None:
    running = server.ensure(home)
    remember(running)
    told: list[str] = []
    busy = open_as(running)
    busy.pgconn.send_query(COMPUTE.encode())
    backend = busy.info.backend_pid
    os.kill(postmaster(running), signal.SIGKILL)
    running.process.wait()  # type: ignore[union-attr]
    time.sleep(0.2)
    assert is_alive(backend)

    with pytest.raises(ServerProblem, match="is locked by a server that does not answer"):
        server.ensure(home, patience=0.2)
    again = server.ensure(home, say=told.append)

    assert not is_alive(backend)
    assert ask(again, "SELECT number FROM kept") == 42
    assert told == ["The last server is still ending its work. This start waits for it."]
    busy.close()
    again.stop()
