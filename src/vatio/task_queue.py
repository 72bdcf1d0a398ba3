"""Defers tasks to the worker, by their names, and keeps the faults of its work apart."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

Row = TypeVar("Row")
Outcome = TypeVar("Outcome")


HEARD = """
(SELECT CASE WHEN heard > now() THEN now() ELSE heard END FROM (SELECT greatest(
    (SELECT max(last_heartbeat) FROM procrastinate_workers),
    (SELECT to_timestamp(max(defer_timestamp)) FROM procrastinate_periodic_defers)
) AS heard) AS last)
"""
"""SQL for when a worker was last heard of: a heartbeat or, as the row of a worker that stops in
order goes, the last periodic job that one queued; NULL if there never was a worker."""


def each_by_itself(rows: Iterable[Row], act: Callable[[Row], Outcome]) -> list[Outcome]:
    """Act on every row, those behind a row that fails too, and return what came of each.

    :raises ExceptionGroup: of what went wrong, once all rows have had their turn.
    """
    outcomes, errors = [], []
    for row in rows:
        try:
            outcomes.append(act(row))
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup(f"{len(errors)} of {len(errors) + len(outcomes)} failed", errors)
    return outcomes


def worker_heard_at() -> datetime | None:
    """Return when a worker was last heard of, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {HEARD}")
        (heard,) = cursor.fetchone()
    return heard  # type: ignore[no-any-return]


def defer(
    task: str, *, lock: str | None = None, queueing_lock: str | None = None, **arguments: int | str
) -> None:
    """Queue a job for the worker, in the transaction of the change that needs the job.

    No job is left if the transaction fails, and no worker sees the job before the commit. A
    task may run late or twice: it reads from the rows whether anything is left to do.

    :param lock: jobs of the same lock run one after the other.
    :param queueing_lock: of this one job at a time waits; while one does, none is queued.
    """
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, lock=lock, queueing_lock=queueing_lock).defer(**arguments)
