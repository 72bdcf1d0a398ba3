"""Closes what is open of things out of service: nothing comes any more that could close it."""

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction

from vatio.alerts.holding import hold_free

LEFT_OPEN = """
SELECT own.account_id, own.id FROM alerts_alertepisode own
JOIN alerts_alertrule rule ON rule.id = own.rule_id
LEFT JOIN metering_datapoint point ON point.id = rule.data_point_id
LEFT JOIN metering_supplypoint supply ON supply.id = rule.supply_point_id
LEFT JOIN metering_rtcline line ON line.id = rule.line_id
WHERE own.ends IS NULL AND 'retired' IN (point.service, supply.service, line.service)
"""

CLOSE = """
WITH free AS (
    SELECT own.id, coalesce(point.service_since, supply.service_since, line.service_since) AS since
    FROM alerts_alertepisode own
    JOIN alerts_alertrule rule ON rule.id = own.rule_id
    LEFT JOIN metering_datapoint point ON point.id = rule.data_point_id
    LEFT JOIN metering_supplypoint supply ON supply.id = rule.supply_point_id
    LEFT JOIN metering_rtcline line ON line.id = rule.line_id
    WHERE own.id = ANY(%(episodes)s) AND own.ends IS NULL
    FOR NO KEY UPDATE OF own SKIP LOCKED
)
UPDATE alerts_alertepisode own SET
    ends = greatest(own.begins, least(free.since, %(at)s)), told_closed_at = %(at)s,
    told_worsened_at = CASE WHEN own.told_opened_at IS NULL THEN own.told_worsened_at
                       ELSE coalesce(own.told_worsened_at, %(at)s) END,
    muted = own.muted OR own.told_opened_at IS NULL
FROM free WHERE own.id = free.id
"""


@transaction.atomic
def close_retired(*, at: datetime) -> int:
    """Close the open episodes of what was taken out of service, then; return how many.

    They are told no more: whoever took it out of service knows. What another worker has locked is
    closed the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OPEN)
        by_account: dict[int, list[int]] = defaultdict(list)
        for account, episode in cursor.fetchall():
            by_account[account].append(episode)
        if not by_account:
            return 0
        free = hold_free(by_account)
        episodes = [each for account in free for each in by_account[account]]
        cursor.execute(CLOSE, {"episodes": episodes, "at": at})
        return int(cursor.rowcount)
