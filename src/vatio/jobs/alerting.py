"""Follows readings with the alerts that look at them, and tells what has to be told."""

import logging
from collections.abc import Sequence

from django.db import transaction

from vatio import clock, task_queue
from vatio.alerts import evaluating, retired, silence, sleeping, telling, unanswered
from vatio.readings import following
from vatio.readings.following import ChangedSeries

logger = logging.getLogger("vatio.jobs")


def follow() -> int:
    """Bring up to date what follows from changed series; return how many they were."""
    told = 0

    def also(changes: Sequence[ChangedSeries]) -> None:
        nonlocal told
        told += _evaluate(changes)

    followed = following.follow(also=also)
    _send(told)
    return followed


def look() -> int:
    """Do what time brings: silences, days that are over, terms, and what waited to be told.

    Return how many episodes were told of.
    """
    at = clock.now()
    sleeping.follow_terms(at=at)
    unanswered.watch_lines(at=at)
    retired.close_retired(at=at)
    with transaction.atomic():
        accounts = silence.sweep(at=at) | evaluating.close_periods(at=at)
        told = telling.tell(accounts, at=at)
    told += telling.tell_waiting(at=at)
    _send(told)
    return told


def _evaluate(changes: Sequence[ChangedSeries]) -> int:
    """Evaluate and tell; a fault of a rule keeps nobody's months from being written."""
    at = clock.now()
    try:
        with transaction.atomic():
            return telling.tell(evaluating.evaluate(changes, at=at), at=at)
    except Exception:
        logger.exception("Alerts could not be evaluated; their rules begin anew the next time.")
        evaluating.forget(changes, at=at)
        return 0


def _send(told: int) -> None:
    """Let messages leave at once."""
    if told:
        task_queue.defer("send", lock="send-1", queueing_lock="send-1", timestamp=0)
