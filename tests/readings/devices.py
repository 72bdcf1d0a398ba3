"""Makes a source whose devices nobody accepted yet, and lets it send."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from tests import make
from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.installing import MeterDetails
from vatio.metering.models import DataSource, Meter, Series
from vatio.readings import accepting, insertion
from vatio.readings import series as all_series
from vatio.readings.accepting import Accepted
from vatio.readings.curves import curve
from vatio.readings.decoding import Batch, InsertedMessage, InsertedValue
from vatio.readings.insertion import Inserted, InsertionSender
from vatio.tenants.models import Person

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp()
"""The first instant of 24 November in Madrid."""


@dataclass
class Gateway:
    """A source of an account, and who administers it."""

    account: Account
    source: DataSource
    by: Person

    def sends(self, *readings: tuple[float, float], did: str = "7", p: int = 402) -> Inserted:
        """Insert values of a quantity, each with its hours since midnight in Madrid."""
        messages = [
            InsertedMessage(
                did=did,
                ts=datetime.fromtimestamp(MIDNIGHT + hours * 3600, UTC),
                values=[InsertedValue(p=p, v=value)],
            )
            for hours, value in readings
        ]
        sender = InsertionSender(self.account.pk, self.source.pk, 1_000_000)
        return insertion.insert(sender, Batch(list(enumerate(messages))), at=NOW)

    def values(self, quantity: int = 402, kind: str = "interval") -> list[float | None]:
        """Tell the values of 24 November of a quantity that was accepted."""
        row = Series.objects.get(account=self.account, data_point__quantity=quantity, kind=kind)
        key = all_series.find(self.account.pk, [row.pk])[row.pk]
        (day,) = curve(key, date(2026, 11, 24), date(2026, 11, 25))
        return [None if value is None else float(value) for value in day.values]

    def accept(
        self,
        choices: dict[int, int],
        *,
        did: str = "7",
        meter: Meter | MeterDetails | None = None,
        at: datetime = NOW,
    ) -> Accepted:
        """Accept quantities of a device, as a new meter unless said."""
        return accepting.accept(
            self.account,
            self.source,
            did,
            choices,
            meter=meter or MeterDetails(f"Cuadro {did}"),
            by=self.by,
            at=at,
        )


def gateway(of: Account | None = None, name: str = "Pasarela") -> Gateway:
    """Add a source that inserts to an account."""
    account = of or make.account(version=make.licence("DP", data_points=10))
    by = make.commercial()
    source = installing.add_source(account, name=name, kind="insertion", by=by, at=make.NOON)
    return Gateway(account, source, by)
