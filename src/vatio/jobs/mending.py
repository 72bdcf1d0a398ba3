"""Takes up the jobs of workers that died, each by itself.

Every worker does so beside its jobs, and not in one: a job can die with its worker, or wait for a
place behind the very jobs that it is to mend.
"""

import logging

from django.db import Error, IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

logger = logging.getLogger("vatio.jobs")

STALLED = 30
"""Seconds without a heartbeat after which a worker counts as dead."""

EVERY = 15
"""Seconds from one look at the jobs to the next."""

# The worker's row goes when it stops in order, and when another worker starts after its death.
DEAD = f"""
FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '{STALLED} seconds')
"""


def mend() -> int:
    """Take up every job whose worker is dead, and return how many there were.

    What cannot be taken up is logged, and hides none of the jobs behind it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT job.id {DEAD} ORDER BY job.id")
        numbers = [number for (number,) in cursor.fetchall()]
    mended = 0
    for number in numbers:
        try:
            mended += _take_up(number)
        except Error:
            logger.exception("The job %s cannot be taken up.", number)
    return mended


@transaction.atomic
def _take_up(number: int) -> bool:
    """Queue a dead job again, or delete it where another already waits to do the same.

    Either frees its lock. Return False if another worker is taking it up, or has done so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT job.id {DEAD} AND job.id = %s FOR UPDATE OF job SKIP LOCKED", [number]
        )
        if cursor.fetchone() is None:
            return False
        try:
            with transaction.atomic():
                cursor.execute(
                    "SELECT procrastinate_retry_job_v2(%s, NULL, NULL, NULL, NULL)", [number]
                )
        except IntegrityError as error:
            if not isinstance(error.__cause__, UniqueViolation):
                raise
            # A queueing lock allows one waiting job.
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'aborted', true)", [number])
    return True
