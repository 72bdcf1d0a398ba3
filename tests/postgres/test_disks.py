from pathlib import Path

import pytest

from tests.postgres.keeping import hold, only_root, refused

pytestmark = pytest.mark.processes

MOUNT = 'mount -t tmpfs -o "$1" vatio "$2" && shift 2 && exec "$@"'
FILL = """
import os, sys
from pathlib import Path
import psycopg
from vatio.postgres import server
from vatio.postgres.errors import ServerProblem

home = Path(sys.argv[1])
running = server.ensure(home)
here = dict(host=str(running.socket), user="vatio_owner", dbname="vatio", autocommit=True)
with psycopg.connect(**here) as connection:
    connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    with (home / "ballast").open("wb") as ballast:
        try:
            while True:
                ballast.write(bytes(65536))
                ballast.flush()
        except OSError:
            pass
    # Only the write-ahead log may stop a server: its next segment needs 16 MB.
    try:
        while True:
            connection.execute("SELECT pg_logical_emit_message(false, 'log', repeat('x', 900000))")
    except psycopg.Error:
        pass
running.process.wait()
try:
    server.ensure(home)
except ServerProblem as problem:
    print(problem)
(home / "ballast").unlink()
again = server.ensure(home)
with psycopg.connect(**here) as connection:
    print(connection.execute("SELECT count(*), sum(number) FROM kept").fetchone())
again.stop()
"""


def on_disk(home: Path, options: str) -> tuple[str, ...]:
    """Mount a disk on a home, for one command and what it starts."""
    home.mkdir()
    return ("unshare", "--mount", "--", "sh", "-c", MOUNT, "sh", options, str(home))


@only_root
def test_a_disk_that_fills_while_it_runs_costs_no_committed_row(home: Path) -> None:
    holder = hold(home, under=on_disk(home, "size=110m"), script=FILL)

    said, error = holder.communicate(timeout=60)

    assert error == ""
    assert said.splitlines() == [
        f"The disk is full: PostgreSQL did not start. Make room in {home}.",
        "(1000, 500500)",
    ]


@only_root
def test_a_disk_without_room_for_the_data_is_said_in_a_line(home: Path) -> None:
    line = refused(hold(home, under=on_disk(home, "size=10m")))

    assert line == f"The disk is full: PostgreSQL did not start. Make room in {home}."


@only_root
def test_a_disk_that_can_only_be_read_is_said_in_a_line(home: Path) -> None:
    line = refused(hold(home, under=on_disk(home, "ro")))

    assert line == f"{home}: Read-only file system. Choose another folder with VATIO_HOME."
