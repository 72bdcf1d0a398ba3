"""Runs the command `vatio` as people do: in a terminal of its own, or for one answer."""

import os
import pty
import select
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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


def start(home: Path, *, words: Sequence[str] = (*RUN, "run"), **more: str) -> Started:
    """Run `vatio run`, or what runs it, as the leader of a terminal of its own."""
    port = free_port()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(words[0], words, environment(home, port, **more))
    return Started(pid, terminal, port, home)


def vatio(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *words],
        env=environment(home, free_port(), **more),
        capture_output=True,
        text=True,
        timeout=120,
    )


def eventually(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not come about in time")
