import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.setup.running import RUN, environment, eventually, free_port
from vatio.processes import early

pytestmark = pytest.mark.processes


def alive(home: Path) -> list[int]:
    """List the processes that were started for a home folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                around = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"VATIO_HOME={home}".encode() in around:
                found.append(int(entry.name))
    return found


def test_what_was_begun_is_told_to_go_on_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VATIO_HOME", str(tmp_path))
    early.begin()

    taken = early.take({"VATIO_HOME": str(tmp_path), "VATIO_SUPERVISOR": "1", "PATH": "no"})

    assert taken is not None
    assert early.take({}) is None
    early.drop()
    assert taken.poll() is None
    taken.kill()
    taken.wait()


def test_what_was_begun_in_vain_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VATIO_HOME", str(tmp_path))
    early.begin()

    early.drop()

    assert alive(tmp_path) == []
    assert early.take({}) is None


def test_one_that_has_ended_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VATIO_HOME", str(tmp_path))
    monkeypatch.setenv("PORT", "abc")
    early.begin()
    assert early._Early.process is not None
    eventually(lambda: bool(alive(tmp_path)))
    early._Early.process.kill()
    early._Early.process.wait()

    assert early.take({}) is None


@pytest.mark.parametrize("after", [0.05, 1.0])
def test_a_start_that_is_killed_leaves_nothing_that_waits(tmp_path: Path, after: float) -> None:
    starting = subprocess.Popen(
        [*RUN, "run"], env=environment(tmp_path, free_port()), stdout=subprocess.DEVNULL
    )
    time.sleep(after)

    os.kill(starting.pid, signal.SIGKILL)
    starting.wait()

    eventually(lambda: alive(tmp_path) == [])


def test_a_wrong_setting_is_said_once_and_nothing_stays(tmp_path: Path) -> None:
    done = subprocess.run(
        [*RUN, "run"],
        env={**environment(tmp_path, free_port()), "PORT": "abc"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert alive(tmp_path) == []


def test_a_web_process_of_its_own_waits_for_nobody(tmp_path: Path) -> None:
    env = environment(tmp_path, free_port(), DATABASE_URL="postgresql://u@127.0.0.1:1/x")

    done = subprocess.run(
        [sys.executable, "-m", "vatio.cli", "serve"],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert "The database cannot be used" in done.stderr
