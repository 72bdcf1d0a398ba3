"""Tells whether mail leaves, and since when and why it does not.

Text messages do not count: they live an hour, and their account's page says what became of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from vatio.notifications.models import Message
from vatio.notifications.smtp import ANSWER
from vatio.task_queue import HEARD

SILENCE = timedelta(minutes=3)
"""For how long no worker may be heard of: each tells of itself every ten seconds."""

PATIENCE = timedelta(minutes=10)
"""For how long a message may wait while no other leaves either."""

OVERDUE = timedelta(minutes=1)
"""After how long a due message counts as one that nobody takes: senders look every ten seconds."""

# What waits for its next attempt counts if the server could not be reached; a message that the
# server answered with a code waits for a reason of its own.
READ = f"""
SELECT {HEARD}, count(*), min(queued_at), min(stuck_since), max(last_error),
       EXISTS (SELECT FROM notifications_message
               WHERE state = '{Message.State.SENT}' AND settled_at > %(recently)s
                 AND channel = '{Message.Channel.EMAIL}')
FROM (SELECT queued_at,
             CASE WHEN next_attempt_at <= %(overdue)s THEN next_attempt_at
                  WHEN last_error <> '' AND last_error !~ %(answer)s THEN queued_at
             END AS stuck_since,
             CASE WHEN last_error !~ %(answer)s THEN last_error ELSE '' END AS last_error
      FROM notifications_message
      WHERE state = '{Message.State.QUEUED}' AND channel = '{Message.Channel.EMAIL}') AS waiting
"""  # noqa: S608


class Reason(StrEnum):
    """Why no message leaves."""

    NO_WORKER = "no worker"
    NOT_TAKEN = "not taken"


@dataclass(frozen=True)
class Outflow:
    """What waits to leave, when a worker was last heard of, and whether anything leaves.

    `stopped_since` and `reason` are None while messages leave, or none has waited for long.
    """

    heard_at: datetime | None
    waiting: int
    oldest_at: datetime | None
    last_error: str
    stopped_since: datetime | None
    reason: Reason | None


def look(*, at: datetime, real: datetime, even_since: datetime, has_server: bool) -> Outflow:
    """Return how messages leave at an instant `at` of the platform's clock.

    Nothing leaves if no worker has been heard of for `SILENCE`, or if there is a mail server
    and a message has waited for `PATIENCE` in which no other was sent. A message that the
    server refused for now does not count: the server is there.

    :param real: the same instant on the wall clock, by which workers are heard of.
    :param even_since: since when `at` goes on at the pace of `real`: what waited over a move of
        the demo's clock has waited from then on only.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ, {"recently": at - PATIENCE, "overdue": at - OVERDUE, "answer": ANSWER})
        heard, waiting, oldest, stuck, last_error, flows = cursor.fetchone()
    heard_at = heard + (at - real) if heard else None
    since = reason = None
    silent_since = heard_at or (max(oldest, even_since) if oldest else at)
    if at - silent_since > SILENCE:
        since, reason = silent_since, Reason.NO_WORKER
    elif stuck and has_server and not flows and at - max(stuck, even_since) > PATIENCE:
        since, reason = max(stuck, even_since), Reason.NOT_TAKEN
    return Outflow(heard_at, waiting, oldest, last_error or "", since, reason)
