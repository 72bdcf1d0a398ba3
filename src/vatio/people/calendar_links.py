"""The private link through which a calendar reads the ends of an organisation's accounts."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.history.recording import record
from vatio.people.models import CalendarLink, CalendarLinkSet
from vatio.people.tokens import hashed
from vatio.refusal import Refused
from vatio.tenants.models import Membership, Organisation, Person


class NotTheirs(Refused):
    """The person does not lead the organisation."""


@transaction.atomic
def make(organisation: Organisation, *, by: Person, at: datetime) -> str:
    """Create a person's calendar link to an organisation, and revoke the link made before.

    The token is returned to be shown once; only its hash is stored. Whoever has the
    token reads names and days of expiry, and nothing else.

    :raises NotTheirs: if `by` does not lead the organisation.
    """
    place = Membership.objects.filter(organisation=organisation, person=by)
    if place.select_for_update().first() is None:
        raise NotTheirs(_("You do not lead this organisation."))
    _living(organisation, by).update(taken_back_at=at)
    token = secrets.token_urlsafe(32)
    CalendarLink.objects.create(
        organisation=organisation, person=by, token_hash=hashed(token), made_at=at
    )
    record("calendar.linked", at=at, by=by, organisation=organisation)
    return token


@transaction.atomic
def take_back(organisation: Organisation, *, by: Person, at: datetime) -> None:
    """Revoke a person's calendar link to an organisation. Doing it twice is harmless."""
    if _living(organisation, by).update(taken_back_at=at):
        record("calendar.unlinked", at=at, by=by, organisation=organisation)


def find(token: str) -> CalendarLink | None:
    """Return the open link that a token belongs to, if there is one.

    An unknown, a revoked and an open token cost the same query, by the token's hash
    alone, so that the response time reveals nothing.
    """
    opened = CalendarLink.objects.open().filter(token_hash=hashed(token))
    return opened.select_related("organisation", "person").first()


def _living(organisation: Organisation, person: Person) -> CalendarLinkSet:
    return CalendarLink.objects.filter(
        organisation=organisation, person=person, taken_back_at__isnull=True
    )
