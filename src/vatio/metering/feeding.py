"""Links what a gateway sends to a meter: its device ids, and which data points it feeds."""

from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vatio.accounts.models import Account
from vatio.entitlements.limits import ensure_open
from vatio.metering.allocating import hold_in_service, settle
from vatio.metering.installing import add_data_point, add_series
from vatio.metering.labels import SOURCES
from vatio.metering.models import DataPoint, DataSource, Meter, SourceDevice
from vatio.metering.recording import record_installation
from vatio.metering.refusals import WrongChoice, in_words
from vatio.tenants.models import Person


@transaction.atomic
def link_device(source: DataSource, did: str, meter: Meter) -> SourceDevice:
    """Write which meter a source means by a device id, or return that it is so already.

    :raises WrongChoice: if the device is of another meter, or the meter is no longer in service.
    """
    hold_in_service(meter, field="meter")
    known = source.devices.filter(did=did).first()
    if known is None:
        known = SourceDevice(
            account_id=source.account_id,
            organisation_id=source.organisation_id,
            source=source,
            did=did,
            meter=meter,
        )
        with in_words():
            known.save(force_insert=True)
    if known.meter_id != meter.pk:
        raise WrongChoice(_("This device is of another meter already."), field="meter")
    return known


@transaction.atomic
def feed(
    meter: Meter,
    *,
    quantity: int,
    minutes: int,
    source: DataSource,
    by: Person | None,
    at: datetime,
) -> DataPoint:
    """Return the data point of a meter that a source feeds: the one in service, else a new one.

    One that is there gets the resolution if its own are all coarser, and the source if it has
    none: that takes nothing, but for a meter that was only called until now.

    :param by: None if the collector does it.
    :raises LimitReached, NothingCanBeAdded, WrongChoice: as `add_data_point`.
    """
    hold_in_service(meter, field="meter")
    point = meter.data_points.in_service().filter(quantity=quantity).first()
    if point is None:
        return add_data_point(
            meter, quantity=quantity, minutes=minutes, source=source, by=by, at=at
        )
    ensure_open(meter.account, at=at)
    if not point.series.filter(minutes__lte=minutes).exists():
        add_series(point, minutes=minutes, at=at)
    if point.source_id is None:
        point.source = source
        point.save(update_fields=["source"])
        settle(meter.account, meter, at=at)
        record_installation("changed", point, name=point.name, by=by, at=at)
    return point


def own_source(account: Account, kind: str, *, at: datetime) -> DataSource:
    """Return the account's first source of a kind, made if there is none; it takes nothing."""
    while True:
        found = account.datasources.filter(kind=kind).order_by("pk").first()
        if found is not None:
            return found
        try:
            with transaction.atomic():
                return _make_source(account, kind, at=at)
        except IntegrityError:
            continue  # Somebody else made it meanwhile, or took its name.


def _make_source(account: Account, kind: str, *, at: datetime) -> DataSource:
    with override(account.language):
        name = str(SOURCES[kind])
    taken = set(account.datasources.values_list("name", flat=True))
    others = (f"{name} {number}" for number in count(2))
    return DataSource.objects.create(
        account=account,
        organisation_id=account.organisation_id,
        name=name if name not in taken else next(each for each in others if each not in taken),
        kind=kind,
        created_at=at,
    )
