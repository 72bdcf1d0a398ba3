import os
import signal
import time
from pathlib import Path

import pytest

from tests.postgres.keeping import left
from tests.setup.running import eventually, start, vatio
from vatio.postgres import binaries, server

pytestmark = pytest.mark.processes

MAKE = ("make", "--directory", str(Path(__file__).resolve().parents[2]), "run")


def postmaster_of(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_whoever_adopted_the_database_takes_over_when_its_first_keeper_is_killed(
    folder: Path,
) -> None:
    named = folder / "programs"
    named.symlink_to(binaries.find())
    home = folder / "home"
    supervisor = start(home, VATIO_DEMO="0")
    supervisor.read_until("/first-use/")
    adopter = start(home, VATIO_DEMO="0", VATIO_POSTGRES_BIN=str(named))
    adopter.read_until("/first-use/")
    first = postmaster_of(home)

    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.end()
    adopter.read_until("PostgreSQL ended")
    eventually(lambda: adopter.ask("/healthz") == 200)

    assert postmaster_of(home) != first
    command = Path(f"/proc/{postmaster_of(home)}/cmdline").read_bytes().split(b"\0")
    assert command[0] == os.fsencode(named / "postgres")
    os.kill(adopter.pid, signal.SIGINT)
    assert adopter.end() == 0


def test_under_make_everything_goes_with_a_closed_terminal(folder: Path) -> None:
    running = start(folder / "home", words=MAKE, VATIO_DEMO="0", MAKEFLAGS="", MAKELEVEL="")
    running.read_until("/first-use/")

    os.close(running.terminal)
    running.end()

    assert left(folder) == []
    assert not (folder / "home" / "data" / "postmaster.pid").exists()


def test_ctrl_c_in_the_first_start_ends_it_quietly_and_leaves_nothing(folder: Path) -> None:
    home = folder / "home"
    running = start(home, VATIO_DEMO="0")
    eventually(lambda: bool(list(home.glob("data.new-*"))))
    began = time.monotonic()

    os.write(running.terminal, b"\x03")
    code = running.end()

    assert code == 130
    assert time.monotonic() - began < 20
    assert left(folder) == []
    said = os.read(running.terminal, 65536).decode()
    assert "Traceback" not in said


def test_another_database_is_found_whatever_libpq_would_be_told(folder: Path) -> None:
    given = server.ensure(folder / "given")
    url = f"postgresql://vatio_owner@/vatio?host={given.socket}"
    alien = {
        "PGSERVICE": "nowhere",
        "PGSSLMODE": "verify-full",
        "PGOPTIONS": "-c nothing=1",
        "PGHOST": "nowhere.example",
        "PGPORT": "1",
        "PGUSER": "nobody",
    }

    done = vatio(folder / "home", "migrate", DATABASE_URL=url, **alien)
    given.stop()

    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n"), done.stderr
    assert not (folder / "home" / "data").exists()
