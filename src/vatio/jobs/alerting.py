"""Follows readings with the alerts that look at them, and tells what has to be told."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

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
    """Evaluate and tell; a fault of a rule keeps nobody's months from being written.

    Nor does it keep other accounts from being told: after a fault each is evaluated by itself.
    """
    at = clock.now()
    try:
        return _evaluate_together(changes, at=at)
    except Exception:
        logger.exception("Alerts could not be evaluated; each account is evaluated by itself.")
    by_account: dict[int, list[ChangedSeries]] = defaultdict(list)
    for each in changes:
        by_account[each.account_id].append(each)
    return sum(_evaluate_alone(own, at=at) for own in by_account.values())


@transaction.atomic
def _evaluate_together(changes: Sequence[ChangedSeries], *, at: datetime) -> int:
    return telling.tell(evaluating.evaluate(changes, at=at), at=at)


def _evaluate_alone(changes: Sequence[ChangedSeries], *, at: datetime) -> int:
    """Evaluate and tell of an account; where that fails, its rules begin anew the next time."""
    try:
        return _evaluate_together(changes, at=at)
    except Exception:
        logger.exception("Alerts of account %s begin anew the next time.", changes[0].account_id)
        evaluating.forget(changes, at=at)
        return 0


def _send(told: int) -> None:
    """Let messages leave at once."""
    if told:
        task_queue.defer("send", lock="send-1", queueing_lock="send-1", timestamp=0)
