"""The process that reads a file: `python -m vatio.spreadsheets.files.child`, the file on stdin.

It limits itself before it looks at the first byte, and writes what it read as lines of JSON: a
sheet's name, its rows some at a time, and at last that it is done, or why it could not go on.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable, Iterator

from vatio.spreadsheets.files import delimited, kinds, ods, xls, xlsx
from vatio.spreadsheets.files.cells import CannotRead, Sheet, packed

MEMORY = 512 * 1024 * 1024
SECONDS = 20
LONGEST = 60
"""Seconds after which it ends, whether it had the processor or waited."""

MOST_LINES = 200_000
MOST_COLUMNS = 500
MOST_WRITTEN = 300_000_000
AT_A_TIME = 500

Output = Callable[[dict[str, object]], None]
KINDS: dict[str, Callable[[bytes], Iterator[Sheet]]] = {
    "text": delimited.sheets,
    "xlsx": xlsx.sheets,
    "ods": ods.sheets,
    "xls": xls.sheets,
}


def main() -> None:
    """Read the file on stdin, and write what it holds on stdout."""
    _limit()
    write = _output()
    try:
        content = sys.stdin.buffer.read()
        _write_sheets(KINDS[kinds.kind_of(content)](content), write)
        write({"done": True})
    except CannotRead as refused:
        write({"refused": refused.code, "line": refused.line})
    except MemoryError:
        write({"refused": "memory"})
    except BrokenPipeError:
        return
    except BaseException:
        # Whatever a library raises on a file that nobody meant it to read, a panic of Rust too.
        write({"refused": "damaged"})
    sys.stdout.buffer.flush()


def _limit() -> None:
    signal.alarm(LONGEST)
    # Where both limits of time are the same, the kernel kills, and nobody knows why.
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CPU, SECONDS, SECONDS + 2),
        (resource.RLIMIT_AS, MEMORY, MEMORY),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            continue


def _write_sheets(sheets: Iterator[Sheet], write: Output) -> None:
    lines = 0
    for sheet in sheets:
        write({"sheet": sheet.name, "hidden": sheet.hidden, "typed": sheet.typed})
        lines = lines if sheet.typed else 0
        some: list[tuple[int, bool, list[object]]] = []
        end: dict[str, object] = {"end": True}
        try:
            for row in sheet.rows:
                lines += 1
                if lines > MOST_LINES:
                    raise CannotRead("lines")
                if len(row.cells) > MOST_COLUMNS:
                    raise CannotRead("columns", line=row.number)
                some.append((row.number, row.hidden, row.cells))
                if len(some) == AT_A_TIME:
                    write({"rows": some})
                    some = []
        except CannotRead as wrong:
            if sheet.typed or wrong.code not in delimited.OF_ONE_DELIMITER:
                raise
            end = {"wrong": wrong.code, "line": wrong.line}
        write({"rows": some})
        write(end)


def _output() -> Output:
    written = 0

    def write(message: dict[str, object]) -> None:
        nonlocal written
        line = json.dumps(message, default=packed).encode() + b"\n"
        written += len(line)
        if written > MOST_WRITTEN and "rows" in message:
            raise CannotRead("large")
        sys.stdout.buffer.write(line)

    return write


if __name__ == "__main__":
    main()
