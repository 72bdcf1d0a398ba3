"""Runs things at the same moment, each in a thread with its own connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from vatio.refusal import Refused

Result = TypeVar("Result")


def together(deeds: Sequence[Callable[[], Result]]) -> tuple[list[Result], list[Refused]]:
    """Start all deeds at once; give what those returned that succeeded, and the refusals."""
    start = Barrier(len(deeds))

    def do(deed: Callable[[], Result]) -> Result | Refused:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return deed()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        outcomes = list(threads.map(do, deeds))
    done = [outcome for outcome in outcomes if not isinstance(outcome, Refused)]
    return done, [outcome for outcome in outcomes if isinstance(outcome, Refused)]
