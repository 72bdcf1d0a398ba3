import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.notifications.postbox import open_postbox
from tests.setup.running import environment, free_port, start

pytestmark = pytest.mark.processes


def wait_for(what: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert what()


def workers(home: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                around = (entry / "environ").read_bytes()
            except OSError:
                continue
            if b"worker" in command and f"VATIO_HOME={home}".encode() in around:
                found.append(int(entry.name))
    return found


def test_messages_leave_by_themselves_and_a_killed_worker_comes_back(folder: Path) -> None:
    with open_postbox() as box:
        started = start(folder / "home", EMAIL_URL=f"smtp://127.0.0.1:{box.port}")
        started.read_until("viewer")
        wait_for(lambda: len(box.mails) > 0)
        first = workers(folder / "home")
        os.kill(first[0], signal.SIGKILL)
        started.read_until("The worker ended")
        wait_for(lambda: bool(set(workers(folder / "home")) - set(first)))

        os.kill(started.pid, signal.SIGTERM)
        assert started.end() == 0

    assert workers(folder / "home") == []
    assert len(box.ids) == len(set(box.ids))


def test_mail_is_tried_from_the_command_line(folder: Path) -> None:
    command = [sys.executable, "-m", "vatio.cli", "mail", "test", "ana@norte.example"]

    with open_postbox() as box:
        tried = subprocess.run(
            command,
            env=environment(
                folder, free_port(), EMAIL_URL=f"smtp://127.0.0.1:{box.port}", EMAIL_SENDER="a@b.es"
            ),
            capture_output=True,
            text=True,
        )
    without = subprocess.run(
        command, env=environment(folder, free_port()), capture_output=True, text=True
    )
    nobody = subprocess.run(
        command,
        env=environment(folder, free_port(), EMAIL_URL=f"smtp://127.0.0.1:{box.port}"),
        capture_output=True,
        text=True,
    )

    assert (tried.returncode, tried.stdout.strip()) == (
        0,
        "The mail server took the message for ana@norte.example.",
    )
    assert box.mails[0]["To"] == "ana@norte.example"
    assert (without.returncode, nobody.returncode) == (1, 1)
    assert "EMAIL_URL" in without.stderr
    assert nobody.stderr.startswith("The mail server: ")
