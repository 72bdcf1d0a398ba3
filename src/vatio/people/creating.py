"""Creates organisations, and sets which of them are trusted."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from vatio.history.recording import record
from vatio.refusal import Refused
from vatio.tenants.addresses import check_address
from vatio.tenants.folding import tidy
from vatio.tenants.models import Organisation, Person

ROOM_FOR_A_NUMBER = 50


class OrganisationExists(Refused):
    """An organisation of that name exists already."""


@transaction.atomic
def create_organisation(
    name: str, *, time_zone: str, notice_address: str, by: Person, at: datetime
) -> Organisation:
    """Create an organisation; its slug is made from its name, once.

    :raises NotAnAddress: if the address for notices is no e-mail address.
    :raises OrganisationExists: if an organisation of that name exists.
    """
    name = tidy(name)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(
                slug=_free_slug(name),
                name=name,
                time_zone=time_zone,
                notice_address=check_address(notice_address) if notice_address else "",
                created_at=at,
            )
    except IntegrityError as error:
        if "one_organisation_of_a_name" not in str(error) and "slug" not in str(error):
            raise
        raise OrganisationExists(
            _("There is already an organisation called «%(name)s».") % {"name": name}, field="name"
        ) from None
    record("organisation.founded", at=at, by=by, organisation=organisation, facts={"name": name})
    return organisation


@transaction.atomic
def trust(organisation: Organisation, *, trusted: bool, by: Person, at: datetime) -> None:
    """Set whether an organisation's renewals take effect at once or are reviewed.

    Setting the value that holds already changes nothing and records nothing.
    """
    changed = Organisation.objects.filter(pk=organisation.pk, trusted=not trusted)
    if changed.update(trusted=trusted):
        verb = "organisation.trusted" if trusted else "organisation.untrusted"
        record(verb, at=at, by=by, organisation=organisation)


def _free_slug(name: str) -> str:
    """Return a free slug: the name in ASCII letters, with a number if that slug is taken."""
    plain = slugify(name)[:ROOM_FOR_A_NUMBER].strip("-").replace("_", "-") or "org"
    plain = "-".join(part for part in plain.split("-") if part) or "org"
    taken = set(Organisation.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    number = 1
    slug = plain
    while slug in taken:
        number += 1
        slug = f"{plain}-{number}"
    return slug
