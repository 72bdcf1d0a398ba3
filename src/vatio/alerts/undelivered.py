"""Mails what a text did not bring: it was refused, came too late, or nobody knows.

The mail leaves at once, whatever its reader chose of mails, since they asked for a text. One that
was due within their quiet hours is sent, as a text, once these are over.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vatio.accounts.models import Account
from vatio.alerts.announcing import MOST_APART, Announcement, announce, announcements
from vatio.alerts.holding import hold_free
from vatio.alerts.listening import Listener, quiet_people, still_listening
from vatio.alerts.models import AlertTold
from vatio.alerts.moments import What
from vatio.notifications.sms_delivery import QUIET

LOOKED_BACK = timedelta(days=1)

LOST = """
SELECT told.id, message.last_error = %(quiet)s FROM alerts_alerttold told
JOIN notifications_message message ON message.key = told.message_key
    AND (message.state IN ('failed', 'too late', 'uncertain') OR message.receipt = 'undelivered')
WHERE told.channel = 'sms' AND told.fate = '' AND told.at > %(since)s
  AND NOT EXISTS (
    SELECT FROM alerts_alerttold other
    WHERE other.episode_id = told.episode_id AND other.person_id = told.person_id
      AND (other.channel = 'mail' AND other.what = told.what AND other.reopened = told.reopened
        OR other.channel IN ('mail', 'sms') AND other.what = 'still' AND told.what <> 'still'
        OR other.what = 'closed' AND told.what <> 'closed'))
  AND NOT EXISTS (
    SELECT FROM alerts_alertheld held
    WHERE held.episode_id = told.episode_id AND held.person_id = told.person_id)
"""


def tell_undelivered(*, at: datetime) -> int:
    """Mail whoever was to be told by a text that did not reach them; return how many that were.

    It belongs into a transaction. Those who were told by mail besides, or that it is over, or have
    no role in the account any more, are left in peace.
    """
    asked: dict[str, Any] = {"since": at - LOOKED_BACK, "quiet": QUIET}
    with connection.cursor() as cursor:
        cursor.execute(LOST, asked)
        keys = dict(cursor.fetchall())
    if not keys:
        return 0
    listening = still_listening(AlertTold.objects.filter(pk__in=keys))
    rows = AlertTold.objects.filter(pk__in=listening)
    free = hold_free({row.account_id for row in rows})
    by_account: dict[int, list[AlertTold]] = defaultdict(list)
    for row in (
        rows.filter(account__in=free)
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("person", "episode__rule")
        .order_by("id")
    ):
        by_account[row.account_id].append(row)
    quiet = quiet_people({row.person_id for own in by_account.values() for row in own}, at=at)
    accounts = Account.objects.select_related("organisation").in_bulk(by_account)
    made: list[Announcement] = []
    for key, own in by_account.items():
        lost = [
            (row.episode, What(row.what), _listener(row, keys[row.pk], row.person_id in quiet))
            for row in own
            if not row.episode.rule.is_muted(at)
        ]
        made += announcements(accounts[key], lost, at=at)
    many = {key for key, own in by_account.items() if len(own) > MOST_APART}
    announce(made, together=many, at=at, again=True)
    return len(made)


def _listener(row: AlertTold, was_withheld: bool, is_quiet: bool) -> Listener:
    """Return who was to be told by a text, and how they are told now that it did not come."""
    is_held = was_withheld and is_quiet
    return Listener(
        row.person, by_mail=not is_held, by_sms=is_held, is_quiet=is_quiet, instead=not is_held
    )
