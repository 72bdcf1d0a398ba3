"""Asks for a call of a line at once, and takes that back while no collector has taken it up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import lock
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.outcomes import CallOutcome
from vatio.metering.models import RtcLine
from vatio.metering.tokens import ensure_collects
from vatio.refusal import Refused
from vatio.tenants.models import Person

MOST_ASKED = 20
"""How many calls of an account may be asked for within `ASKED_WITHIN`."""

ASKED_WITHIN = timedelta(hours=1)

LONGEST_WAIT = timedelta(minutes=10)
"""For how long a call that was asked for waits for a collector; then it is not made."""

LONGEST_QUEUE = timedelta(hours=2)
"""For how long it waits for its modem or its meter, while collectors look after it."""


class CannotBeCalled(Refused):
    """The line is not in service, or it is not said how it is called."""


class CalledAlready(Refused):
    """The line is being called, or waits for it."""


class TooManyAsked(Refused):
    """The account has asked for as many calls as it may in an hour."""


@transaction.atomic
def ask(line: RtcLine, *, by: Person | None, at: datetime) -> CallAttempt:
    """Ask for a call of a line at once: the collector takes it up within seconds.

    :param by: None if a command asks, which no number of calls an hour limits.
    :raises NotCollecting: if the account's readings are not collected at `at`.
    :raises CannotBeCalled, CalledAlready, TooManyAsked: as they say.
    """
    lock(line.account)
    ensure_collects(line.account, at=at)
    ensure_can_be_called(line)
    close_those_not_taken(line=line, at=at)
    if CallAttempt.objects.open().filter(line=line).exists():
        raise CalledAlready(_("This line is being called, or is about to be."))
    if by is not None:
        _ensure_not_too_many(line, at=at)
    return CallAttempt.objects.create(
        account_id=line.account_id,
        organisation_id=line.organisation_id,
        line=line,
        asked_by=by,
        asked_at=at,
    )


def withdraw(attempt: CallAttempt) -> bool:
    """Take back a call that was asked for, and return whether nobody had taken it up yet."""
    own = CallAttempt.objects.waiting().filter(pk=attempt.pk)
    return bool(own.delete()[0])


def close_those_not_taken(*, line: RtcLine | None = None, at: datetime) -> int:
    """End the calls, of a line or of all, that waited for too long; return how many.

    Those that no collector looks after any more, and those whose modem or meter is never free.
    """
    untaken = Q(asked_at__lt=at - LONGEST_WAIT) & ~Q(seen_at__gte=at - LONGEST_WAIT)
    own = CallAttempt.objects.waiting().filter(untaken | Q(asked_at__lt=at - LONGEST_QUEUE))
    outcome = Case(
        When(seen_at__isnull=False, then=Value(CallOutcome.IN_USE)),
        default=Value(CallOutcome.NOT_TAKEN),
    )
    own = own if line is None else own.filter(line=line)
    return own.update(ended_at=at, outcome=outcome)


def ensure_can_be_called(line: RtcLine) -> None:
    """Refuse a line that nobody could call.

    :raises CannotBeCalled: if it is not in service, or it is not said how it is called.
    """
    if not RtcLine.objects.in_service().filter(pk=line.pk).exists():
        raise CannotBeCalled(_("This line is not in service."))
    if not LineSettings.objects.filter(line=line).exists():
        raise CannotBeCalled(_("It is not said how this line is called."))


def _ensure_not_too_many(line: RtcLine, *, at: datetime) -> None:
    asked = CallAttempt.objects.filter(account_id=line.account_id, asked_by__isnull=False)
    if asked.filter(asked_at__gt=at - ASKED_WITHIN).count() >= MOST_ASKED:
        raise TooManyAsked(
            _("%(most)s calls of this account were asked for within an hour: wait a little.")
            % {"most": MOST_ASKED}
        )
