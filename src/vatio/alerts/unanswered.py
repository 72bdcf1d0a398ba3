"""Watches every RTC line by itself: three days without an answer are an alert that nobody makes.

The alert is one of no data on the line, made once when the line was first called. Whoever removes
it, or changes it, has the last word: it is not made again.
"""

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext, override

from vatio.accounts.models import Account, AccountRole
from vatio.alerts.kinds import AlertKind
from vatio.alerts.models import AlertRecipient, AlertRule
from vatio.tenants.models import Membership

DAYS = 3
"""After how many days without an answer the people of an account are told."""

LACKING = """
SELECT line.account_id, line.id FROM collection_linesettings own
JOIN metering_rtcline line ON line.id = own.line_id AND line.service = 'accepted'
JOIN accounts_account account ON account.id = line.account_id
    AND account.ends_at > %(at)s AND account.closed_at IS NULL
WHERE EXISTS (SELECT FROM collection_callattempt call
              WHERE call.line_id = line.id AND call.ended_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM alerts_alertrule rule
                  WHERE rule.line_id = line.id AND rule.made_by_id IS NULL)
ORDER BY line.account_id, line.id LIMIT 500
"""


@transaction.atomic
def watch_lines(*, at: datetime) -> int:
    """Make the alerts of lines that have none of their own yet; return how many were made."""
    with connection.cursor() as cursor:
        cursor.execute(LACKING, {"at": at})
        rows = cursor.fetchall()
    lines: dict[int, list[int]] = defaultdict(list)
    for account, line in rows:
        lines[account].append(line)
    return sum(
        _watch(account, lines[account.pk], at=at)
        for account in Account.objects.filter(pk__in=lines).order_by("pk")
    )


def _watch(account: Account, lines: list[int], *, at: datetime) -> int:
    """Make the alerts of the lines of an account, unless somebody else just did."""
    with override(account.language):
        name = gettext("Line without an answer")
    AlertRule.objects.bulk_create(
        [
            AlertRule(
                account=account,
                organisation_id=account.organisation_id,
                name=name,
                kind=AlertKind.SILENCE,
                line_id=line,
                minutes=DAYS * 24 * 60,
                made_at=at,
                looks_from=at,
                due_at=at,
            )
            for line in lines
        ],
        ignore_conflicts=True,
    )
    made = AlertRule.objects.filter(
        account=account, line__in=lines, made_by=None, recipients__isnull=True
    )
    people = _told(account)
    AlertRecipient.objects.bulk_create(
        AlertRecipient(
            account=account,
            organisation_id=account.organisation_id,
            rule=rule,
            person_id=person,
        )
        for rule in made
        for person in people
    )
    return len(made)


def _told(account: Account) -> list[int]:
    """Return the administrators of an account or, if it has none, who leads its organisation."""
    own = AccountRole.objects.filter(
        account=account, role=AccountRole.Role.ADMINISTRATOR, person__is_active=True
    )
    found = list(own.values_list("person_id", flat=True))
    leaders = Membership.objects.filter(
        organisation=account.organisation_id, person__is_active=True
    )
    return found or list(leaders.values_list("person_id", flat=True))
