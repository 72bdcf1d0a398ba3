"""How RTC lines stand: whether they answer, fail and since when, or were never called."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from vatio.collection.models import CallAttempt
from vatio.collection.outcomes import ANSWERED, CallOutcome
from vatio.metering.models import RtcLine

LATELY = timedelta(hours=36)
"""A line whose last answer is older than this was not called last night.

Calls are 24 hours apart but for the width of the night, and a night has 10 hours at most.
"""

NO_CALL = (
    CallOutcome.NOT_TAKEN,
    CallOutcome.NOT_COLLECTED,
    CallOutcome.STOPPED,
    CallOutcome.NOT_SET_UP,
)
"""Ends that say nothing of the line: nobody called, or we stopped calling."""


class LineStanding(TextChoices):
    """How a line stands; each line in service stands in exactly one of these ways."""

    ANSWERED = "answered", _("Answers")
    FAILING = "failing", _("Does not answer")
    OVERDUE = "overdue", _("Not called lately")
    NEVER = "never", _("Never called")
    NOT_SET_UP = "not_set_up", _("Not set up")


def with_standing(lines: QuerySet[RtcLine], *, at: datetime) -> QuerySet[Any]:
    """Return lines with what their lists show; it is read in the statement that reads them.

    `read_until` is the day up to which, not including it, the hourly curve was read; `answered_at`
    when the last call that was answered began, `last_called_at` and `last_outcome` are of the
    last call at all, `failing_since` is when the first call began of those that failed since the
    last answer: null where the last call was answered. `standing` is a `LineStanding`.
    """
    calls = CallAttempt.objects.filter(line=OuterRef("pk"))
    made = calls.filter(started_at__isnull=False, ended_at__isnull=False)
    made = made.exclude(outcome__in=NO_CALL)
    answered, last = calls.filter(outcome__in=ANSWERED).order_by("-id"), made.order_by("-id")
    known: dict[str, Any] = {
        "read_until": F("settings__hours_until"),
        "last_called_at": Subquery(last.values("started_at")[:1]),
        "last_outcome": Subquery(last.values("outcome")[:1]),
        "answered_at": Subquery(answered.values("started_at")[:1]),
        "answered_by": Coalesce(Subquery(answered.values("id")[:1]), 0),
    }
    failed = made.filter(id__gt=OuterRef("answered_by")).order_by("id")
    return (
        lines.annotate(**known)
        .annotate(failing_since=Subquery(failed.values("started_at")[:1]))
        .annotate(standing=_standing(at))
    )


def standing_of(line: RtcLine, *, at: datetime) -> Any:
    """Return a line again, with what `with_standing` knows of it."""
    return with_standing(RtcLine.objects.filter(pk=line.pk), at=at).get()


def _standing(at: datetime) -> Case:
    return Case(
        *(
            When(condition, then=Value(standing.value))
            for condition, standing in (
                (Q(settings__isnull=True), LineStanding.NOT_SET_UP),
                (Q(failing_since__isnull=False), LineStanding.FAILING),
                (Q(answered_at__isnull=True), LineStanding.NEVER),
                (Q(answered_at__lt=at - LATELY), LineStanding.OVERDUE),
            )
        ),
        default=Value(LineStanding.ANSWERED.value),
        output_field=CharField(),
    )
