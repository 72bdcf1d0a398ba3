"""The demo's RTC lines: how each is called, and which of their meters are in trouble."""

from datetime import datetime, time
from typing import Any, NamedTuple

from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import NIGHT_FROM, NIGHT_UNTIL, LineSettings
from vatio.collection.sealing import seal
from vatio.demo.histories import called_from
from vatio.demo.meter.server import LOOPBACK
from vatio.demo.meter.station import KEY
from vatio.metering.models import RtcLine

FIRST_LINK = 10_001
"""The link address of the first of the demo's meters; the next has the next one.

A line that calls such an address on loopback is one of the demo's, as long as nobody changes that.
"""

FIRST_PORT = 20_001
"""The port of the first of them, if it is free."""

OLD_KEY = MeterKey(8)
"""A key that the meter no longer takes."""


class CalledMeter(NamedTuple):
    """What is special about a called meter: its faults, and the key and night of its line."""

    faults: tuple[str, ...] = ()
    key: MeterKey = KEY
    night_until: time = NIGHT_UNTIL


ORDINARY = CalledMeter()

SPECIAL = {
    ("Frigoríficos Celeiro 011", "Contador general"): CalledMeter(("silent",)),
    ("Hotel Playa de Mogán 020", "Contador 04"): CalledMeter(("busy",), night_until=time(1, 0)),
    ("Pazo de Congresos 034", "Alumbrado 02"): CalledMeter(key=OLD_KEY),
    ("Nave Frigorífica O Ceao 038", "Contador 02"): CalledMeter(("drift=95",)),
}
"""By the account and the meter: one has died, one always talks to somebody else (and is asked for
half an hour only, not all night), one has another key by now, and one has a clock that is ahead."""


def called_meter(account: str, meter: str) -> CalledMeter:
    """Return what is special about a meter."""
    return SPECIAL.get((account, meter), ORDINARY)


def set_up(*, at: datetime) -> None:
    """Say of every line how it is called; the first call brings the last days of its history."""
    until = called_from(at.date())
    lines = RtcLine.objects.select_related("account", "meter").order_by("id")
    LineSettings.objects.bulk_create(
        LineSettings(
            line=line,
            account_id=line.account_id,
            organisation_id=line.organisation_id,
            link_address=FIRST_LINK + place,
            port=FIRST_PORT + place,
            hours_until=until,
            quarters_until=until,
            **_columns(line),
        )
        for place, line in enumerate(lines)
    )


def _columns(line: RtcLine) -> dict[str, Any]:
    special = called_meter(line.account.name, line.meter.name)
    return {
        "transport": LineSettings.Transport.IP,
        "host": LOOPBACK,
        "measuring_point": 1,
        "night_from": NIGHT_FROM,
        "night_until": special.night_until,
        "sealed_key": seal(special.key, line=line.uid),
        "changed_at": line.created_at,
    }
