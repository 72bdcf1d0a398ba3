"""Whom messages go to: an organisation's people, and the commercial department."""

from vatio.notifications.queueing import Recipient
from vatio.tenants.models import Organisation, Person


def leading(organisation: Organisation) -> list[Recipient]:
    """Return the organisation's active SuperAdministrators, and its notice address if any."""
    people = Person.objects.filter(memberships__organisation=organisation, is_active=True)
    recipients = [Recipient.of(person) for person in people]
    if organisation.notice_address:
        recipients.append(Recipient(organisation.notice_address, organisation.language))
    return recipients


def commercial() -> list[Recipient]:
    """Return the active people of the commercial department."""
    people = Person.objects.filter(is_commercial=True, is_active=True)
    return [Recipient.of(person) for person in people]


def told_of_each_order() -> list[Recipient]:
    """Return the commercial department, which has notice of each new order.

    Those who chose the daily digest of new orders have it on the page only.
    """
    people = Person.objects.filter(is_commercial=True, is_active=True)
    return [Recipient.of(person, here=person.digest) for person in people]
