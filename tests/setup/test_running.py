import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.postgres.keeping import left

RUN = [sys.executable, "-m", "vatio.cli"]


@dataclass
class Started:
    """A `vatio run` in a terminal of its own, and what it has printed."""

    pid: int
    terminal: int
    port: int
    home: Path
    printed: str = field(default="")

    def read_until(self, words: str, seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while words not in self.printed and time.monotonic() < deadline:
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.printed += os.read(self.terminal, 65536).decode()
                except OSError:
                    break
        assert words in self.printed, self.printed
        return self.printed

    def ask(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return int(answer.status)

    def end(self) -> int:
        _pid, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VATIO_")}
    return {**kept, "VATIO_HOME": str(home), "PORT": str(port), **more}


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path("/tmp") / f"vatio-run-{os.getpid()}-{time.monotonic_ns()}"
    made.mkdir()
    yield made
    assert left(made) == []
    shutil.rmtree(made)


def start(home: Path, **more: str) -> Started:
    port = free_port()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [*RUN, "run"], environment(home, port, **more))
    return Started(pid, terminal, port, home)


def vatio(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *words],
        env=environment(home, free_port(), **more),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_serves_the_demo_and_ctrl_c_three_times_leaves_nothing_and_loses_nothing(
    folder: Path,
) -> None:
    running = start(folder / "home")

    said = running.read_until("lucia.herrera@sur.example")
    assert f"http://127.0.0.1:{running.port}/" in said
    assert running.ask("/healthz") == 200
    listed = json.loads(vatio(folder / "home", "demo", "people", "--json").stdout)
    assert {person["role"] for person in listed} == {
        "commercial",
        "superadmin",
        "administrator",
        "viewer",
    }
    assert set(listed[0]) >= {"role", "organisation", "email", "password"}
    for _ in range(3):
        os.write(running.terminal, b"\x03")
        time.sleep(0.05)
    assert running.end() == 0
    assert left(folder) == []

    again = start(folder / "home", VATIO_DEMO="0")
    again.read_until("lucia.herrera@sur.example")
    os.kill(again.pid, signal.SIGTERM)
    assert again.end() == 0


def test_kill_9_of_each_part_is_survived(folder: Path) -> None:
    running = start(folder / "home")
    running.read_until("sur.example")
    data = folder / "home" / "data"
    postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])

    os.kill(postmaster, signal.SIGKILL)
    running.read_until("PostgreSQL ended")
    _eventually(lambda: running.ask("/healthz") == 200)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    for child in children:
        command = Path(f"/proc/{child}/cmdline").read_bytes()
        if b"serve" in command:
            os.kill(int(child), signal.SIGKILL)
    running.read_until("The web process ended")
    _eventually(lambda: running.ask("/healthz") == 200)
    os.kill(running.pid, signal.SIGKILL)
    running.end()
    assert left(folder) == []

    again = start(folder / "home")
    again.read_until("sur.example")
    os.kill(again.pid, signal.SIGINT)
    again.end()


def test_a_closed_terminal_takes_everything_with_it(folder: Path) -> None:
    running = start(folder / "home")
    running.read_until("sur.example")

    os.close(running.terminal)
    running.end()

    assert left(folder) == []


def test_without_the_demo_each_start_prints_a_fresh_link(folder: Path) -> None:
    links = []
    for _ in range(2):
        running = start(folder / "home", VATIO_DEMO="0")
        said = running.read_until("/first-use/")
        running.read_until("/\r\n", 5)
        links += re.findall(r"/first-use/(\S+)/", running.printed)[:1]
        assert "vatio-demo" not in said
        os.kill(running.pid, signal.SIGINT)
        running.end()

    assert len(set(links)) == 2
    refused = vatio(folder / "home", "demo", "people")
    assert refused.returncode == 1


def test_a_command_starts_the_database_for_as_long_as_it_takes(folder: Path) -> None:
    made = vatio(folder / "home", "migrate")
    refused = vatio(folder / "home", "people", "reset", "nobody@vatio.example")

    assert made.returncode == 0
    assert (refused.returncode, refused.stderr) == (
        1,
        "No hay nadie con la dirección nobody@vatio.example.\n",
    )
    assert left(folder) == []


def test_the_pages_run_as_the_web_role_and_the_wall_stands(folder: Path) -> None:
    running = start(folder / "home")
    running.read_until("sur.example")
    running.ask("/healthz")

    with psycopg.connect(
        host=str(folder / "home" / "run"), user="vatio_owner", dbname="vatio"
    ) as connection:
        users = connection.execute(
            "SELECT DISTINCT usename::text FROM pg_stat_activity WHERE datname = 'vatio'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()
    os.kill(running.pid, signal.SIGINT)
    running.end()

    assert users == [("vatio_web",)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"PORT": "abc"}, "PORT: «abc» is not a number"),
        ({"DATABASE_URL": "mysql://nowhere/x"}, "DATABASE_URL must begin with postgresql://"),
        ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}, "The database cannot be used"),
        ({"VATIO_DEMO": "perhaps"}, "VATIO_DEMO: «perhaps» is neither 1 nor 0"),
        ({"VATIO_SECRET_KEY_FILE": "/nowhere/key"}, "VATIO_SECRET_KEY_FILE: /nowhere/key"),
    ],
)
def test_what_stops_a_start_is_one_line_that_names_it(
    folder: Path, more: dict[str, str], words: str
) -> None:
    done = vatio(folder / "home", "run", **more)

    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_named_and_nothing_is_started(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = vatio(folder / "home", "run", PORT=str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert not (folder / "home" / "data").exists()


def test_a_home_that_is_a_file_is_said_in_a_line(folder: Path) -> None:
    (folder / "home").write_text("")

    done = vatio(folder / "home", "run")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_web_refuses_to_start_on_an_older_schema(folder: Path) -> None:
    assert vatio(folder / "home", "migrate").returncode == 0
    keeper = start(folder / "home", VATIO_DEMO="0")
    keeper.read_until("/first-use/")
    with psycopg.connect(
        host=str(folder / "home" / "run"), user="vatio_owner", dbname="vatio"
    ) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'people'")

    done = vatio(folder / "home", "serve")

    os.kill(keeper.pid, signal.SIGINT)
    keeper.end()
    assert done.returncode == 1
    assert "vatio migrate" in done.stderr


def _eventually(holds: object, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():  # type: ignore[operator]
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not come about in time")
