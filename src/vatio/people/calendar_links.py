"""The private link by which a calendar reads the renewals of an organisation."""

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
    """Make somebody's link to an organisation's renewals, and take the one before back.

    The token is returned to be shown once; only its hash is stored. Whoever has
    it reads names and days of expiry, and nothing else.

    :raises NotTheirs: if they do not lead the organisation.
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
    """Take somebody's link to an organisation's renewals back. Doing it twice is harmless."""
    if _living(organisation, by).update(taken_back_at=at):
        record("calendar.unlinked", at=at, by=by, organisation=organisation)


def find(token: str) -> CalendarLink | None:
    """Find the link that a token opens, if it opens one now.

    One question is asked for a token that is unknown, dead or alive, of its hash
    alone, so that how long the answer takes tells nothing.
    """
    opened = CalendarLink.objects.open().filter(token_hash=hashed(token))
    return opened.select_related("organisation", "person").first()


def _living(organisation: Organisation, person: Person) -> CalendarLinkSet:
    return CalendarLink.objects.filter(
        organisation=organisation, person=person, taken_back_at__isnull=True
    )
