"""Gives an account rows in every table of readings."""

from datetime import UTC, datetime

from tests import make
from tests.readings.stored import deliver, put, seconds
from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.models import DataSource, Meter
from vatio.readings import deliveries
from vatio.readings import series as all_series
from vatio.readings.models import (
    KeptFile,
    PendingQuantity,
    PendingReading,
    ReadingsDraft,
    RegisterFinding,
    RememberedOptions,
)
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey

CAME = seconds("2025-06-20T00:00")


def fill(account: Account) -> tuple[SeriesKey, SeriesKey]:
    """Store readings of an interval and a register series, and all that comes with them."""
    meter = Meter.objects.filter(account=account).order_by("id").first()
    assert meter is not None
    interval = add(meter, account, "interval")
    register = add(meter, account, "register")
    days = [seconds("2025-06-10T22:00") + hour * 3600 for hour in range(48)]
    put(interval, [(at, 1_250.0) for at in days], at=CAME)
    estimated = quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM)
    put(interval, [(days[3], 1_500.5, estimated)], at=CAME + 60, origin=Origin.INVOICE)
    put(register, [(days[0], 1_000.0), (days[0] + 700, 1_234.0), (days[1], 2_000.0)], at=CAME)
    _beside(account, register)
    return interval, register


def add(meter: Meter, account: Account, kind: str) -> SeriesKey:
    """Add a series of hours to the first data point of a meter."""
    point = meter.data_points.order_by("id").first()
    assert point is not None
    series = installing.add_series(point, minutes=60, kind=kind, at=make.NOON)
    return all_series.find(account.pk, [series.pk])[series.pk]


def _beside(account: Account, register: SeriesKey) -> None:
    at = datetime.fromtimestamp(CAME, UTC)
    source = DataSource.objects.filter(account=account).order_by("id").first()
    assert source is not None
    deliveries.of_hour(account.pk, source.pk, origin=Origin.INSERTION, at=at)
    deliver(account.pk, at=CAME, name="curva.csv")
    RegisterFinding.objects.create(
        account_id=account.pk, series_id=register.id, at=at, kind=RegisterFinding.Kind.HELD
    )
    KeptFile.objects.create(
        account_id=account.pk,
        sha256="ab" * 32,
        file_name="curva.csv",
        kept_at=at,
        size=3,
        content=b"1;2",
    )
    pending = {"account_id": account.pk, "source_id": source.pk, "did": "GW-9", "quantity": 402}
    PendingQuantity.objects.create(**pending, first_at=at, last_at=at, readings=1)
    ReadingsDraft.objects.create(
        account_id=account.pk, file_name="curva.csv", content=b"x", made_by_id=1, made_at=at
    )
    RememberedOptions.objects.create(account_id=account.pk, signature="x", told_at=at)
    PendingReading.objects.create(**pending, id=1, at=at, value=7.0, arrived_at=at)
