"""Where the curves of a line go: the data points of its meter, and their series."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.collection.attempts import BegunCall
from vatio.metering.feeding import feed, own_source
from vatio.metering.installing import add_series
from vatio.metering.models import DataPoint, DataSource, Meter
from vatio.readings import series as all_series
from vatio.readings.series import SeriesKey
from vatio.refusal import Refused

IMPORTED = 402
"""The active energy that goes in: what a line is called for."""

OBJECTS = {1: IMPORTED, 2: 452, 3: 404, 4: 458, 5: 454, 6: 408}
"""Quantities by the address of an object (IEC 60870-5-102 as Spanish meters speak it): active
energy in and out, then reactive energy by quadrants 1 to 4 (IEC 62053-23)."""

BASE_UNITS = 1000
"""A meter counts whole kWh or kvarh, and a series Wh or varh."""

MINUTES = (60, 15)
"""The curves of a meter, by the minutes of their intervals."""


class NoPlace(Refused):
    """There is no data point for what a line is called for, and none can be added."""


@dataclass(frozen=True)
class Places:
    """The source of what a line brings, and its series by object and minutes."""

    source_id: int
    series: dict[tuple[int, int], SeriesKey]


@transaction.atomic
def places_of(call: BegunCall, *, at: datetime) -> Places:
    """Return where the curves of a line go.

    The active energy gets a data point if it has none; other quantities are taken if the meter
    has one of them already, as those of a file are.

    :raises NoPlace: if the active energy has no data point, and the account can take none.
    """
    meter = Meter.objects.select_related("account", "site").get(pk=call.meter_id)
    source = own_source(meter.account, DataSource.Kind.COLLECTOR, at=at)
    points = _points(meter)
    own = points.get(IMPORTED)
    if own is None or own.source_id is None:
        try:
            with transaction.atomic():
                feed(meter, quantity=IMPORTED, minutes=60, source=source, by=None, at=at)
        except Refused:
            if own is None:
                raise NoPlace(
                    _("The meter has no data point for the energy, and none can be added.")
                ) from None
        points = _points(meter)
    keys = {
        (address, minutes): add_series(points[quantity], minutes=minutes, at=at).pk
        for address, quantity in OBJECTS.items()
        if quantity in points
        for minutes in MINUTES
    }
    known = all_series.find(call.account_id, keys.values())
    return Places(source.pk, {place: known[key] for place, key in keys.items()})


def _points(meter: Meter) -> dict[int, DataPoint]:
    """Return the data points of a meter in service by their quantity."""
    own = meter.data_points.in_service().filter(quantity__in=OBJECTS.values())
    return {point.quantity: point for point in own.select_related("meter__site", "meter__account")}
