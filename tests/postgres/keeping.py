"""Holds real servers in processes of their own, queries them, and lists what is left of them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from vatio.postgres import server

ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
HOLD = """
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored
from vatio.postgres import server
held = server.ensure(Path(sys.argv[1]))
print(held.socket, held.process is not None, flush=True)
sys.stdin.read()
held.stop()
"""
CONNECT = "import psycopg, sys; psycopg.connect(host=sys.argv[1], user='vatio', dbname='vatio')"


def left(folder: Path, *, seconds: float = 5) -> list[str]:
    """Return the command lines of processes that use a folder, after some seconds to end.

    A backend's command line names no folder: its working directory tells.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = [
            _command(process)
            for process in Path("/proc").glob("[0-9]*")
            if process.name != str(os.getpid()) and _is_about(process, folder)
        ]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def _is_about(process: Path, folder: Path) -> bool:
    try:
        about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        return os.fsencode(folder) in about or Path(os.readlink(process / "cwd")).is_relative_to(
            folder
        )
    except OSError:
        return False


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return f"process {process.name}"


def open_as(running: server.Server) -> psycopg.Connection:
    return psycopg.connect(
        host=str(running.socket), user="vatio_owner", dbname="vatio", connect_timeout=5
    )


def ask(running: server.Server, question: str) -> object:
    with open_as(running) as connection:
        answer = connection.execute(question).fetchone()  # type: ignore[arg-type]
        return answer and answer[0]


def remember(running: server.Server) -> None:
    with open_as(running) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")


def postmaster(running: server.Server) -> int:
    return int((running.paths.data / "postmaster.pid").read_text().splitlines()[0])


def hold(
    home: Path,
    uid: int | None = None,
    *,
    under: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
    script: str = HOLD,
) -> subprocess.Popen[str]:
    """Hold a server in a process of its own, as `vatio run` does.

    The process may run as another uid, under a command that takes something away
    from it, or with an environment of its own.
    """
    variables = dict(os.environ) if environment is None else environment
    return subprocess.Popen(
        [*under, interpreter(uid), "-c", script, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**variables, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        **becoming(uid),  # type: ignore[call-overload]
    )


def refused(holder: subprocess.Popen[str]) -> str:
    """Return the line with which a start was refused."""
    _said, error = holder.communicate(timeout=60)
    assert holder.returncode == 1, error
    kind, _colon, line = error.strip().splitlines()[-1].partition(": ")
    assert kind == "vatio.postgres.errors.ServerProblem", error
    return line


def becoming(uid: int | None) -> dict[str, object]:
    return {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}


def interpreter(uid: int | None) -> str:
    """Return a Python of our version that a user can run: ours may be in root's home."""
    script = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for found in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([found, "-c", script], cwd="/", **becoming(uid)).returncode == 0:  # type: ignore[call-overload]
                return found
        except OSError:
            continue
    pytest.skip("an ordinary user can run no Python of this version here")
