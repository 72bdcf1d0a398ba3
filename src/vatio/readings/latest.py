"""What a delivery touched, and whether it is the latest to have done so."""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from vatio.readings.models import Day, Delivery
from vatio.readings.ranks import Origin
from vatio.refusal import Refused

SERIES = """
SELECT series.id FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
WHERE series.account_id = %(account)s AND (point.source_id = %(source)s OR EXISTS (
    SELECT FROM metering_sourcedevice device WHERE device.account_id = %(account)s
    AND device.source_id = %(source)s AND device.meter_id = point.meter_id
) OR EXISTS (
    SELECT FROM readings_day own WHERE own.account_id = %(account)s AND own.series_id = series.id
    AND own.day >= %(first)s AND own.day <= %(last)s AND own.delivery_id = %(delivery)s
) OR EXISTS (
    SELECT FROM readings_revision own WHERE own.account_id = %(account)s
    AND own.series_id = series.id AND own.day >= %(first)s AND own.day <= %(last)s
    AND own.delivery_id = %(delivery)s
) OR EXISTS (
    SELECT FROM readings_registerreading own WHERE own.account_id = %(account)s
    AND own.series_id = series.id AND own.at >= %(first)s::date - interval '2 days'
    AND own.at < %(last)s::date + interval '3 days' AND own.delivery_id = %(delivery)s
))
"""

WENT_ON = """
SELECT EXISTS (
    SELECT FROM readings_revision own
    JOIN readings_delivery other ON other.account_id = %(account)s AND other.id = own.delivery_id
        AND other.taken_back_at IS NULL AND other.origin <> %(mended)s
    WHERE own.account_id = %(account)s AND own.series_id = ANY(%(series)s)
      AND own.day >= %(first)s AND own.day <= %(last)s
      AND own.delivery_before = %(delivery)s AND own.delivery_id <> %(delivery)s)
"""


class NotTheLatest(Refused):
    """Another delivery changed the same series since."""


def series_of(delivery: Delivery) -> Collection[int]:
    """Return the series of a delivery: those of its source, and all that it touched.

    Which source a meter belongs to may have changed since.
    """
    if delivery.hour is None or delivery.first_day is None:
        return delivery.series_ids
    with connection.cursor() as cursor:
        cursor.execute(SERIES, asked_of(delivery))
        return [key for (key,) in cursor.fetchall()]


def asked_of(delivery: Delivery, series: Collection[int] = ()) -> dict[str, Any]:
    """Return the parameters of a statement about a delivery, and series that it touched."""
    return {
        "account": delivery.account_id,
        "delivery": delivery.id,
        "source": delivery.source_id,
        "first": delivery.first_day,
        "last": delivery.last_day,
        "series": list(series),
        "mended": int(Origin.MENDED),
    }


def ensure_latest(delivery: Delivery, series: Collection[int]) -> None:
    """Refuse to take back what another delivery changed since.

    What a source sends within an hour may have gone on after a file came in between.

    :raises NotTheLatest: if one did, unless a person mended values by it.
    """
    if delivery.first_day is None:
        return
    later = Delivery.objects.filter(
        account_id=delivery.account_id, id__gt=delivery.id, taken_back_at__isnull=True
    ).exclude(origin=Origin.MENDED)
    changed = Day.objects.filter(account_id=delivery.account_id, series_id__in=list(series))
    if (
        delivery.hour is not None
        and changed.filter(
            delivery_id=0, day__gte=delivery.first_day, day__lte=delivery.last_day
        ).exists()
    ):
        raise NotTheLatest(_("Of what a gateway sent, only the last hour can be taken back."))
    with connection.cursor() as cursor:
        cursor.execute(WENT_ON, asked_of(delivery, series))
        went_on = cursor.fetchone()[0]
    if went_on or changed.filter(delivery_id__in=later.values("id")).exists():
        raise NotTheLatest(_("A later delivery changed the same series: take that one back first."))
