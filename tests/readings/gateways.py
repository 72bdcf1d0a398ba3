"""Makes gateways: a source of an account with devices, and the batches that it sends."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests import make
from vatio.accounts.models import Account
from vatio.metering import installing, tokens
from vatio.metering.models import DataPoint, DataSource, Meter, Series, SourceDevice
from vatio.readings import series as all_series
from vatio.readings.decoding import decode
from vatio.readings.insertion import Inserted, InsertionSender, insert
from vatio.readings.receiving import partners
from vatio.readings.series import SeriesKey

NOW = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
Reading = tuple[float, float]
"""An instant, in seconds since 1970, UTC, and a value in the unit of the code."""


@dataclass
class Gateway:
    """A source, and its devices `D0`, `D1` … with a data point each."""

    account: Account
    source: DataSource
    token: str
    meters: list[Meter]
    points: list[DataPoint]
    quantity: int

    @property
    def sender(self) -> InsertionSender:
        return InsertionSender(self.account.pk, self.source.pk, 10**9)

    def body(self, readings: Iterable[tuple[int, float, float]]) -> bytes:
        """Return the body of readings: number of the device, instant, value."""
        return json.dumps(
            [
                {
                    "did": f"D{device}",
                    "sqn": 1,
                    "ts": datetime.fromtimestamp(at, UTC).isoformat(),
                    "values": [{"p": self.quantity, "v": value}],
                }
                for device, at, value in readings
            ]
        ).encode()

    def insert(
        self, readings: Iterable[tuple[int, float, float]], *, at: datetime = NOW
    ) -> Inserted:
        return insert(self.sender, decode(self.body(readings)), at=at)

    def series(self, device: int = 0, kind: str = "interval") -> SeriesKey:
        own = Series.objects.get(data_point=self.points[device], kind=kind)
        return all_series.find(self.account.pk, [own.pk])[own.pk]

    def intervals(self, device: int = 0) -> SeriesKey:
        register = self.series(device, "register")
        (into,) = partners(self.account.pk, {register.id: register}, at=0).values()
        return into


def gateway(
    devices: int = 1, *, minutes: int = 60, quantity: int = 301, of: Account | None = None
) -> Gateway:
    account, by = of or make.account(), make.commercial()
    source, token = tokens.add_with_token(
        account, name="Pasarela", kind="insertion", by=by, at=make.NOON, issued_at=NOW
    )
    meters, points = [], []
    for number in range(devices):
        meter = make.meter(account)
        SourceDevice.objects.create(
            account=account,
            organisation=account.organisation,
            source=source,
            did=f"D{number}",
            meter=meter,
        )
        meters.append(meter)
        points.append(
            installing.add_data_point(
                meter, quantity=quantity, minutes=minutes, source=source, by=by, at=make.NOON
            )
        )
    return Gateway(account, source, token, meters, points, quantity)
