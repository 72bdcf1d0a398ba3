"""Adds sites to an account's tree, and moves and renames them."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import lock
from vatio.accounts.models import Account
from vatio.entitlements.limits import ensure_open
from vatio.metering.models import Site
from vatio.metering.recording import record_installation
from vatio.refusal import Refused
from vatio.tenants.models import Person


class SiteNameTaken(Refused):
    """Another site in the same place has the name."""


class NoTree(Refused):
    """The site would be in itself, or too deep."""


class SiteIsUsed(Refused):
    """The site has parts, or something is installed in it."""


@dataclass(frozen=True)
class SiteDetails:
    """What a site is called, and what is known of it."""

    name: str
    parent: Site | None = None
    address: str = ""
    activity: str = ""
    floor_area: Decimal | None = None
    working_hours: str = ""
    local_holidays: list[date] = field(default_factory=list)
    time_zone: str = ""


@transaction.atomic
def add_site(account: Account, details: SiteDetails, *, by: Person, at: datetime) -> Site:
    """Add a site to an account.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises SiteNameTaken: if a site beside it has the name.
    :raises NoTree: if it would be more than `Site.DEEPEST` deep.
    """
    lock(account)
    ensure_open(account, at=at)
    site = Site(account=account, organisation_id=account.organisation_id, created_at=at)
    _write(site, details, account)
    record_installation("added", site, name=site.name, by=by, at=at)
    return site


@transaction.atomic
def change_site(site: Site, details: SiteDetails, *, by: Person, at: datetime) -> Site:
    """Change what is known of a site, or move it in the tree.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises SiteNameTaken: if a site beside it has the name.
    :raises NoTree: if it would be in itself, or a part of it too deep.
    """
    lock(site.account)
    ensure_open(site.account, at=at)
    _write(site, details, site.account)
    record_installation("changed", site, name=site.name, by=by, at=at)
    return site


@transaction.atomic
def remove_site(site: Site, *, by: Person, at: datetime) -> None:
    """Remove a site in which there is nothing.

    :raises SiteIsUsed: if it has parts, or something was ever installed in it.
    """
    lock(site.account)
    if site.parts.exists() or site.meters.exists() or site.supply_points.exists():
        raise SiteIsUsed(_("Something stands in this site: move it to another one first."))
    record_installation("removed", site, name=site.name, by=by, at=at)
    site.delete()


def _write(site: Site, details: SiteDetails, account: Account) -> None:
    columns = [each.name for each in fields(details)]
    for name in columns:
        setattr(site, name, getattr(details, name))
    if not site.time_zone:
        site.time_zone = details.parent.time_zone if details.parent else account.time_zone
    try:
        with transaction.atomic():
            if site.pk is None:
                site.save(force_insert=True)
            else:
                site.save(update_fields=columns)
    except IntegrityError as error:
        if "one_site_of_a_name_in_a_place" in str(error):
            raise SiteNameTaken(
                _("There is a site «%(name)s» here already.") % {"name": details.name},
                field="name",
            ) from None
        if "deep" in str(error):
            raise NoTree(
                _("A site cannot be in itself, nor more than %(most)s deep.")
                % {"most": Site.DEEPEST},
                field="parent",
            ) from None
        raise
