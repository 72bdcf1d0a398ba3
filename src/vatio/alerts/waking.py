"""Wakes the job that follows readings as soon as something came that a rule may look at."""

from django.db import connection

from vatio import task_queue

TASK = "follow_readings"

IS_WANTED = """
SELECT EXISTS (SELECT FROM alerts_alertrule
        WHERE account_id = %(account)s AND removed_at IS NULL AND NOT asleep)
    AND NOT EXISTS (SELECT FROM procrastinate_jobs
        WHERE queueing_lock = %(task)s AND status = 'todo')
"""


def wake(account_id: int) -> None:
    """Queue the job that follows readings, unless nobody looks at the account or one waits.

    It is called once the readings are committed: whoever queues a job holds the place of the
    one that waits, and others who store readings would wait for that transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(IS_WANTED, {"account": account_id, "task": TASK})
        (is_wanted,) = cursor.fetchone()
    if is_wanted:
        task_queue.defer(TASK, queueing_lock=TASK, timestamp=0)
