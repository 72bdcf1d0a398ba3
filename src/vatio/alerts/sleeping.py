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
UPDATE alerts_alertepisode own SET told_closed_at = %(at)s,
    ends = greatest(own.begins, least(slept.ends_at, %(at)s))
FROM slept WHERE own.rule_id = slept.id AND own.ends IS NULL
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

    What is open as an account expires is closed and told no more.
    """
    with connection.cursor() as cursor:
        cursor.execute(SLEEP, {"at": at})
        cursor.execute(WAKE, {"at": at})
