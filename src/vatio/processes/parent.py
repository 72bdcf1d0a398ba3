"""Ends a process with its parent, so that a kill leaves no process behind."""

import ctypes
import os
import signal
import threading
import time
from contextlib import suppress

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, *, within: float) -> None:
    """Have this process told to stop when its parent ends, and gone some seconds later.

    The kernel tells it (SIGTERM; prctl(2), on Linux only). What was told to stop may hang on a
    database that ended with the parent, so the process exits by itself after that.

    `parent` is the number that the parent gave for itself: one that ended before this process
    could ask is nobody's parent any more, and would never be missed.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        time.sleep(within)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
