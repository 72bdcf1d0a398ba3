"""Takes and frees the units of things as their service changes, and keeps when each was taken."""

from collections.abc import Mapping
from datetime import datetime

from vatio.accounts.models import Account
from vatio.entitlements import limits
from vatio.metering.models import (
    Allocation,
    DataPoint,
    DataSource,
    Meter,
    RtcLine,
    Served,
    Service,
    SupplyPoint,
)
from vatio.units import Unit

KINDS: Mapping[type[Served], Allocation.Kind] = {
    SupplyPoint: Allocation.Kind.SUPPLY_POINT,
    Meter: Allocation.Kind.METER,
    DataPoint: Allocation.Kind.DATA_POINT,
    RtcLine: Allocation.Kind.RTC_LINE,
}


def unit_of(thing: Served) -> Unit | None:
    """Return the unit that a thing takes as it stands; None if it takes none.

    A supply point takes a CUPS while its bills are managed. A meter with an RTC line in service,
    and no data point in service that an insertion source feeds, costs that line, not a meter.
    """
    if thing.service != Service.ACCEPTED:
        return None
    if isinstance(thing, SupplyPoint):
        return Unit.SUPPLY_POINTS if thing.manages_bills else None
    if isinstance(thing, Meter):
        return None if _is_only_called(thing) else Unit.METERS
    return Unit.DATA_POINTS if isinstance(thing, DataPoint) else Unit.RTC_LINES


def settle(account: Account, thing: Served, *, at: datetime) -> None:
    """Take or free the unit of a thing after a change of it, in the same transaction.

    :raises LimitReached: if the account holds no more of the unit.
    :raises NothingCanBeAdded: if a unit is to be taken and nothing can be added to the account.
    """
    kind, unit = KINDS[type(thing)], unit_of(thing)
    taken = Allocation.objects.filter(
        account=account, kind=kind, thing=thing.pk, freed_at__isnull=True
    ).first()
    if taken is not None and taken.unit == unit:
        return
    if unit is not None:
        limits.take(account, {unit: 1}, at=at)
        Allocation.objects.create(
            account=account,
            organisation_id=account.organisation_id,
            unit=unit,
            kind=kind,
            thing=thing.pk,
            taken_at=at,
        )
    if taken is not None:
        limits.free(account, {Unit(taken.unit): 1})
        taken.freed_at = max(at, taken.taken_at)
        taken.save(update_fields=["freed_at"])


def _is_only_called(meter: Meter) -> bool:
    inserted = meter.data_points.filter(
        service=Service.ACCEPTED, source__kind=DataSource.Kind.INSERTION
    )
    is_called = meter.rtc_lines.filter(service=Service.ACCEPTED).exists()
    return is_called and not inserted.exists()
