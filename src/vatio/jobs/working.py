"""Runs a worker, which begins anew by itself when it loses its database."""

import logging
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error, connection
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from vatio import env
from vatio.jobs import mending

PROBE = 1.0
"""Seconds from one question to the database to the next."""


class _This:
    """The number that procrastinate knows this worker by, 0 before its first job.

    A worker that begins anew is told in VATIO_WORKER_BEFORE which one it was.
    """

    number = 0


def run(*, grace: float) -> None:
    """Work until told to stop; then give running jobs some seconds to end."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    _strike_off_the_one_before()
    threading.Thread(target=_watch, name="watch", daemon=True).start()
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    working = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    working.run_worker(
        concurrency=4,
        delete_jobs="successful",
        fetch_job_polling_interval=5.0,
        shutdown_graceful_timeout=grace,
        stalled_worker_timeout=mending.STALLED,
        worker_middleware=[_remember_number],
    )


def begins_anew() -> bool:
    """Return whether this process worked before, and lost its database."""
    return bool(env.text("VATIO_WORKER_BEFORE"))


async def _remember_number(
    work: Callable[[], Awaitable[Any]], _context: JobContext, worker: Worker
) -> Any:
    _This.number = worker.worker_id or 0
    return await work()


def _strike_off_the_one_before() -> None:
    """Free the jobs that this process held when it lost its database: nobody does them now."""
    number = int(env.text("VATIO_WORKER_BEFORE") or 0)
    if number:
        with connection.cursor() as cursor:
            cursor.execute("SELECT procrastinate_unregister_worker_v1(%s)", [number])
    mending.mend()
    connection.close()


def _watch() -> None:
    """Mend dead jobs from time to time; begin the process anew once the database is lost.

    procrastinate would wait for its own connections, for a minute or for ever, and hold on to
    jobs that it cannot settle.
    """
    mended_at = time.monotonic()
    while True:
        time.sleep(PROBE)
        try:
            if time.monotonic() - mended_at >= mending.EVERY:
                mending.mend()
                mended_at = time.monotonic()
            else:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
        except Error:
            os.environ["VATIO_WORKER_BEFORE"] = str(_This.number)
            os.execv(sys.executable, [sys.executable, "-m", "vatio.cli", "worker"])  # noqa: S606
