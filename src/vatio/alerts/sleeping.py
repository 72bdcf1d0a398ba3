"""Lets the rules of expired accounts sleep, and wakes them once there is a live term again."""

from datetime import datetime

from django.db import connection, transaction

from vatio.alerts.kinds import AlertKind

SLEEP = """
WITH slept AS (
    UPDATE alerts_alertrule rule SET asleep = true FROM accounts_account account
    WHERE account.id = rule.account_id AND account.ends_at <= %(at)s
      AND NOT rule.asleep AND rule.removed_at IS NULL
    RETURNING rule.id, account.ends_at
)
UPDATE alerts_alertepisode own SET
    ends = coalesce(own.ends, greatest(own.begins, least(slept.ends_at, %(at)s))),
    muted = own.muted OR own.told_opened_at IS NULL,
    told_worsened_at = CASE WHEN own.told_opened_at IS NULL THEN own.told_worsened_at
                       ELSE coalesce(own.told_worsened_at, %(at)s) END,
    told_closed_at = CASE WHEN own.told_opened_at IS NULL AND own.ends IS NOT NULL
                     THEN own.told_closed_at ELSE coalesce(own.told_closed_at, %(at)s) END
FROM slept WHERE own.rule_id = slept.id
  AND (own.ends IS NULL OR own.told_opened_at IS NULL AND NOT own.muted
    OR own.told_opened_at IS NOT NULL AND (own.told_closed_at IS NULL
      OR own.told_worsened_at IS NULL AND own.worsened_at IS NOT NULL))
"""

WAKE = f"""
UPDATE alerts_alertrule rule SET asleep = false, looks_from = %(at)s, resolution = NULL,
    due_at = CASE WHEN rule.kind = '{AlertKind.SILENCE}' THEN %(at)s::timestamptz END
FROM accounts_account account
WHERE account.id = rule.account_id AND account.ends_at > %(at)s
  AND rule.asleep AND rule.removed_at IS NULL
"""  # noqa: S608


@transaction.atomic
def follow_terms(*, at: datetime) -> None:
    """Let rules sleep whose account has expired, and have those look ahead whose has not.

    What is open as an account expires is closed; that, and what waits to be told, is told no more.
    """
    with connection.cursor() as cursor:
        cursor.execute(SLEEP, {"at": at})
        cursor.execute(WAKE, {"at": at})
