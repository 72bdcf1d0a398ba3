"""RTC lines that call simulated meters in other processes, each with two quantities."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from benchmarks.ground import filling
from vatio.accounts.models import Account
from vatio.collection.models import LineSettings
from vatio.collection.sealing import seal
from vatio.demo.meter.server import LOOPBACK
from vatio.demo.meter.station import KEY
from vatio.metering.models import (
    DataPoint,
    DataSource,
    Measurement,
    Meter,
    RtcLine,
    Series,
    SupplyPoint,
)

QUANTITIES = {402: "Energía activa", 404: "Energía reactiva inductiva"}
MINUTES = (60, 15)
MADE = filling.NOW - timedelta(days=30)
PROGRAM = Path(__file__).with_name("many_meters.py")
NIGHT = timedelta(hours=8)
"""How long the lines may be called; they were able to be for half of it when they were set up."""


@dataclass
class Simulated:
    """The ports of simulated meters and, once they have ended, the processor seconds they took."""

    ports: list[int]
    processor_seconds: list[float] = field(default_factory=list)


@contextmanager
def simulated(count: int, *, processes: int) -> Iterator[Simulated]:
    """Run some simulated meters in some processes."""
    started = []
    try:
        for number in range(processes):
            own = len(range(number, count, processes))
            started.append(
                subprocess.Popen(
                    [sys.executable, "-P", str(PROGRAM), str(own)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            )
        meters = Simulated([port for each in started for port in json.loads(_line(each))])
        yield meters
        for each in started:
            assert each.stdin is not None
            each.stdin.close()
            meters.processor_seconds.append(json.loads(_line(each)))
    finally:
        for each in started:
            each.kill()
            each.wait()


def _line(of: "subprocess.Popen[bytes]") -> bytes:
    assert of.stdout is not None
    return of.stdout.readline()


@transaction.atomic
def install(accounts: Sequence[Account], ports: Sequence[int]) -> None:
    """Spread a line for each port over accounts; both curves of yesterday are to be read."""
    own = [accounts[place % len(accounts)] for place in range(len(ports))]
    meters = Meter.objects.bulk_create(
        Meter(**_installed(of), name=f"Contador {port}")
        for of, port in zip(own, ports, strict=True)
    )
    supplies = SupplyPoint.objects.bulk_create(
        SupplyPoint(
            **_installed(of), name=f"Suministro {port}", energy="electricity", territory="peninsula"
        )
        for of, port in zip(own, ports, strict=True)
    )
    Measurement.objects.bulk_create(
        Measurement(**_of(of), meter=meter, supply_point=supply, role="principal")
        for of, meter, supply in zip(own, meters, supplies, strict=True)
    )
    _add_series(accounts, meters)
    lines = RtcLine.objects.bulk_create(
        RtcLine(**_installed(of), meter=meter, supply_point=supply)
        for of, meter, supply in zip(own, meters, supplies, strict=True)
    )
    _set_up(lines, ports)


def _add_series(accounts: Sequence[Account], meters: Sequence[Meter]) -> None:
    sources = {
        of.pk: DataSource.objects.create(
            **_of(of), name="Llamadas", kind="collector", created_at=MADE
        )
        for of in accounts
    }
    points = DataPoint.objects.bulk_create(
        DataPoint(
            **_installed(meter.account),
            meter=meter,
            quantity=quantity,
            name=f"{meter.name} · {name}",
            source=sources[meter.account_id],
        )
        for meter in meters
        for quantity, name in QUANTITIES.items()
    )
    Series.objects.bulk_create(
        Series(
            account_id=point.account_id,
            organisation_id=point.organisation_id,
            data_point=point,
            minutes=minutes,
            kind="interval",
            time_zone="Europe/Madrid",
            created_at=MADE,
        )
        for point in points
        for minutes in MINUTES
    )


def _set_up(lines: Sequence[RtcLine], ports: Sequence[int]) -> None:
    yesterday = filling.TODAY - timedelta(days=1)
    night_from, night_until = _night()
    LineSettings.objects.bulk_create(
        LineSettings(
            account_id=line.account_id,
            organisation_id=line.organisation_id,
            line=line,
            transport="ip",
            host=LOOPBACK,
            port=port,
            night_from=night_from,
            night_until=night_until,
            link_address=1,
            measuring_point=1,
            sealed_key=seal(KEY, line=line.uid),
            changed_at=MADE,
            hours_until=yesterday,
            quarters_until=yesterday,
        )
        for line, port in zip(lines, ports, strict=True)
    )


def _night() -> tuple[time, time]:
    """Return a window around now, on the clock of the lines."""
    now = datetime.now(ZoneInfo("Europe/Madrid"))
    first, last = now - NIGHT / 2, now + NIGHT / 2
    return first.time().replace(microsecond=0), last.time().replace(microsecond=0)


def _of(account: Account) -> dict[str, int]:
    return {"account_id": account.pk, "organisation_id": account.organisation_id}


def _installed(account: Account) -> dict[str, object]:
    return {
        **_of(account),
        "service": "accepted",
        "service_since": MADE,
        "created_at": MADE,
    }
