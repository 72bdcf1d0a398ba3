"""Starts the process that reads a file, and takes what it writes, for as long as it may live."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any

from vatio.spreadsheets.files.cells import CannotRead, Sheet, SheetRow, unpacked

PATIENCE = 40.0
"""Seconds that the process may live; it ends by itself after 20 s of work, sooner as a rule."""

LONGEST_MESSAGE = 64 * 1024 * 1024
MOST_TAKEN = 1_000_000_000
KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
"""What it is told of the environment: no address and no secret."""

PROGRAM = "vatio.spreadsheets.files.child"


def sheets(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a file as a process of its own reads them.

    Each has to be read before the next is asked for; the process ends with the iteration.

    :raises CannotRead: if the file cannot be read, or reading takes too much memory or time.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", PROGRAM],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
    clock = threading.Timer(PATIENCE, process.kill)
    clock.start()
    try:
        yield from _sheets(_messages(process, clock))
    finally:
        clock.cancel()
        process.kill()
        if process.stdout is not None:
            process.stdout.close()
        process.wait()


def _sheets(messages: Iterator[dict[str, Any]]) -> Iterator[Sheet]:
    for about in messages:
        rows = _rows(messages)
        yield Sheet(about["sheet"], rows, hidden=about["hidden"], typed=about["typed"])
        for _unread in rows:
            continue


def _rows(messages: Iterator[dict[str, Any]]) -> Iterator[SheetRow]:
    """Yield the rows of a sheet.

    :raises CannotRead: at their end, if the text cannot be split at this delimiter.
    """
    for message in messages:
        if "wrong" in message:
            raise CannotRead(message["wrong"], line=message["line"])
        if "end" in message:
            return
        for number, hidden, cells in message["rows"]:
            yield SheetRow(number, [_cell(cell) for cell in cells], hidden)


def _cell(cell: object) -> object:
    return unpacked(*cell) if isinstance(cell, list) else cell


def _messages(process: subprocess.Popen[bytes], clock: threading.Timer) -> Iterator[dict[str, Any]]:
    """Yield what the process writes until it is done.

    :raises CannotRead: if it says why it cannot go on, or ends without a word.
    """
    assert process.stdout is not None
    taken = 0
    while True:
        line = process.stdout.readline(LONGEST_MESSAGE)
        taken += len(line)
        if taken > MOST_TAKEN:
            raise CannotRead("large")
        if not line.endswith(b"\n"):
            raise CannotRead(_cause(process, clock))
        message = json.loads(line)
        if "refused" in message:
            raise CannotRead(message["refused"], line=message.get("line", 0))
        if "done" in message:
            return
        yield message


def _cause(process: subprocess.Popen[bytes], clock: threading.Timer) -> str:
    """Return why the process ended without a word: memory or time ran out, or it crashed."""
    code = -process.wait()
    if clock.finished.is_set() or code in {signal.SIGXCPU, signal.SIGALRM}:
        return "time"
    return "memory" if code in {signal.SIGABRT, signal.SIGKILL} else "damaged"
