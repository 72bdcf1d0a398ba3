"""The reasons why the server cannot run, each in one line."""

import errno
import re
from pathlib import Path

STAMP = re.compile(r"^[\d-]+ [\d:.]+ \w+ \[\d+\] ")

CANNOT_CONNECT_NOW = re.compile(r"FATAL:\s+the database system is ")
"""What the server logs when a client connects too early (our probe does; SQLSTATE 57P03): never
the cause of a failed start."""


class ServerProblem(Exception):
    """The embedded server cannot run; the message says why and what to do."""


def of_server(words: str, log: Path) -> ServerProblem:
    """Return the error for a server that did not start, from the server's own words."""
    if "No space left on device" in words:
        return _full(log.parent)
    return ServerProblem(f"PostgreSQL did not start: {words}. The log is {log}.")


def of_system(error: OSError, folder: Path) -> ServerProblem:
    """Return the error for what the operating system refused in one of our folders."""
    if error.errno == errno.ENOSPC:
        return _full(folder)
    return ServerProblem(
        f"{error.filename or folder}: {error.strerror}. Choose another folder with VATIO_HOME."
    )


def last_words(log: Path, offset: int) -> str:
    """Return the cause of a failed start from the server's log, read from a byte offset on.

    The cause is the first FATAL or PANIC line or, without one, the first line.
    """
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode(errors="replace").splitlines()
    fatal = [
        line
        for line in lines
        if ("FATAL" in line or "PANIC" in line) and not CANNOT_CONNECT_NOW.search(line)
    ]
    return STAMP.sub("", (fatal or lines or ["it ended without a word"])[0])


def _full(folder: Path) -> ServerProblem:
    return ServerProblem(f"The disk is full: PostgreSQL did not start. Make room in {folder}.")
