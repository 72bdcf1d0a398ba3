"""A session with a meter: the key, who it is, what time it has, and its load curves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from vatio.collection.iec102 import asdus, curves
from vatio.collection.iec102.asdus import Asdu, BrokenAsdu, MeterIdentity, MeterKey
from vatio.collection.iec102.curves import MeterCurve, Record
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.labels import TimeLabel
from vatio.collection.iec102.link import ByteStream, CallLimits, MeterLink

REGISTERS = {60: asdus.HOURLY, 15: asdus.QUARTER_HOURLY}

REFUSALS = {
    asdus.NO_TYPE: CallFailure.NOT_SUPPORTED,
    asdus.NO_RECORD_NUMBER: CallFailure.NOT_SUPPORTED,
    asdus.NO_ADDRESS: CallFailure.OTHER_POINT,
}
"""What causes of a refusal mean; any other says that what was asked for is not available."""

STILL_TALKING = {CallFailure.NOT_AVAILABLE, CallFailure.NOT_SUPPORTED, CallFailure.NO_DATA}
"""After these a meter still listens, and is told that the session ends."""

REFUSING = STILL_TALKING | {CallFailure.BUSY}
"""With these a meter says that it will not give what was asked for; the line is good."""

T = TypeVar("T")


@dataclass(frozen=True)
class MeterAddress:
    """Where on a line a meter is: link address and measuring point."""

    link: int
    point: int


@dataclass(frozen=True)
class MeterClock:
    """The time that a meter had when asked, in UTC, and whether it trusts it."""

    at: datetime
    doubtful: bool


class MeterSession:
    """An open session; `session` opens one and ends it."""

    def __init__(
        self, link: MeterLink, address: MeterAddress, zone: ZoneInfo, limits: CallLimits
    ) -> None:
        self.link = link
        self.is_key_out = False
        """Whether the key was sent and neither accepted nor refused."""
        self._point = address.point
        self._zone = zone
        self._limits = limits

    async def identity(self) -> MeterIdentity:
        """Return what the meter says of itself."""
        answer = await self._single(asdus.ASK_IDENTITY, asdus.IDENTITY)
        return _read(asdus.identity, answer)

    async def clock(self) -> MeterClock:
        """Return the meter's time; it is never set."""
        label = _read(asdus.clock, await self._single(asdus.ASK_CLOCK, asdus.CLOCK))
        return MeterClock(label.instant(self._zone), label.invalid)

    async def curve(
        self, start: datetime, end: datetime, *, minutes: int, readings: bool = False
    ) -> MeterCurve:
        """Return the intervals from `start` up to, and not including, `end`.

        Both are whole intervals of 60 or 15 minutes. Increments are asked for (types 123 and
        11), or with `readings` the absolute readings at the end of each interval (122 and 8).

        Where intervals are missing and the line was disturbed, the range is asked for once more:
        a meter that takes a repeated request for a new one goes on to its next record.

        :raises CallFailed: if the meter refuses, or stops before its end of the range.
        """
        register, step = REGISTERS[minutes], timedelta(minutes=minutes)
        count = (end - start) // step
        if count < 1 or start + count * step != end:
            raise ValueError("a range is one whole interval or more")
        asked, answered = (
            (asdus.ASK_TOTALS, asdus.TOTALS)
            if readings
            else (asdus.ASK_INCREMENTS, asdus.INCREMENTS)
        )
        request = asdus.ask_profile(
            asked,
            self._point,
            register,
            TimeLabel.of(start + step, self._zone),
            TimeLabel.of(end, self._zone),
            objects=asdus.LAST_OBJECT,
        )
        most, before = 2 * count + 8, self.link.repeated
        assemble = partial(curves.assemble, start=start, end=end, minutes=minutes, zone=self._zone)
        records = await self._records(request, answered, most=most)
        curve = assemble(records)
        if curve.untold and (curve.repeated or self.link.repeated > before):
            records += await self._records_again(request, answered, most=most, known=records)
            curve = assemble(records)
        return curve

    async def give_key(self, key: MeterKey) -> None:
        """Hand the key over; whatever is no clear acceptance is a refusal, and final.

        A meter may lock after some keys that it refuses, and it may have refused one whose answer
        did not come, was spoilt or was cut off: such a key is not to be sent again with the next
        call of the night either. A lost frame is repeated with its frame count bit, which is no
        second attempt.

        :raises CallFailed: `REFUSED_KEY`, or `OTHER_LINK` if it is not the meter that answers.
        """
        request = asdus.open_session(self._point, key)
        self.is_key_out = True
        try:
            taken = await self.link.send(request.encoded())
            body = await self.link.fetch() if taken else None
            answer = _decoded(body) if body is not None else None
        except CallFailed as failure:
            if failure.reason is CallFailure.OTHER_LINK:
                raise
            raise CallFailed(CallFailure.REFUSED_KEY) from None
        accepted = (
            answer is not None
            and answer.type == asdus.OPEN_SESSION
            and answer.cause == asdus.CONFIRM
            and not answer.negative
        )
        if answer is None or not accepted:
            raise CallFailed(CallFailure.REFUSED_KEY)
        self.is_key_out = False
        self._ensure_point(answer)

    async def end(self) -> None:
        """Tell the meter that the session ends; a line that is gone by then is no matter."""
        try:
            await self.link.part(asdus.end_session(self._point).encoded())
        except CallFailed:
            return

    async def _single(self, type_: int, answered: int) -> Asdu:
        """Return the one data unit that answers a request without data."""
        await self._send(asdus.ask(type_, self._point))
        answer = await self._next()
        if answer.type == answered:
            return answer
        raise CallFailed(_why_not(answer) if answer.type == type_ else CallFailure.UNEXPECTED)

    async def _records(self, request: Asdu, answered: int, *, most: int) -> list[Record]:
        """Return the records between a meter's confirmation and its end of a request."""
        await self._send(request)
        records: list[Record] = []
        while len(records) <= most:
            answer = await self._next()
            if answer.register != request.register:
                raise CallFailed(CallFailure.UNEXPECTED)
            if answer.type == answered and answer.cause == asdus.REQUEST:
                totals, label = _read(asdus.totals, answer)
                records.append((label, totals))
            elif answer.type != request.type:
                raise CallFailed(CallFailure.UNEXPECTED)
            elif answer.cause == asdus.END and not answer.negative:
                return records
            elif answer.cause != asdus.CONFIRM or answer.negative:
                raise CallFailed(_why_not(answer))
        raise CallFailed(CallFailure.UNEXPECTED)

    async def _records_again(
        self, request: Asdu, answered: int, *, most: int, known: list[Record]
    ) -> list[Record]:
        """Return the records of a request made before that did not come then.

        There are none if the meter does not answer it again.
        """
        there = {label.instant(self._zone) for label, _totals in known}
        try:
            again = await self._records(request, answered, most=most)
        except CallFailed as failure:
            if failure.reason in REFUSING:
                return []
            raise
        return [record for record in again if record[0].instant(self._zone) not in there]

    async def _send(self, request: Asdu) -> None:
        """Hand a request over, to a busy meter again after a pause."""
        for _try in range(self._limits.tries):
            if await self.link.send(request.encoded()):
                return
            await asyncio.sleep(self._limits.pause)
        raise CallFailed(CallFailure.BUSY)

    async def _next(self) -> Asdu:
        """Return the next data unit; a meter that has none yet is asked again for a while."""
        for _try in range(self._limits.empties):
            body = await self.link.fetch()
            if body is not None:
                answer = _decoded(body)
                self._ensure_point(answer)
                return answer
            await asyncio.sleep(self._limits.pause)
        raise CallFailed(CallFailure.NO_DATA)

    def _ensure_point(self, answer: Asdu) -> None:
        if answer.point != self._point:
            raise CallFailed(CallFailure.OTHER_POINT)


@asynccontextmanager
async def session(
    stream: ByteStream,
    address: MeterAddress,
    key: MeterKey,
    *,
    zone: ZoneInfo,
    limits: CallLimits,
) -> AsyncIterator[MeterSession]:
    """Open a session over a connection, and end it and free the line whatever happens.

    :raises CallFailed: if no session comes about, or the whole call takes too long.
    """
    link = MeterLink(stream, address=address.link, limits=limits)
    opened = MeterSession(link, address, zone, limits)
    try:
        async with asyncio.timeout(limits.call):
            await opened.link.open()
            await opened.give_key(key)
            yield opened
            await opened.end()
    except TimeoutError:
        reason = CallFailure.REFUSED_KEY if opened.is_key_out else CallFailure.TOO_SLOW
        raise CallFailed(reason) from None
    except CallFailed as failure:
        if failure.reason in STILL_TALKING:
            await opened.end()
        raise
    finally:
        await stream.close()


def _decoded(body: bytes) -> Asdu:
    """Return the data unit of a frame, whose checksum was right."""
    try:
        return asdus.decode(body)
    except BrokenAsdu:
        raise CallFailed(CallFailure.UNEXPECTED) from None


def _read(decode: Callable[[Asdu], T], asdu: Asdu) -> T:
    """Return what a data unit says."""
    try:
        return decode(asdu)
    except BrokenAsdu:
        raise CallFailed(CallFailure.UNEXPECTED) from None


def _why_not(answer: Asdu) -> CallFailure:
    """Return the reason for which a meter refuses a request, by the cause of its answer."""
    return REFUSALS.get(answer.cause, CallFailure.NOT_AVAILABLE)
