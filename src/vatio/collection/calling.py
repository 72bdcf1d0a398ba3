"""Calls a line: reaches its meter, reads day by day from the last good reading, stores each day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from vatio.collection.attempts import BegunCall, ReadDay
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.iec102.curves import MeterCurve
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.link import ByteStream, CallLimits
from vatio.collection.iec102.session import MeterAddress, MeterSession, session
from vatio.collection.outcomes import CallOutcome
from vatio.collection.storing import MeterDay
from vatio.dates import day_at, start_of

FARTHEST_BACK = 45
"""How many days back a call reads at most."""

OUTCOMES = {
    CallFailure.UNREACHABLE: CallOutcome.UNREACHABLE,
    CallFailure.BUSY: CallOutcome.IN_USE,
    CallFailure.NO_CARRIER: CallOutcome.NO_CARRIER,
    CallFailure.NO_DIALTONE: CallOutcome.NO_DIALTONE,
    CallFailure.NO_ANSWER: CallOutcome.NO_ANSWER,
    CallFailure.NO_MODEM: CallOutcome.NO_MODEM,
    CallFailure.MODEM_ERROR: CallOutcome.MODEM_FAULT,
    CallFailure.HUNG_UP: CallOutcome.HUNG_UP,
    CallFailure.SILENT: CallOutcome.SILENT,
    CallFailure.TOO_SLOW: CallOutcome.TOO_SLOW,
    CallFailure.GARBLED: CallOutcome.GARBLED,
    CallFailure.UNEXPECTED: CallOutcome.GARBLED,
    CallFailure.OTHER_LINK: CallOutcome.WRONG_METER,
    CallFailure.OTHER_POINT: CallOutcome.WRONG_METER,
    CallFailure.REFUSED_KEY: CallOutcome.WRONG_KEY,
    CallFailure.NOT_SUPPORTED: CallOutcome.NO_SUCH_CURVE,
    CallFailure.NOT_AVAILABLE: CallOutcome.NO_SUCH_CURVE,
    CallFailure.NO_DATA: CallOutcome.SILENT,
}
"""What people are told of each failure of a call."""

NOT_THERE = {CallFailure.NOT_AVAILABLE, CallFailure.NOT_SUPPORTED}
"""The meter lacks a day, or a curve: it goes on listening."""

NO_QUARTERS = NOT_THERE | {CallFailure.BUSY, CallFailure.NO_DATA}
"""Ways in which a meter that keeps no quarter-hours says so; its hours are read all the same."""

LACKING = {CallFailure.NOT_SUPPORTED, CallFailure.NO_DATA}
"""After these a curve is not asked for again in the same call: another day's answer would be the
same, or take as long to wait for."""

NO_CLOCK = NOT_THERE | {CallFailure.UNEXPECTED, CallFailure.NO_DATA}
"""Without its time a meter can be read all the same."""

MOST_DRIFT = 2**31 - 1
"""Seconds; a clock that is off by more is off by enough."""


class CallKeeper(Protocol):
    """Keeps what a call brings; each method returns once it is written down."""

    async def answered(self, *, days: int, drift: int | None) -> None:
        """Keep that the meter answers, how many days are to be read, and its clock's drift.

        :param drift: seconds ahead of ours; None if the meter does not tell its time.
        """

    async def day(self, day: MeterDay) -> ReadDay:
        """Store a day."""

    def now(self) -> datetime:
        """Return the current instant."""


@dataclass
class CallReport:
    """What came of a call so far: its end, and how many bytes went both ways."""

    outcome: CallOutcome = CallOutcome.FAILED
    sent: int = 0
    received: int = 0
    """Bytes, those of a modem's own commands aside."""
    days_stored: int = 0
    changed: int = 0
    intervals: int = 0

    def close(self) -> None:
        """Say how a call ended in which nothing failed."""
        if self.changed:
            self.outcome = CallOutcome.DONE
        elif self.intervals or not self.days_stored:
            self.outcome = CallOutcome.NOTHING_NEW
        else:
            self.outcome = CallOutcome.NO_SUCH_CURVE

    def break_off(self, outcome: CallOutcome) -> None:
        """Say that a call broke off, which tells less than what came before, if anything did."""
        self.outcome = CallOutcome.PARTLY if self.changed else outcome


class CountedStream:
    """A stream of bytes that counts them into the report of its call."""

    def __init__(self, stream: ByteStream, report: CallReport) -> None:
        self._stream = stream
        self._report = report

    async def read(self) -> bytes:
        """Return the next bytes."""
        data = await self._stream.read()
        self._report.received += len(data)
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        self._report.sent += len(data)
        await self._stream.write(data)

    async def close(self) -> None:
        """Free the line."""
        await self._stream.close()


def days_to_read(call: BegunCall, *, at: datetime) -> Mapping[int, date]:
    """Return from which day each curve is to be read, by its minutes.

    It is the day on which the last good reading ended, at most `FARTHEST_BACK` days before today,
    and none before the meter was there. A meter that has told of hours and never of quarters is
    asked for those of yesterday alone: it may not keep any. All are of the zone of the line; today
    is not read.
    """
    today = day_at(at, str(call.zone))
    earliest = max(today - timedelta(days=FARTHEST_BACK), call.measured_from or date.min)
    hours, quarters = call.settings.hours_until, call.settings.quarters_until
    if hours is not None and quarters is None:
        quarters = today - timedelta(days=1)
    return {60: max(earliest, hours or date.min), 15: max(earliest, quarters or date.min)}


async def read_line(
    stream: ByteStream,
    call: BegunCall,
    key: MeterKey,
    keeper: CallKeeper,
    report: CallReport,
    *,
    limits: CallLimits,
) -> None:
    """Read what is new from the meter at the other end of a stream, and close the stream.

    Days are read and stored one by one, the oldest first: whatever breaks off, the next call goes
    on after what is stored.

    :param report: is filled as the call goes on, so that it holds what came if the call fails.
    :raises CallFailed: if the call does, with what came before stored.
    """
    address = MeterAddress(call.settings.link_address, call.settings.measuring_point)
    counted = CountedStream(stream, report)
    async with session(counted, address, key, zone=call.zone, limits=limits) as opened:
        drift = await _drift(opened, keeper)
        since = days_to_read(call, at=keeper.now())
        days = list(_days(min(since.values()), day_at(keeper.now(), str(call.zone))))
        await keeper.answered(days=len(days), drift=drift)
        lacking: set[int] = set()
        for day in days:
            stored = await keeper.day(await _read_day(opened, call, day, since, lacking))
            report.days_stored += 1
            report.changed += stored.new + stored.corrected
            report.intervals += stored.hours + stored.quarters
    report.close()


async def _drift(opened: MeterSession, keeper: CallKeeper) -> int | None:
    """Return by how many seconds a meter's clock is ahead; None if it does not tell its time."""
    try:
        clock = await opened.clock()
    except CallFailed as failure:
        if failure.reason in NO_CLOCK:
            return None
        raise
    ahead = round((clock.at - keeper.now()).total_seconds())
    return max(-MOST_DRIFT, min(ahead, MOST_DRIFT))


async def _read_day(
    opened: MeterSession,
    call: BegunCall,
    day: date,
    since: Mapping[int, date],
    lacking: set[int],
) -> MeterDay:
    """Read the curves of a day; those that the meter does not know are put down as lacking."""
    curves: dict[int, MeterCurve | None] = {}
    zone = str(call.zone)
    begin = start_of(day, zone).astimezone(UTC)
    end = start_of(day + timedelta(days=1), zone).astimezone(UTC)
    for minutes, first in since.items():
        curves[minutes] = None
        if day < first or minutes in lacking:
            continue
        try:
            curves[minutes] = await opened.curve(begin, end, minutes=minutes)
        except CallFailed as failure:
            if failure.reason not in (NO_QUARTERS if minutes == 15 else NOT_THERE):
                raise
            if failure.reason in LACKING:
                lacking.add(minutes)
    return MeterDay(day, curves[60], curves[15])


def _days(first: date, until: date) -> Iterator[date]:
    while first < until:
        yield first
        first += timedelta(days=1)
