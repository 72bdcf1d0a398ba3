"""Where the curves of a line go: the data points of its meter, and their series."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.locking import AccountGone
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

ADDRESSES = {quantity: address for address, quantity in OBJECTS.items()}

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


THERE = """
SELECT point.quantity, point.source_id IS NOT NULL, series.minutes, series.id, (
    SELECT min(source.id) FROM metering_datasource source
    WHERE source.account_id = %(account)s AND source.kind = 'collector')
FROM metering_datapoint point
LEFT JOIN metering_series series ON series.data_point_id = point.id AND series.kind = 'interval'
    AND series.minutes = ANY(%(minutes)s)
WHERE point.account_id = %(account)s AND point.meter_id = %(meter)s AND point.service = 'accepted'
  AND point.quantity = ANY(%(quantities)s)
"""
"""The data points of a meter that calls may feed, with their series, and the account's source."""


def places_of(call: BegunCall, *, at: datetime) -> Places:
    """Return where the curves of a line go.

    The active energy gets a data point if it has none; other quantities are taken if the meter
    has one of them already, as those of a file are.

    :raises NoPlace: if the active energy has no data point, and the account can take none.
    """
    return _there(call) or _made(call, at=at)


def _there(call: BegunCall) -> Places | None:
    """Return where the curves of a line go if that is all there, as from the second call on."""
    asked: dict[str, Any] = {
        "account": call.account_id,
        "meter": call.meter_id,
        "quantities": list(OBJECTS.values()),
        "minutes": list(MINUTES),
    }
    with connection.cursor() as cursor:
        cursor.execute(THERE, asked)
        rows = cursor.fetchall()
    is_fed = any(quantity == IMPORTED and has_source for quantity, has_source, *_rest in rows)
    keys = {(ADDRESSES[quantity], minutes): key for quantity, _is, minutes, key, _source in rows}
    is_whole = len(keys) == len(MINUTES) * len({quantity for quantity, *_rest in rows})
    if not is_fed or not is_whole or rows[0][4] is None:
        return None
    return _places(call, rows[0][4], keys)


@transaction.atomic
def _made(call: BegunCall, *, at: datetime) -> Places:
    """Return where the curves of a line go, with what lacks of it added."""
    meter = Meter.objects.select_related("account", "site").get(pk=call.meter_id)
    source = own_source(meter.account, DataSource.Kind.COLLECTOR, at=at)
    points = _points(meter)
    own = points.get(IMPORTED)
    if own is None or own.source_id is None:
        try:
            with transaction.atomic():
                feed(meter, quantity=IMPORTED, minutes=60, source=source, by=None, at=at)
        except AccountGone:
            raise
        except Refused:
            if own is None:
                raise NoPlace(
                    _("The meter has no data point for the energy, and none can be added.")
                ) from None
        points = _points(meter)
    keys = {
        (ADDRESSES[quantity], minutes): add_series(point, minutes=minutes, at=at).pk
        for quantity, point in points.items()
        for minutes in MINUTES
    }
    return _places(call, source.pk, keys)


def _places(call: BegunCall, source_id: int, keys: Mapping[tuple[int, int], int]) -> Places:
    known = all_series.find(call.account_id, keys.values())
    return Places(source_id, {place: known[key] for place, key in keys.items()})


def _points(meter: Meter) -> dict[int, DataPoint]:
    """Return the data points of a meter in service by their quantity."""
    own = meter.data_points.in_service().filter(quantity__in=OBJECTS.values())
    return {point.quantity: point for point in own.select_related("meter__site", "meter__account")}
