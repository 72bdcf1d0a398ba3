"""Gateways: sources with tokens, the devices behind them, and the bodies that they post."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from benchmarks.ground import filling
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.dates import start_of
from vatio.metering import installing, tokens
from vatio.metering.models import DataSource, SourceDevice
from vatio.tenants.models import Person
from vatio.units import Quantities

INSTANTS = (401, 405, 406, 301)
"""Quantities that are what a meter shows at an instant: power, voltage, current, temperature."""

REGISTERS = (402, 404, 408, 452)
"""Quantities whose gateways send states of registers, from which intervals are derived."""

MINUTES = 15
SLOTS = 24 * 60 // MINUTES
STEP = timedelta(minutes=MINUTES)
PLENTY = 100_000


@dataclass(frozen=True)
class Gateway:
    """A source of an account with its token, and the device ids that it sends."""

    account_id: int
    source_id: int
    token: str
    dids: tuple[str, ...]
    quantities: tuple[int, ...]

    def body(self, begin: datetime, slots: int) -> bytes:
        """Return the body of a batch: a message for each device and slot, from `begin` on."""
        messages = [
            {
                "did": did,
                "sqn": slot,
                "ts": (begin + slot * STEP).isoformat(),
                "values": self._values(number, begin + slot * STEP),
            }
            for number, did in enumerate(self.dids)
            for slot in range(slots)
        ]
        return json.dumps(messages, separators=(",", ":")).encode()

    def _values(self, number: int, at: datetime) -> list[dict[str, float]]:
        """Return values that only grow: as good for registers as for anything else."""
        step = int(at.timestamp()) // (MINUTES * 60) % 1_000_000
        return [
            {"p": code, "v": round(step * 0.25 + number + place + step % 7 * 0.01, 2)}
            for place, code in enumerate(self.quantities)
        ]

    def post(self, begin: datetime, slots: int) -> bytes:
        """Return the whole request that posts a batch."""
        body = self.body(begin, slots)
        head = (
            "POST /readings HTTP/1.1\r\n"
            "Host: 127.0.0.1\r\n"
            f"Authorization: Bearer {self.token}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def account(of_name: str, by: Person) -> Account:
    """Open an account that holds as many meters as anybody may want."""
    organisation = filling.organisation(of_name, by)
    versions = filling.licences(by)
    end = filling.TODAY + timedelta(days=200)
    filling.accounts_ending(organisation, 1, versions, due_on=end, every=1)
    (made,) = Account.objects.filter(organisation=organisation)
    adjusting.adjust_quantities(
        made,
        Quantities(meters=PLENTY, supply_points=PLENTY),
        reason="Medida",
        by=by,
        at=filling.NOW,
    )
    return made


def install(
    of: Account, name: str, by: Person, *, devices: int, quantities: Sequence[int]
) -> Gateway:
    """Install a gateway: a source with its token, a meter a device, a data point a quantity."""
    source, token = tokens.add_with_token(
        of,
        name=name,
        kind=DataSource.Kind.INSERTION,
        by=by,
        at=filling.NOW,
        issued_at=datetime.now(UTC),
    )
    dids = tuple(f"{name}-{number}" for number in range(devices))
    for did in dids:
        meter = installing.add_meter(of, installing.MeterDetails(did), by=by, at=filling.NOW)
        SourceDevice.objects.create(
            account=of, organisation_id=of.organisation_id, source=source, did=did, meter=meter
        )
        for code in quantities:
            installing.add_data_point(
                meter, quantity=code, minutes=MINUTES, source=source, by=by, at=filling.NOW
            )
    return Gateway(of.pk, source.pk, token, dids, tuple(quantities))


def day(back: int) -> datetime:
    """Return the first instant of a day so many days ago, in Madrid."""
    return begin_of(filling.TODAY - timedelta(days=back))


def begin_of(on: date) -> datetime:
    """Return the first instant of a day in Madrid."""
    return start_of(on, "Europe/Madrid")
