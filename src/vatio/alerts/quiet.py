"""Ends quiet hours: whoever was left in peace is told, once, of what is still open.

They are told by mail as they choose of alerts: what stands on the page is not mailed to those who
want no mails, nor to those who read it in their digest.
"""

from collections import defaultdict
from datetime import datetime

from vatio.accounts.models import Account
from vatio.alerts.announcing import Announcement, announce, announcements
from vatio.alerts.holding import hold_free
from vatio.alerts.listening import Listener, quiet_people, still_listening
from vatio.alerts.models import AlertHeld
from vatio.alerts.moments import What
from vatio.notifications.choices import told_how
from vatio.notifications.news import HowTold, NewsKind


def end_quiet_hours(*, at: datetime) -> int:
    """Announce what was held to those whose quiet hours are over; return to how many people.

    Those who have no role in the account any more, and whose alert was muted since, are not told.
    It belongs into a transaction. What another worker has locked is his.
    """
    accounts = AlertHeld.objects.order_by().values_list("account_id", flat=True).distinct()
    rows = list(
        AlertHeld.objects.filter(account__in=hold_free(list(accounts)))
        .select_for_update(no_key=True, of=("self",), skip_locked=True)
        .select_related("person", "episode__rule", "account__organisation")
        .order_by("id")
    )
    quiet = quiet_people({row.person_id for row in rows}, at=at)
    over = [row for row in rows if row.person_id not in quiet]
    by_account: dict[Account, list[AlertHeld]] = defaultdict(list)
    listening = still_listening(AlertHeld.objects.filter(pk__in=[row.pk for row in over]))
    for row in over:
        if row.pk in listening and row.episode.is_open and not row.episode.rule.is_muted(at):
            by_account[row.account].append(row)
    how = told_how({row.person_id for row in over}, NewsKind.ALERTS)
    made: list[Announcement] = []
    for account, own in by_account.items():
        people = [(row.episode, _listener(row, how[row.person_id])) for row in own]
        held = [(each, What.STILL, who) for each, who in people if who.is_mailed or who.by_sms]
        made += announcements(account, held, at=at)
    announce(made, together={account.pk for account in by_account}, at=at, again=True)
    AlertHeld.objects.filter(pk__in=[row.pk for row in over]).delete()
    return len({row.person_id for row in over})


def _listener(row: AlertHeld, how: HowTold) -> Listener:
    return Listener(row.person, row.by_mail, row.by_sms, False, how, row.instead)
