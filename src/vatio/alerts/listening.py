"""Finds whom rules tell of what they found, and who of them is not disturbed at this hour."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from vatio.alerts.models import AlertRecipient
from vatio.notifications.choices import told_how
from vatio.notifications.news import HowTold, NewsKind
from vatio.people.models import QuietHours
from vatio.people.quiet_hours import quiet_until
from vatio.tenants.models import Person

OF_THE_ACCOUNT = Q(person__is_active=True) & (
    Q(person__account_roles__account=F("account"))
    | Q(person__memberships__organisation=F("organisation"))
)
"""Those who still have a role in the account of a row."""


@dataclass(frozen=True)
class Listener:
    """A person whom a rule tells, by which channels, and whether these are quiet hours of theirs.

    Quiet hours hold back whatever is sent; on the page all stands at once. What is mailed goes as
    the person chose of alerts, `how`; what is mailed `instead` of a text leaves at once.
    """

    person: Person
    by_mail: bool
    by_sms: bool
    is_quiet: bool
    how: HowTold = HowTold.AT_ONCE
    instead: bool = False

    @property
    def is_mailed(self) -> bool:
        """Whether a mail leaves by itself, out of quiet hours: not of the page, nor a digest."""
        return self.instead or (self.by_mail and self.how == HowTold.AT_ONCE)


def listeners(rules: Collection[int], *, at: datetime) -> dict[int, list[Listener]]:
    """Return, by rule, those it tells who still have a role in its account; three statements."""
    rows = (
        AlertRecipient.objects.filter(OF_THE_ACCOUNT, rule__in=rules)
        .select_related("person")
        .distinct()
        .order_by("id")
    )
    people = {row.person_id for row in rows}
    quiet = quiet_people(people, at=at)
    how = told_how(people, NewsKind.ALERTS)
    found: dict[int, list[Listener]] = defaultdict(list)
    for row in rows:
        key = row.person_id
        own = Listener(row.person, row.by_mail, row.by_sms, key in quiet, how[key])
        found[row.rule_id].append(own)
    return found


def still_listening(rows: QuerySet[Any]) -> set[int]:
    """Return the keys of those rows whose person still has a role in their account."""
    return set(rows.filter(OF_THE_ACCOUNT).values_list("pk", flat=True))


def quiet_people(people: Collection[int], *, at: datetime) -> set[int]:
    """Return those of some people in whose quiet hours an instant lies; one statement."""
    hours = QuietHours.objects.filter(person__in=people)
    return {each.person_id for each in hours if quiet_until(each, at)}
