"""Adds a quantity to a meter, or another resolution of one that it has: that takes nothing."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.entitlements.limits import ensure_open
from vatio.metering.installing import add_data_point, add_series
from vatio.metering.models import DataPoint, DataSource, Meter
from vatio.metering.recording import record_installation
from vatio.metering.refusals import QuantityTaken
from vatio.tenants.models import Person


@transaction.atomic
def add_quantity(
    meter: Meter,
    *,
    quantity: int,
    minutes: int,
    source: DataSource | None = None,
    by: Person,
    at: datetime,
) -> DataPoint:
    """Add a data point or, where the meter has the quantity in service, another resolution of it.

    :raises QuantityTaken: if the meter has the quantity at that resolution already.
    :raises LimitReached, NothingCanBeAdded, WrongChoice: as `add_data_point`.
    """
    known = meter.data_points.in_service().filter(quantity=quantity).first()
    if known is None:
        return add_data_point(
            meter, quantity=quantity, minutes=minutes, source=source, by=by, at=at
        )
    ensure_open(meter.account, at=at)
    if known.series.filter(minutes=minutes).exists():
        raise QuantityTaken(
            _("This meter has a data point of that quantity already."), field="quantity"
        )
    add_series(known, minutes=minutes, at=at)
    record_installation("changed", known, name=known.name, by=by, at=at)
    return known
