"""Drafts, publishes and retires the versions of licences."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from vatio.catalogue.models import Licence, LicenceVersion
from vatio.history.recording import record
from vatio.refusal import Refused
from vatio.tenants.folding import tidy
from vatio.tenants.models import Person
from vatio.units import Quantities


class LicenceExists(Refused):
    """A licence of that name exists already."""


class NotADraft(Refused):
    """The version was published before, so that it never changes again."""


class NotPublished(Refused):
    """The version is not published, so it cannot be retired."""


class DraftExists(Refused):
    """The licence has a draft already, which has to be published first."""


def fitting(billing: str, quantities: Quantities) -> Quantities:
    """Return the quantities with None for what a billing does not count, and 0 for what is empty.

    Billing by MTR does not count data points, billing by DP does not count meters.
    """
    return Quantities.each(
        lambda unit: (quantities[unit] or 0) if billing in unit.counted_by else None
    )


@transaction.atomic
def draft(
    name: str, *, billing: str, quantities: Quantities, description: str, by: Person, at: datetime
) -> LicenceVersion:
    """Create a licence with a first draft.

    :raises LicenceExists: if a licence of that name exists, ignoring case and accents.
    """
    name = tidy(name)
    try:
        with transaction.atomic():
            licence = Licence.objects.create(name=name, billing=billing)
    except IntegrityError as error:
        if "one_licence_of_a_name" not in str(error):
            raise
        raise LicenceExists(
            _("There is already a licence called «%(name)s».") % {"name": name}, field="name"
        ) from None
    return _add_draft(licence, quantities, description, by=by, at=at)


@transaction.atomic
def draft_next(licence: Licence, *, by: Person, at: datetime) -> LicenceVersion:
    """Create the draft of a licence's next version, as a copy of the last one.

    :raises DraftExists: if the licence has a draft.
    """
    last = licence.versions.order_by("-number").first()
    if last is None or last.state == LicenceVersion.State.DRAFT:
        raise DraftExists(_("%(licence)s already has a draft.") % {"licence": licence.name})
    return _add_draft(licence, last.defaults, last.description, by=by, at=at)


@transaction.atomic
def change_draft(version: LicenceVersion, *, quantities: Quantities, description: str) -> None:
    """Write a draft's quantities and description.

    :raises NotADraft: if the version was published meanwhile.
    """
    changed = LicenceVersion.objects.filter(pk=version.pk, state=LicenceVersion.State.DRAFT).update(
        description=description, **fitting(version.billing, quantities).columns()
    )
    if not changed:
        raise NotADraft(_("This version is published: begin a new one."))


@transaction.atomic
def publish(version: LicenceVersion, *, by: Person, at: datetime) -> None:
    """Publish a draft, and retire the version of the licence published until now.

    :raises NotADraft: if the version was published before.
    """
    Licence.objects.select_for_update().get(pk=version.licence_id)
    version.refresh_from_db()
    if version.state != LicenceVersion.State.DRAFT:
        raise NotADraft(_("This version is already published."))
    LicenceVersion.objects.filter(
        licence_id=version.licence_id, state=LicenceVersion.State.PUBLISHED
    ).update(state=LicenceVersion.State.RETIRED, retired_at=at)
    version.state = LicenceVersion.State.PUBLISHED
    version.published_at = at
    version.save(update_fields=["state", "published_at"])
    _record("licence.published", version, by=by, at=at)


@transaction.atomic
def retire(version: LicenceVersion, *, by: Person, at: datetime) -> None:
    """Retire a published version; accounts that hold it keep it.

    :raises NotPublished: if the version is a draft or retired already.
    """
    retired = LicenceVersion.objects.filter(
        pk=version.pk, state=LicenceVersion.State.PUBLISHED
    ).update(state=LicenceVersion.State.RETIRED, retired_at=at)
    if not retired:
        raise NotPublished(_("This version is not in the catalogue."))
    version.refresh_from_db()
    _record("licence.retired", version, by=by, at=at)


def _add_draft(
    licence: Licence, quantities: Quantities, description: str, *, by: Person, at: datetime
) -> LicenceVersion:
    try:
        with transaction.atomic():
            version = LicenceVersion.objects.create(
                licence=licence,
                billing=licence.billing,
                number=licence.versions.count() + 1,
                description=description,
                **fitting(licence.billing, quantities).columns(),
            )
    except IntegrityError:
        raise DraftExists(
            _("%(licence)s already has a draft.") % {"licence": licence.name}
        ) from None
    _record("licence.drafted", version, by=by, at=at)
    return version


def _record(verb: str, version: LicenceVersion, *, by: Person, at: datetime) -> None:
    record(verb, at=at, by=by, facts={"licence": version.licence.name, "number": version.number})
