"""RTC lines with calls behind them, and hours that came: for the tests of pages and lists."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tests import make
from tests.collection.called import by_modem, details
from tests.readings.stored import put, series
from vatio.accounts.models import Account
from vatio.collection.models import CallAttempt, LineSettings
from vatio.collection.outcomes import ANSWERED, CallOutcome
from vatio.collection.setting_up import change_line
from vatio.metering import installing
from vatio.metering.models import RtcLine
from vatio.readings.slots import local_day
from vatio.tenants.models import Person

MADRID = "Europe/Madrid"


def roomy(name: str = "", **more: Any) -> Account:
    """Open an account with room for many lines."""
    version = make.licence("Muchas", meters=1000, supply_points=1000, rtc_lines=1000)
    return make.account(name, version=version, **more)


def line_of(
    account: Account, name: str = "", *, cups: str = "", at: datetime = make.NOON
) -> RtcLine:
    """Add an RTC line of which it is not said how it is called."""
    point = make.supply_point(account, name, cups=cups, manages_bills=False, at=at)
    meter = make.meter(account, at=at)
    return installing.add_rtc_line(point, meter, by=make.commercial(), at=at)


def called_line(
    account: Account,
    name: str = "",
    *,
    modem: bool = False,
    until: date | None = None,
    at: datetime = make.NOON,
    **more: Any,
) -> RtcLine:
    """Add a line by IP, or by the modem Lugo, that was read up to a day, not including it."""
    line = line_of(account, name, at=at)
    said = by_modem(**more) if modem else details(**more)
    change_line(line, said, by=make.commercial(), at=at)
    LineSettings.objects.filter(line=line).update(hours_until=until, quarters_until=until)
    return line


def call_of(
    line: RtcLine,
    outcome: str = CallOutcome.DONE,
    *,
    at: datetime,
    seconds: int = 40,
    by: Person | None = None,
    **more: Any,
) -> CallAttempt:
    """Leave a call of a line; by night, unless somebody asked for it."""
    answered = outcome in ANSWERED
    came = {"bytes_sent": 120, "bytes_received": 9_000, "hours": 24, "quarters": 96, "new": 120}
    return CallAttempt.objects.create(
        account_id=line.account_id,
        organisation_id=line.organisation_id,
        line=line,
        asked_by=by,
        asked_at=at if by else None,
        started_at=at,
        ended_at=at + timedelta(seconds=seconds),
        outcome=outcome,
        modem=line.settings.modem if hasattr(line, "settings") else "",
        **{**(came if answered else {}), **more},
    )


def waiting_call(line: RtcLine, *, at: datetime, by: Person | None, **more: Any) -> CallAttempt:
    """Leave a call that was asked for and has not ended."""
    return CallAttempt.objects.create(
        account_id=line.account_id,
        organisation_id=line.organisation_id,
        line=line,
        asked_by=by,
        asked_at=at,
        **more,
    )


def hours(
    line: RtcLine,
    days: Iterable[date],
    *,
    lacking: Mapping[date, int] | None = None,
    time_zone: str = MADRID,
) -> None:
    """Put the hours of some days into the hourly curve of a line's meter, but for some of them."""
    key = series(meter=line.meter, time_zone=time_zone)
    for day in days:
        local = local_day(day, time_zone)
        count = local.count(60) - (lacking or {}).get(day, 0)
        put(
            key,
            [(local.begins + 3600 * slot, 1000.0) for slot in range(count)],
            at=make.NOON.timestamp(),
        )
