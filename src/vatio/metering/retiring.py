"""Takes things out of service, and puts them back: what they measured stays readable."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.entitlements.limits import ensure_open
from vatio.metering.allocating import hold, settle
from vatio.metering.models import DataPoint, Meter, RtcLine, Served, Service, SupplyPoint
from vatio.metering.recording import record_installation
from vatio.metering.refusals import in_words
from vatio.refusal import Refused
from vatio.tenants.models import Person


class NotInService(Refused):
    """The thing is not in service, or is already: somebody was faster."""


class StillNeeded(Refused):
    """What hangs from the thing is still in service."""


@transaction.atomic
def retire(thing: Served, *, by: Person, at: datetime) -> None:
    """Take a thing out of service: its unit is free at once, its past stays readable.

    A meter takes its data points and its RTC line along, a supply point its RTC lines. What a
    meter costs follows from what is left on it, so that it is settled last.

    :raises NotInService: if it is not in service.
    :raises LimitReached: if an RTC line goes whose meter would take a meter again, and the
        account holds no more.
    """
    hold(*_above(thing))
    if not _move(thing, Service.ACCEPTED, Service.RETIRED, at=at):
        raise NotInService(_("This is no longer in service."))
    gone = [thing]
    hold(*meters_left(taken_along(thing)))
    for below in taken_along(thing):
        if _move(below, Service.ACCEPTED, Service.RETIRED, at=at):
            settle(thing.account, below, at=at)
            gone.append(below)
    settle(thing.account, thing, at=at)
    for meter in meters_left(gone):
        settle(thing.account, meter, at=at)
    record_installation("retired", thing, name=name_of(thing), by=by, at=at)


@transaction.atomic
def put_back(thing: Served, *, by: Person, at: datetime) -> None:
    """Put a retired thing back into service: it takes its unit again.

    What was retired with it stays retired, and is put back by itself.

    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises NotInService: if it is not retired.
    :raises StillNeeded: if what it hangs from is retired.
    :raises LimitReached: if the account holds no more of its unit.
    :raises CupsTaken, SerialTaken, QuantityTaken, WrongChoice: if another took its place.
    """
    ensure_open(thing.account, at=at)
    hold(*_above(thing))
    if any(not above.is_in_service for above in _above(thing)):
        raise StillNeeded(_("What it belongs to is retired: put that back first."))
    with in_words():
        if not _move(thing, Service.RETIRED, Service.ACCEPTED, at=at):
            raise NotInService(_("This is not retired."))
    settle(thing.account, thing, at=at)
    if isinstance(thing, RtcLine | DataPoint):
        settle(thing.account, thing.meter, at=at)
    record_installation("returned", thing, name=name_of(thing), by=by, at=at)


def name_of(thing: Served) -> str:
    """Return what a thing is called: an RTC line by its supply point."""
    return thing.supply_point.name if isinstance(thing, RtcLine) else str(thing)


def _move(thing: Served, before: Service, after: Service, *, at: datetime) -> bool:
    """Change a thing's service if it is still as expected; return whether it was."""
    things = type(thing).objects.filter(pk=thing.pk, service=before)  # type: ignore[attr-defined]
    if not things.update(service=after, service_since=at):
        return False
    thing.service, thing.service_since = after, at
    return True


def taken_along(thing: Served) -> list[Served]:
    """Return what cannot be in service without the thing, data points before lines."""
    if isinstance(thing, Meter):
        points = thing.data_points.in_service().select_related("source")
        return [*points, *thing.rtc_lines.in_service().select_related("supply_point")]
    if isinstance(thing, SupplyPoint):
        return list(thing.rtc_lines.in_service().select_related("meter", "supply_point"))
    return []


def meters_left(gone: list[Served]) -> list[Meter]:
    """Return the meters, still in service, of the data points and lines that go."""
    meters = {each.meter for each in gone if isinstance(each, DataPoint | RtcLine)}
    return sorted(
        (each for each in meters - set(gone) if each.is_in_service), key=lambda each: each.pk
    )


def _above(thing: Served) -> list[Served]:
    if isinstance(thing, DataPoint):
        return [thing.meter]
    return [thing.supply_point, thing.meter] if isinstance(thing, RtcLine) else []
