"""Which lines are to be called now: each once in 24 hours, in the window of its night.

The window is of the clock of the line's zone: that of the territory for electricity (the curves
of Spanish meters go by it), else the account's. Between two calls of nights that came to an end
there are 24 hours, less the width of the window, or the night of 23 hours: a change of the clock
neither takes a night's call away nor makes a second one, and a window that spring skips comes an
hour later. A call that failed is made again in the same window, after a wait that grows; one that
would fail for the same reason is not, unless the line was changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vatio.accounts.expiry import GRACE_DAYS
from vatio.collection.line_zones import ZONE
from vatio.collection.outcomes import CallOutcome

FINAL = (
    CallOutcome.DONE,
    CallOutcome.NOTHING_NEW,
    CallOutcome.WRONG_KEY,
    CallOutcome.WRONG_METER,
    CallOutcome.KEY_UNREADABLE,
    CallOutcome.NOT_ALLOWED,
    CallOutcome.NO_PLACE,
    CallOutcome.NO_SUCH_CURVE,
)
"""After these a line is not called again in the same night: there is nothing more, or the next
call would end alike. A key that is refused is sent once a night at most: a meter may lock."""

BUSY = (CallOutcome.IN_USE, CallOutcome.ENGAGED)
"""Calls that came too early: whoever talks to the meter will have ended soon."""

SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=1)
"""Before a call is made again: the first wait, and the last; each is twice the one before.

After a call that was broken off here the wait is as if it had not been made.
"""

LONGEST_BUSY = timedelta(minutes=16)
"""The last wait of a line that was never found but busy in its night."""

ENDPOINT = """CASE WHEN own.transport = 'modem' THEN own.telephone
    WHEN strpos(own.host, ':') > 0 THEN '[' || own.host || ']:' || own.port
    ELSE own.host || ':' || own.port END"""
"""What is called, as `LineSettings.endpoint` has it, in a statement on the settings of a line."""


def _closing(begins: str) -> str:
    """Return, in a statement, when a night closes; one that spring skips is as wide as others."""
    return f"""CASE WHEN {begins} + width > {begins} AT TIME ZONE zone AT TIME ZONE zone
        THEN ({begins} + width) AT TIME ZONE zone ELSE {begins} AT TIME ZONE zone + width END"""


DUE = f"""
WITH lines AS (
    SELECT line.id, line.account_id, {ENDPOINT} AS endpoint, own.modem, own.changed_at,
        own.night_from, own.night_until, {ZONE} AS zone,
        CASE WHEN own.night_until > own.night_from THEN own.night_until - own.night_from
             ELSE own.night_until - own.night_from + interval '24 hours' END AS width
    FROM collection_linesettings own
    JOIN metering_rtcline line ON line.id = own.line_id AND line.service = 'accepted'
    JOIN metering_supplypoint supply ON supply.id = line.supply_point_id
    JOIN accounts_account account ON account.id = line.account_id AND account.closed_at IS NULL
    WHERE (%(line)s::bigint IS NULL OR line.id = %(line)s)
      AND account.opened_on <= (%(at)s AT TIME ZONE account.time_zone)::date
      AND account.covered_until + {GRACE_DAYS} > (%(at)s AT TIME ZONE account.time_zone)::date
), at_night AS (
    SELECT lines.*, night.closes_at, night.closed_before FROM lines
    CROSS JOIN generate_series(0, 1) AS ago
    CROSS JOIN LATERAL (SELECT (%(at)s AT TIME ZONE zone)::date - ago + night_from AS begins) AS own
    CROSS JOIN LATERAL (
        SELECT begins AT TIME ZONE zone AS opens_at, {_closing("begins")} AS closes_at,
            {_closing("(begins - interval '1 day')")} AS closed_before
    ) AS night
    WHERE opens_at <= %(at)s AND %(at)s < closes_at
), due AS (
    SELECT at_night.*, coalesce(last.attempts, 0) > 0 AS is_retry, (
        SELECT max(attempt.started_at) FROM collection_callattempt attempt
        WHERE attempt.line_id = at_night.id AND attempt.asked_at IS NULL) AS called_at
    FROM at_night
    LEFT JOIN LATERAL (
        SELECT count(*) AS attempts, max(attempt.ended_at) AS ended,
            count(*) FILTER (WHERE outcome <> %(stopped)s) AS failures,
            bool_and(outcome = ANY(%(busy)s)) FILTER (WHERE outcome <> %(stopped)s) AS is_busy,
            bool_or(outcome = '') AS is_called,
            bool_or(outcome = ANY(%(final)s) AND
                (outcome IN ('done', 'nothing_new') OR started_at >= changed_at)) AS is_over
        FROM collection_callattempt attempt
        WHERE attempt.line_id = at_night.id AND attempt.asked_at IS NULL
          AND attempt.started_at > greatest(closed_before, %(at)s - interval '24 hours' + width)
    ) AS last ON true
    WHERE (last.is_over IS NOT TRUE)
      AND last.is_called IS NOT TRUE
      AND (last.ended IS NULL OR last.ended <= %(at)s - least(
            %(shortest)s * power(2, least(greatest(last.failures, 1), 12) - 1),
            CASE WHEN last.is_busy THEN %(longest_busy)s ELSE %(longest)s END))
)
SELECT id, account_id, endpoint, modem, closes_at
FROM due
ORDER BY is_retry, row_number() OVER (
    PARTITION BY account_id, modem ORDER BY is_retry, called_at NULLS FIRST, id
), called_at NULLS FIRST, id
"""  # noqa: S608


@dataclass(frozen=True)
class DueLine:
    """A line that is to be called: what is called, by which modem, and when its night ends.

    The modem is empty if it is called by IP.
    """

    line_id: int
    account_id: int
    endpoint: str
    modem: str
    closes_at: datetime


def due_lines(*, at: datetime) -> Sequence[DueLine]:
    """Return the lines that are to be called now, in an order that is fair among accounts.

    What was not called yet this night comes before what is called again: the first of every
    account, then the second of each; of an account, those that were called least lately, so that
    a night which is too short for all leaves others out than the night before. Lines of accounts
    whose readings are not collected, that are not in service, or of which it is not said how they
    are called, are none.
    """
    return _due(at=at, line=None)


def due_line(line_id: int, *, at: datetime) -> DueLine | None:
    """Return a line if it is to be called now."""
    found = _due(at=at, line=line_id)
    return found[0] if found else None


def _due(*, at: datetime, line: int | None) -> list[DueLine]:
    asked: dict[str, Any] = {
        "at": at,
        "line": line,
        "final": list(map(str, FINAL)),
        "busy": list(map(str, BUSY)),
        "stopped": str(CallOutcome.STOPPED),
        "shortest": SHORTEST_WAIT,
        "longest": LONGEST_WAIT,
        "longest_busy": LONGEST_BUSY,
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, asked)
        return [DueLine(*row) for row in cursor.fetchall()]
