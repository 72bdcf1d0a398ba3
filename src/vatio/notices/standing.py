"""Which notices a person may still see: those of what they still have a role in."""

from django.db.models import Q, QuerySet

from vatio.accounts.models import AccountRole
from vatio.notifications.models import Message
from vatio.tenants.models import Membership, Person

MOST_COUNTED = 100
"""Up to how many unread notices are counted: more are as many as this."""


def notices_of(person: Person) -> QuerySet[Message]:
    """Return the notices of a person, less those of accounts and organisations they left.

    The commercial department has its part in all of them. A person who is not active has none.
    """
    own = Message.objects.filter(person=person).exclude(news="")
    if not person.is_active:
        return own.none()
    if person.is_commercial:
        return own
    led = Membership.objects.filter(person=person).values("organisation_id")
    placed = AccountRole.objects.filter(person=person).values("account_id")
    return own.filter(
        Q(organisation__isnull=True) | Q(organisation__in=led) | Q(account_id__in=placed)
    )


def unread_of(person: Person) -> QuerySet[Message]:
    """Return the notices of a person that they have not read."""
    return notices_of(person).filter(read_at__isnull=True)


UNREAD = f"""
(SELECT count(*) FROM (
    SELECT FROM notifications_message notice
    WHERE notice.person_id = %(person)s AND notice.news <> '' AND notice.read_at IS NULL
      AND (%(commercial)s OR notice.organisation_id IS NULL
           OR notice.organisation_id IN (SELECT organisation_id FROM tenants_membership
                                         WHERE person_id = %(person)s)
           OR notice.account_id IN (SELECT account_id FROM accounts_accountrole
                                    WHERE person_id = %(person)s))
    LIMIT {MOST_COUNTED}) AS unread)
"""  # noqa: S608
"""SQL of how many notices are unread, as `unread_of` says: every page asks, in a statement of its.

It takes the person's id, and whether they are of the commercial department.
"""
