"""Asks for calls of the demo's lines that nobody has called for long.

So there are attempts to look at within a minute of the first start, at whatever hour that is, and
a clock that was moved past nights leaves none of them out: each call reads what has passed.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vatio import clock
from vatio.accounts.expiry import GRACE_DAYS
from vatio.collection import asking
from vatio.metering.models import RtcLine
from vatio.refusal import Refused

AFTER = timedelta(hours=26)
"""After so long without a call one is asked for: a night was passed over."""

AFTER_ON_THE_WAY = timedelta(days=20)
"""While the clock is on its way; a call reads at most 45 days."""

AT_ONCE = 6
"""How many calls are asked for and not over at a time."""

FORGOTTEN = f"""
SELECT line.id FROM unnest(%(lines)s::bigint[]) AS own (id)
JOIN metering_rtcline line ON line.id = own.id AND line.service = 'accepted'
JOIN accounts_account account ON account.id = line.account_id AND account.closed_at IS NULL
WHERE account.opened_on <= (%(at)s AT TIME ZONE account.time_zone)::date
  AND account.covered_until + {GRACE_DAYS} > (%(at)s AT TIME ZONE account.time_zone)::date
  AND NOT EXISTS (
    SELECT FROM collection_callattempt attempt WHERE attempt.line_id = line.id
      AND coalesce(attempt.started_at, attempt.asked_at) > %(at)s - %(after)s)
ORDER BY line.id
LIMIT greatest(%(most)s - (
    SELECT count(*) FROM collection_callattempt WHERE ended_at IS NULL AND line_id = ANY(%(lines)s)
), 0)
"""  # noqa: S608


def ask(at: datetime, *, lines: Collection[int]) -> int:
    """Ask for calls of those of some lines that nobody has called for long; return how many."""
    is_on_its_way = bool(clock.days_to_go())
    asked: dict[str, Any] = {
        "at": at,
        "lines": list(lines),
        "after": AFTER_ON_THE_WAY if is_on_its_way else AFTER,
        "most": AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(FORGOTTEN, asked)
        forgotten = [line for (line,) in cursor.fetchall()]
    return sum(_ask(line, at=at) for line in forgotten)


def _ask(line_id: int, *, at: datetime) -> bool:
    line = RtcLine.objects.select_related("account").get(pk=line_id)
    try:
        asking.ask(line, by=None, at=at)
    except Refused:
        return False
    return True
