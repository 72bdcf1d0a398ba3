"""What the calls of a line tell: how far one is, which were retries, and the meter's clock."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q

from vatio.collection.asking import LONGEST_QUEUE, LONGEST_WAIT
from vatio.collection.models import CallAttempt, CallAttemptSet
from vatio.collection.outcomes import ANSWERED
from vatio.metering.models import RtcLine

PATIENCE = timedelta(minutes=1)
"""A call that has waited longer than this waits for a collector that does not run."""

SAME_NIGHT = timedelta(hours=12)
"""Within this after a call at night that failed, the next one at night is its retry."""

WRONG_CLOCK = 60
"""Seconds: a meter's clock that is further ahead or behind is for the distributor to set."""


class CallProgress(StrEnum):
    """How far a call is that has not ended."""

    WAITING = "waiting"
    QUEUED = "queued"
    """A collector looks after it, and its modem or its meter is in use."""

    UNTAKEN = "untaken"
    """It has waited for so long that no collector seems to run."""

    LOST = "lost"
    """It has waited for longer than a call may: it will not be made any more."""

    CONNECTING = "connecting"
    READING = "reading"


def progress_of(call: CallAttempt, *, at: datetime) -> CallProgress | None:
    """Return how far a call is; None once it has ended."""
    if call.is_running:
        return CallProgress.READING if call.days else CallProgress.CONNECTING
    if not call.is_waiting or call.asked_at is None:
        return None
    unseen = at - (call.seen_at or call.asked_at)
    if unseen > LONGEST_WAIT or at - call.asked_at > LONGEST_QUEUE:
        return CallProgress.LOST
    if unseen > PATIENCE:
        return CallProgress.UNTAKEN
    return CallProgress.QUEUED if call.seen_at else CallProgress.WAITING


def told(line: RtcLine) -> CallAttemptSet:
    """Return the calls of a line with who asked for each, and whether it `is_retry`.

    A retry is a call at night after one at night that failed, within the same night.
    """
    earlier = CallAttempt.objects.filter(
        line=OuterRef("line"),
        asked_at__isnull=True,
        id__lt=OuterRef("id"),
        started_at__gt=OuterRef("started_at") - SAME_NIGHT,
        ended_at__isnull=False,
    ).exclude(outcome__in=ANSWERED)
    return (
        CallAttempt.objects.filter(line=line, account_id=line.account_id)
        .select_related("asked_by")
        .annotate(is_retry=Q(asked_at__isnull=True) & Exists(earlier))
    )


def drift_of(line: RtcLine) -> CallAttempt | None:
    """Return the last call that was answered and compared the meter's clock with ours."""
    compared = CallAttempt.objects.filter(
        line=line, outcome__in=ANSWERED, drift__isnull=False
    ).order_by("-id")
    return compared.first()


def is_wrong(drift: int) -> bool:
    """Return whether a clock is so wrong that the distributor is to be told."""
    return abs(drift) > WRONG_CLOCK
