"""What stops the server from running, said in one line."""

import errno
import re
from pathlib import Path

STAMP = re.compile(r"^[\d-]+ [\d:.]+ \w+ \[\d+\] ")

TURNED_AWAY = re.compile(r"FATAL:\s+the database system is ")
"""What it answers to whoever asks too early, us among them: no reason of its own."""


class ServerProblem(Exception):
    """The embedded server cannot run; the message says why and what to do."""


def of_server(words: str, log: Path) -> ServerProblem:
    """Say why the server did not start, from its own words."""
    if "No space left on device" in words:
        return _full(log.parent)
    return ServerProblem(f"PostgreSQL did not start: {words}. The log is {log}.")


def of_system(error: OSError, folder: Path) -> ServerProblem:
    """Say what the system refused in a folder of ours."""
    if error.errno == errno.ENOSPC:
        return _full(folder)
    return ServerProblem(
        f"{error.filename or folder}: {error.strerror}. Choose another folder with VATIO_HOME."
    )


def last_words(log: Path, begun: int) -> str:
    """Read what the server said last in its log, from where this start began."""
    with log.open("rb") as written:
        written.seek(begun)
        lines = written.read().decode(errors="replace").splitlines()
    told = [
        line
        for line in lines
        if ("FATAL" in line or "PANIC" in line) and not TURNED_AWAY.search(line)
    ]
    return STAMP.sub("", (told or lines or ["it ended without a word"])[0])


def _full(folder: Path) -> ServerProblem:
    return ServerProblem(f"The disk is full: PostgreSQL did not start. Make room in {folder}.")
