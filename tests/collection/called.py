"""RTC lines that can be called, and calls of them."""

from datetime import datetime, timedelta
from typing import Any

from vatio.collection.describing import LineDetails
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.outcomes import CallOutcome
from vatio.collection.setting_up import change_line
from vatio.metering.models import RtcLine
from vatio.tenants.models import Person

KEY = 3_141_592_653


def spellings(number: int = KEY) -> list[str]:
    """Return how a number could stand in a text: decimal, with marks, hexadecimal, in bytes."""
    big, little = number.to_bytes(4, "big"), number.to_bytes(4, "little")
    return [
        str(number),
        f"{number:,}",
        f"{number:,}".replace(",", "."),
        f"{number:,}".replace(",", " "),
        f"{number:x}",
        f"{number:X}",
        little.hex(),
        little.hex().upper(),
        repr(big)[2:-1],
        repr(little)[2:-1],
    ]


def details(**more: Any) -> LineDetails:
    """Return how a meter is reached by IP, but for what is said."""
    known: dict[str, Any] = {
        "transport": "ip",
        "host": "8.8.8.8",
        "port": 4001,
        "link_address": 1,
        "measuring_point": 1,
        "key": MeterKey(KEY),
    }
    return LineDetails(**(known | more))


def by_modem(**more: Any) -> LineDetails:
    """Return how a meter is reached by modem; a test names the modem Lugo in the settings."""
    known = {"transport": "modem", "telephone": "982 10 20 30", "modem": "Lugo"}
    return details(**({"host": "", "port": None} | known | more))


def call(line: RtcLine, *, by: Person, at: datetime) -> LineSettings:
    """Say how a line is called, and leave two calls of it: one that failed and one that did not."""
    settings = change_line(line, details(), by=by, at=at)
    own = {"line": line, "account_id": line.account_id, "organisation_id": line.organisation_id}
    CallAttempt.objects.create(
        **own,
        started_at=at,
        ended_at=at + timedelta(seconds=9),
        outcome=CallOutcome.NO_ANSWER,
        asked_by=by,
    )
    CallAttempt.objects.create(
        **own,
        started_at=at + timedelta(minutes=5),
        ended_at=at + timedelta(minutes=6),
        outcome=CallOutcome.DONE,
        bytes_sent=120,
        bytes_received=9_000,
        hours=24,
        quarters=96,
        new=120,
        first_on=at.date() - timedelta(days=1),
        last_on=at.date() - timedelta(days=1),
        drift=-7,
    )
    return settings
