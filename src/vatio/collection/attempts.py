"""Writes down calls: that one begins, how far it is, how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import DateField, F, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from vatio.accounts.expiry import collects
from vatio.accounts.locking import AccountGone, hold
from vatio.accounts.models import Account
from vatio.collection.line_zones import ZONE
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.nights import ENDPOINT, DueLine, due_line
from vatio.collection.outcomes import CallOutcome
from vatio.dates import day_at
from vatio.readings.ranks import Origin

SEEN_EVERY = timedelta(seconds=15)
"""After which it is written down again that a call which waits is looked after."""

TAKEN_BACK = """
SELECT min(given.first_day) FROM readings_delivery given
WHERE given.account_id = %(account)s AND given.origin = %(collected)s
  AND given.taken_back_at >= coalesce((
        SELECT max(before.started_at) FROM collection_callattempt before
        WHERE before.line_id = %(line)s AND before.id <> %(attempt)s), '-infinity')
  AND given.series_ids && ARRAY(
        SELECT series.id FROM metering_series series
        JOIN metering_datapoint point ON point.id = series.data_point_id
        WHERE series.account_id = %(account)s AND point.meter_id = %(meter)s)
"""
"""The first day of what collectors brought and somebody took back since the call before."""

TO_READ = f"""
SELECT {ZONE}, meter.measured_from, ({TAKEN_BACK})
FROM metering_rtcline line
JOIN metering_supplypoint supply ON supply.id = line.supply_point_id
JOIN metering_meter meter ON meter.id = line.meter_id
JOIN accounts_account account ON account.id = line.account_id
WHERE line.id = %(line)s
"""  # noqa: S608
"""The zone of a line, the first day of its meter, and what was taken back."""


@dataclass(frozen=True)
class BegunCall:
    """A call that was begun: its attempt, how the line is reached, and what is to be read.

    `zone` is that of the meter's clock, `measured_from` the first day of the meter. A call of the
    night has an end, `closes_at`.
    """

    attempt: int
    account_id: int
    line_id: int
    meter_id: int
    settings: LineSettings = field(repr=False)
    zone: ZoneInfo
    measured_from: date | None
    began_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True)
class AskedCall:
    """A call that somebody asked for and that nobody took up: its attempt, and what is called."""

    attempt: int
    line_id: int
    account_id: int
    endpoint: str
    modem: str


ASKED = f"""
SELECT attempt.id, attempt.line_id, attempt.account_id, coalesce({ENDPOINT}, ''),
    coalesce(own.modem, '')
FROM collection_callattempt attempt
LEFT JOIN collection_linesettings own ON own.line_id = attempt.line_id
WHERE attempt.started_at IS NULL AND attempt.ended_at IS NULL
  AND (%(line)s::bigint IS NULL OR attempt.line_id = %(line)s)
ORDER BY attempt.asked_at, attempt.id
"""  # noqa: S608


def asked_calls(*, line_id: int | None = None) -> Sequence[AskedCall]:
    """Return the calls that wait for a collector, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, {"line": line_id})
        return [AskedCall(*row) for row in cursor.fetchall()]


def see_waiting(*, at: datetime) -> None:
    """Write down that a collector looks after the calls that wait, now and then."""
    CallAttempt.objects.waiting().exclude(seen_at__gt=at - SEEN_EVERY).update(seen_at=at)


@transaction.atomic
def begin_due(line: DueLine, *, at: datetime) -> BegunCall | None:
    """Begin the call of a night, if it is still due; whoever begins holds the line's lock."""
    if not _is_held(line):
        return None
    end_orphan(line.line_id, at=at)
    if CallAttempt.objects.open().filter(line_id=line.line_id).exists():
        return None  # Somebody has just asked for a call: that one is made.
    due = due_line(line.line_id, at=at)
    settings = _settings(line.line_id)
    if due is None or settings is None or not _is_reached(settings, line):
        return None
    attempt = CallAttempt.objects.create(
        account_id=line.account_id,
        organisation_id=settings.organisation_id,
        line_id=line.line_id,
        started_at=at,
        modem=settings.modem,
    )
    return _begun(attempt, settings, at=at, closes_at=due.closes_at)


@transaction.atomic
def begin_asked(asked: AskedCall, *, at: datetime) -> BegunCall | None:
    """Begin a call that was asked for, if nobody took it up or back, and it can be made.

    Whoever begins holds the line's lock.
    """
    if not _is_held(asked):
        return None
    attempt = CallAttempt.objects.select_for_update().filter(pk=asked.attempt).first()
    if attempt is None or not attempt.is_waiting:
        return None
    settings = _settings(asked.line_id)
    account = Account.objects.get(pk=asked.account_id)
    if settings is None or not collects(account, today=day_at(at, account.time_zone)):
        attempt.ended_at = at
        attempt.outcome = CallOutcome.NOT_COLLECTED if settings else CallOutcome.NOT_SET_UP
        attempt.save(update_fields=["ended_at", "outcome"])
        return None
    if not _is_reached(settings, asked):
        return None
    attempt.started_at, attempt.modem = at, settings.modem
    attempt.save(update_fields=["started_at", "modem"])
    return _begun(attempt, settings, at=at, closes_at=None)


def _is_held(line: DueLine | AskedCall) -> bool:
    """Keep the account of a line from being deleted meanwhile; return whether it is there."""
    try:
        hold(line.account_id)
    except AccountGone:
        return False
    return True


def _is_reached(settings: LineSettings, line: DueLine | AskedCall) -> bool:
    """Return whether a line is reached as it was when its turn came: so it was locked."""
    return (settings.endpoint, settings.modem) == (line.endpoint, line.modem)


def _settings(line_id: int) -> LineSettings | None:
    """Return how a line in service is reached."""
    found = LineSettings.objects.select_related("line")
    return found.filter(line_id=line_id, line__service="accepted").first()


def _begun(
    attempt: CallAttempt, settings: LineSettings, *, at: datetime, closes_at: datetime | None
) -> BegunCall:
    asked = {
        "account": attempt.account_id,
        "collected": int(Origin.COLLECTED),
        "line": settings.line_id,
        "attempt": attempt.pk,
        "meter": settings.line.meter_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(TO_READ, asked)
        zone, measured_from, taken_back = cursor.fetchone()
    if taken_back is not None:
        _go_back(settings, taken_back)
    return BegunCall(
        attempt=attempt.pk,
        account_id=attempt.account_id,
        line_id=settings.line_id,
        meter_id=settings.line.meter_id,
        settings=settings,
        zone=ZoneInfo(zone),
        measured_from=measured_from,
        began_at=at,
        closes_at=closes_at,
    )


def _go_back(settings: LineSettings, day: date) -> None:
    """Have a line read again from a day on, that of readings which were taken back."""
    for name in ("hours_until", "quarters_until"):
        until = getattr(settings, name)
        setattr(settings, name, until and min(until, day))
    settings.save(update_fields=["hours_until", "quarters_until"])


def answered(call: BegunCall, *, days: int, drift: int | None) -> None:
    """Write down that the meter answers, how many days are to be read, and what its clock says.

    :param drift: seconds by which it is ahead of ours; None if it does not tell.
    """
    _open(call).update(days=days, drift=drift)


@dataclass(frozen=True)
class ReadDay:
    """What came of a day: how many values of both curves, and how many are missing."""

    day: date
    hours: int
    quarters: int
    missing: int
    new: int
    corrected: int


def day_read(call: BegunCall, day: ReadDay) -> bool:
    """Write down what came of a day; return whether the attempt is still open."""
    came = day.day if day.hours or day.quarters else None
    changed = _open(call).update(
        days_read=F("days_read") + 1,
        hours=F("hours") + day.hours,
        quarters=F("quarters") + day.quarters,
        missing=F("missing") + day.missing,
        new=F("new") + day.new,
        corrected=F("corrected") + day.corrected,
        first_on=Coalesce("first_on", Value(came, DateField())),
        last_on=Coalesce(Value(came, DateField()), "last_on"),
    )
    return bool(changed)


def end(
    call: BegunCall, outcome: CallOutcome, *, sent: int = 0, received: int = 0, at: datetime
) -> None:
    """Write down how a call ended, and how many bytes went both ways."""
    _open(call).update(
        outcome=outcome,
        ended_at=max(at, call.began_at),
        bytes_sent=sent,
        bytes_received=received,
    )


def is_over(attempt: int) -> bool:
    """Return whether a call ended, or was taken back."""
    return not CallAttempt.objects.open().filter(pk=attempt).exists()


def running_lines() -> list[int]:
    """Return the lines of the calls that run or, as their collector died, seem to."""
    running = CallAttempt.objects.running()
    return list(running.values_list("line_id", flat=True))


def end_orphan(line_id: int, *, at: datetime) -> int:
    """End the call of a collector that died; whoever does so holds the line's lock."""
    own = CallAttempt.objects.running().filter(line_id=line_id)
    return own.update(ended_at=Greatest(F("started_at"), Value(at)), outcome=CallOutcome.STOPPED)


def _open(call: BegunCall) -> QuerySet[CallAttempt]:
    return CallAttempt.objects.open().filter(pk=call.attempt)
