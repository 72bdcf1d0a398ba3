"""Begins the web process before the database is there, so that both start at the same time.

Importing what a page needs takes longest. The web process does so while `vatio run` imports its
own part, starts the database and looks at the tables; then it waits to be told to go on.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping


class _Early:
    """The process that was begun and has not been taken yet."""

    process: "subprocess.Popen[bytes] | None" = None


def begin() -> None:
    """Begin the web process; it ends by itself if this process ends first."""
    _Early.process = subprocess.Popen(
        [sys.executable, "-m", "vatio.cli", "serve"],
        stdin=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "VATIO_EARLY": "1"},
    )


def take(environment: Mapping[str, str]) -> "subprocess.Popen[bytes] | None":
    """Tell the process that was begun to go on, in this environment, and return it, once.

    Returns None if there is none, or it has ended.
    """
    process, _Early.process = _Early.process, None
    if process is None or process.stdin is None or process.poll() is not None:
        return None
    ours = {name: value for name, value in environment.items() if name.startswith("VATIO_")}
    try:
        process.stdin.write(json.dumps(ours).encode() + b"\n")
        process.stdin.close()
    except OSError:
        process.kill()
        process.wait()
        return None
    return process


def drop() -> None:
    """End the process that was begun, if nothing came of the start."""
    process, _Early.process = _Early.process, None
    if process is not None:
        process.kill()
        process.wait()


def wait() -> None:
    """Wait, in a process that was begun early, to be told to go on; end if nothing comes of it."""
    if os.environ.get("VATIO_EARLY") is None:
        return
    del os.environ["VATIO_EARLY"]
    told = sys.stdin.readline()
    if not told:
        sys.exit(1)
    os.environ.update(json.loads(told))
