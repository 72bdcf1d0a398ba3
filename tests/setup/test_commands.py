import json
import os
import signal
from pathlib import Path

import pytest

from tests.setup.running import start, vatio

pytestmark = pytest.mark.processes

HELP = [
    ("--help",),
    ("run", "--help"),
    ("demo", "--help"),
    ("demo", "advance", "--help"),
    ("accounts", "import", "--help"),
    ("mail", "test", "--help"),
    ("people", "reset", "-h"),
]


@pytest.mark.parametrize("words", HELP)
def test_help_writes_nothing_whatever_is_set(folder: Path, words: tuple[str, ...]) -> None:
    answer = vatio(folder / "home", *words, PORT="nonsense", DATABASE_URL="nonsense")

    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("usage: vatio")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("nonsense",), 2),
        (("demo", "people"), 1),
        (("demo", "people", "--json"), 1),
        (("demo", "meter", "--port", "4059"), 1),
        (("mail", "test", "ana@norte.example"), 1),
        (("accounts", "import", "x.csv", "--organisation", "Norte", "--dry-run"), 1),
    ],
)
def test_what_only_reads_writes_nothing_where_there_is_no_platform(
    folder: Path, words: tuple[str, ...], code: int
) -> None:
    answer = vatio(folder / "home", *words)

    assert (answer.returncode, answer.stdout) == (code, "")
    assert code == 2 or len(answer.stderr.strip().splitlines()) == 1
    assert list(folder.iterdir()) == []


def written(home: Path) -> dict[Path, int]:
    """Return when what lies there changed, but the log that the server writes when it likes."""
    return {path: path.stat().st_mtime_ns for path in home.iterdir() if path.name != "server.log"}


def test_the_people_of_the_demo_are_listed_while_it_runs_and_it_is_not_started_for_them(
    folder: Path,
) -> None:
    home = folder / "home"
    running = start(home)
    running.read_until("viewer")
    before = written(home)
    listed = vatio(home, "demo", "people", "--json")
    after = written(home)
    os.kill(running.pid, signal.SIGTERM)
    running.end()
    stopped = written(home)

    refused = vatio(home, "demo", "people")

    assert len(json.loads(listed.stdout)) > 4
    assert before == after
    assert refused.returncode == 1
    assert refused.stderr == f"Vatio does not run in {home}: start it with `vatio run`.\n"
    assert written(home) == stopped
