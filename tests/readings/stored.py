"""Makes series, and puts readings into them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests import make
from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.models import Meter, Series
from vatio.readings import deliveries
from vatio.readings import series as all_series
from vatio.readings.arrivals import Arrivals
from vatio.readings.ranks import Origin, quality
from vatio.readings.receiving import Received, receive
from vatio.readings.series import SeriesKey

CURVES = Path(__file__).parent / "curves"
INSERTED = quality(Origin.INSERTION)


def series(
    minutes: int = 60,
    *,
    kind: str = "interval",
    quantity: int = 402,
    time_zone: str = "Europe/Madrid",
    of: Account | None = None,
    meter: Meter | None = None,
) -> SeriesKey:
    """Add a data point with a series in a time zone."""
    device = meter or make.meter(of or make.account())
    point = installing.add_data_point(
        device, quantity=quantity, minutes=minutes, kind=kind, by=make.commercial(), at=make.NOON
    )
    Series.objects.filter(data_point=point).update(time_zone=time_zone)
    (key,) = point.series.values_list("id", flat=True)
    return all_series.find(device.account_id, [key])[key]


def seconds(text: str) -> float:
    """Tell an instant as seconds since 1970, UTC."""
    return (
        datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
        if len(text) < 20
        else datetime.fromisoformat(text).timestamp()
    )


def deliver(account_id: int, *, at: float, origin: Origin = Origin.FILE, name: str = "f") -> int:
    """Write down a file that brings readings."""
    return deliveries.open_file(
        account_id, origin=origin, name=name, sha256="", at=datetime.fromtimestamp(at, UTC)
    )


def put(
    key: SeriesKey,
    readings: Iterable[tuple[float, float]] | Iterable[tuple[float, float, int]],
    *,
    at: float,
    version: int = 0,
    origin: Origin = Origin.INSERTION,
    delivery: int | None = None,
) -> Received:
    """Put readings into a series: instant, value and, where it is said, quality."""
    arrivals = Arrivals(version)
    for instant, value, *own in readings:
        arrivals.add(key, instant, value, own[0] if own else quality(origin))
    return receive(
        key.account_id,
        {key.id: key},
        arrivals,
        origin=origin,
        delivery=delivery or deliver(key.account_id, at=at, origin=origin),
        at=at,
    )
