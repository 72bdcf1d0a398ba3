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


@pytest.mark.parametrize("word", [["run"], ["serve"], ["worker"], ["mail", "test", "a@b.es"]])
@pytest.mark.parametrize(
    "wrong", [{"EMAIL_SENDER": "Vatio"}, {"EMAIL_URL": "mail.example"}], ids=lambda each: min(each)
)
def test_nothing_starts_with_a_setting_of_mail_that_cannot_be_used(
    folder: Path, word: list[str], wrong: dict[str, str]
) -> None:
    tried = subprocess.run(
        [sys.executable, "-m", "vatio.cli", *word],
        env=environment(folder, free_port(), **wrong),
        capture_output=True,
        text=True,
    )

    assert tried.returncode == 1
    assert tried.stderr.startswith(min(wrong))
    assert tried.stderr.count("\n") == 1


@pytest.mark.parametrize("address", ["íñigo@faro.example", "nadie", "a@b.es\nBcc: c@d.es"])
def test_a_trial_to_what_no_server_takes_says_so_in_one_line(folder: Path, address: str) -> None:
    tried = subprocess.run(
        [sys.executable, "-m", "vatio.cli", "mail", "test", address],
        env=environment(folder, free_port(), EMAIL_URL="smtp://127.0.0.1:1"),
        capture_output=True,
        text=True,
    )

    assert tried.returncode == 1
    assert tried.stderr.count("\n") == 1
    assert "Traceback" not in tried.stderr


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
