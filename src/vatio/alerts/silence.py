"""Finds what has fallen silent, and what speaks again: one statement, whatever is looked at.

A rule says when it has to be looked at next: once its thing has been silent for long enough to
count, if nothing comes. While something is silent it is looked at every time.
"""

from datetime import datetime

from django.db import connection

from vatio.alerts.kinds import LEAST_SILENCE, LINE_SILENCE, SPOKEN_AGAIN, AlertKind
from vatio.collection.outcomes import ANSWERED

LOOKED_BACK = 120
"""Days within which the calls of a line are looked at: what is silent for longer stays so."""

RHYTHM = """
SELECT extract(epoch FROM percentile_disc(0.75) WITHIN GROUP (ORDER BY gap)) / 60 AS minutes
FROM (SELECT hour - lag(hour) OVER (ORDER BY hour) AS gap
      FROM (SELECT hour FROM readings_delivery
            WHERE account_id = due.account_id AND source_id = source.id
              AND hour IS NOT NULL AND taken_back_at IS NULL
            ORDER BY hour DESC LIMIT 9) AS latest) AS gaps
HAVING count(gap) >= 3
"""
"""How often a source sends something, by the hours of the last nine in which it did.

Of three gaps of four it is the longest: one that sends a day at once, over two hours, has the
rhythm of a day, and a failure or two leave that of the hours.
"""

SWEEP = f"""
WITH due AS (
    SELECT rule.* FROM alerts_alertrule rule
    JOIN accounts_account account ON account.id = rule.account_id
        AND account.ends_at > %(at)s AND account.closed_at IS NULL
    WHERE rule.due_at <= %(at)s AND rule.removed_at IS NULL AND NOT rule.asleep
      AND rule.kind = '{AlertKind.SILENCE}'
    ORDER BY rule.id
    FOR NO KEY UPDATE OF rule SKIP LOCKED FOR KEY SHARE OF account SKIP LOCKED
), fed AS (
    SELECT due.id AS rule_id, point.* FROM due
    JOIN metering_datapoint point ON point.id = due.data_point_id
    UNION ALL
    SELECT due.id, point.* FROM due
    JOIN metering_datapoint point ON point.source_id = due.source_id
    UNION ALL
    SELECT due.id, point.* FROM due
    JOIN metering_sourcedevice device ON device.source_id = due.source_id
    JOIN metering_datapoint point ON point.meter_id = device.meter_id AND point.source_id IS NULL
    UNION ALL
    SELECT due.id, point.* FROM due
    JOIN metering_rtcline line ON line.id = due.line_id AND line.service = 'accepted'
    JOIN metering_datapoint point ON point.meter_id = line.meter_id
), heard AS (
    SELECT fed.rule_id, min(fed.service_since) AS accepted_at,
        max(state.last_at + series.minutes * interval '1 minute') AS ended,
        max(state.last_arrival) AS arrived_at,
        min(series.minutes) FILTER (WHERE state.last_at IS NOT NULL) AS spacing,
        min(coalesce(fed.source_id, device.source_id)) AS source_id
    FROM fed
    LEFT JOIN LATERAL (
        SELECT own.source_id FROM metering_sourcedevice own
        WHERE own.account_id = fed.account_id AND own.meter_id = fed.meter_id
        ORDER BY own.id DESC LIMIT 1
    ) AS device ON true
    LEFT JOIN metering_series series ON series.data_point_id = fed.id
    LEFT JOIN readings_state state
        ON state.account_id = fed.account_id AND state.series_id = series.id
    WHERE fed.service = 'accepted'
    GROUP BY fed.rule_id
), called AS (
    SELECT due.id AS rule_id, line.service_since,
        max(attempt.ended_at) FILTER (WHERE attempt.outcome = ANY(%(answered)s)) AS answered_at,
        max(attempt.ended_at) AS ended
    FROM due
    JOIN metering_rtcline line ON line.id = due.line_id AND line.service = 'accepted'
    JOIN collection_linesettings own ON own.line_id = line.id
    LEFT JOIN collection_callattempt attempt ON attempt.line_id = line.id
        AND attempt.started_at > %(at)s - interval '{LOOKED_BACK} days'
    GROUP BY due.id, line.service_since
), judged AS (
    SELECT due.*, coalesce(called.answered_at, heard.arrived_at) AS arrived_at,
        heard.source_id AS fed_by,
        greatest(CASE WHEN called.rule_id IS NULL THEN coalesce(heard.ended, heard.accepted_at)
                 ELSE coalesce(called.answered_at, called.service_since) END,
            due.looks_from) AS since,
        CASE WHEN due.minutes > 0 THEN due.minutes
             WHEN due.line_id IS NOT NULL OR source.kind = 'collector' THEN {LINE_SILENCE}
             ELSE greatest({SPOKEN_AGAIN} * coalesce(heard.spacing, 0),
                 {SPOKEN_AGAIN} * coalesce(rhythm.minutes, 0), {LEAST_SILENCE})
        END * interval '1 minute' AS tolerated,
        CASE WHEN called.rule_id IS NULL THEN heard.rule_id IS NOT NULL
             ELSE coalesce(called.ended > greatest(
                 coalesce(called.answered_at, called.service_since), due.looks_from), false) END
            AND (due.data_point_id IS NULL OR source.kind IN ('insertion', 'collector'))
            AS is_expected
    FROM due
    LEFT JOIN heard ON heard.rule_id = due.id
    LEFT JOIN called ON called.rule_id = due.id
    LEFT JOIN metering_datasource source ON source.id = coalesce(due.source_id, heard.source_id)
    LEFT JOIN LATERAL ({RHYTHM}) AS rhythm ON due.minutes = 0 AND due.line_id IS NULL
), silent AS (
    SELECT judged.* FROM judged
    WHERE is_expected AND since < %(at)s - tolerated
      AND (data_point_id IS NULL OR EXISTS (
        SELECT FROM metering_datapoint other
        LEFT JOIN LATERAL (
            SELECT own.source_id FROM metering_sourcedevice own
            WHERE own.account_id = other.account_id AND own.meter_id = other.meter_id
            ORDER BY own.id DESC LIMIT 1
        ) AS device ON true
        JOIN metering_series series ON series.data_point_id = other.id
        JOIN readings_state state
            ON state.account_id = other.account_id AND state.series_id = series.id
        WHERE other.account_id = judged.account_id AND other.service = 'accepted'
          AND coalesce(other.source_id, device.source_id) = judged.fed_by
          AND state.last_at + series.minutes * interval '1 minute' >= %(at)s - judged.tolerated))
), opened AS (
    INSERT INTO alerts_alertepisode (account_id, organisation_id, rule_id, uid, begins, last_at,
        noticed_at, late, muted, withdrawn, told_together, reopened)
    SELECT account_id, organisation_id, id, gen_random_uuid(), since, %(at)s, %(at)s, false,
        muted_until IS NOT NULL AND muted_until > %(at)s, false, false, 0
    FROM silent
    ON CONFLICT DO NOTHING
    RETURNING account_id
), closed AS (
    UPDATE alerts_alertepisode own SET
        ends = greatest(own.begins, least(judged.arrived_at, %(at)s)),
        last_at = greatest(own.begins, least(judged.arrived_at, %(at)s))
    FROM judged
    WHERE own.rule_id = judged.id AND own.ends IS NULL
      AND (NOT judged.is_expected OR judged.since >= %(at)s - judged.tolerated)
    RETURNING own.account_id
), looked AS (
    UPDATE alerts_alertrule rule SET due_at = CASE
        WHEN NOT judged.is_expected THEN %(at)s + interval '10 minutes'
        ELSE greatest(judged.since + judged.tolerated, %(at)s) END
    FROM judged WHERE rule.id = judged.id
)
SELECT account_id FROM opened UNION SELECT account_id FROM closed
"""  # noqa: S608
"""A data point is silent only while its source speaks: else it is the source that is."""


def sweep(*, at: datetime) -> set[int]:
    """Open and close episodes of no data; return the accounts in which there is something to tell.

    A source, or a line, is silent once the end of its last interval is longer ago than it
    tolerates: `minutes` of the rule, else twice its usual spacing and 2 hours at least, 26 hours
    for lines. The spacing is that of its intervals or, if that is longer, the time between what it
    sends. What never had data counts from its acceptance. A line that is called is silent since its
    last answer, if it was called without one since.
    """
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, {"at": at, "answered": list(map(str, ANSWERED))})
        return {account for (account,) in cursor.fetchall()}
