"""Makes one call: takes the locks, begins it, reaches the meter, reads it, and ends it."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from vatio.accounts.locking import AccountGone
from vatio.collection import attempts
from vatio.collection.attempts import AskedCall, BegunCall, ReadDay
from vatio.collection.calling import OUTCOMES, CallReport, read_line
from vatio.collection.iec102.failures import CallFailed, CallFailure
from vatio.collection.iec102.link import ByteStream, CallLimits
from vatio.collection.locks import CallLocks, name_of_endpoint, name_of_line, name_of_modem
from vatio.collection.models import LineSettings
from vatio.collection.nights import DueLine
from vatio.collection.outcomes import CallOutcome
from vatio.collection.places import NoPlace
from vatio.collection.reaching.addresses import (
    Allowed,
    NotAllowed,
    NotFound,
    allowed_here,
    find,
)
from vatio.collection.reaching.modem import ModemLimits
from vatio.collection.reaching.modems import NoSuchModem, modem_called, modems
from vatio.collection.reaching.transports import dial_by_modem, dial_ip
from vatio.collection.sealing import KeyUnreadable
from vatio.collection.setting_up import key_of
from vatio.collection.storing import CallOver, MeterDay, Storing
from vatio.collection.threads import Threads

logger = logging.getLogger("vatio.collection")

TurnedLine = DueLine | AskedCall
"""A line whose turn it is: by its night, or because somebody asked."""

CONNECT = 10.0
"""Seconds within which a meter is connected to over IP."""

MODEM_OPENS = 10.0
"""Seconds within which a modem is opened."""

DIALLING = ModemLimits()

MOST_TRIED = 4
"""How many addresses of a name are tried: somebody else's name may have thousands."""

LEAST = 20.0
"""Seconds that a call has at least, however soon its night ends."""

IP_LIMITS = CallLimits()
MODEM_LIMITS = CallLimits(reply=15.0, call=1_800.0)
"""A GSM modem takes about a second for each answer, and 45 days are thousands of them."""

ALLOWED_FOR = 60.0
"""Seconds for which the addresses that are ours, looked up once, are known."""


class EndpointInUse(Exception):
    """The address that a name led to is being talked to by somebody else."""


class CallMaker:
    """Makes calls, any number at a time, each under the locks of what it talks to.

    `now` returns the current instant; `locking` is one thread, whose connection holds the locks.
    """

    def __init__(self, *, now: Callable[[], datetime], storing: Threads, locking: Threads) -> None:
        self.now = now
        self.storing = storing
        self.locking = locking
        self.locks = CallLocks()
        self._finding = Threads(16, "collect-names")
        self._allowing = asyncio.Lock()
        self._allowed = Allowed(public=False)
        self._allowed_at = float("-inf")

    async def make(self, line: TurnedLine) -> int | None:
        """Call a line if nobody else talks to its meter, and return the attempt."""
        names = [name_of_line(line.line_id), name_of_endpoint(line.endpoint)]
        if line.modem:
            modem = modems().get(line.modem)
            names += [name_of_modem(each) for each in (line.modem, modem and modem.opens) if each]
        if not await self.locking.run(self.locks.take, names):
            return None
        try:
            begin = attempts.begin_due if isinstance(line, DueLine) else attempts.begin_asked
            call = await self._begun(self.storing.run(begin, line, at=self.now()))  # type: ignore[arg-type]
            if call is None:
                return None
            await self._carry_out(call, names)
            return call.attempt
        finally:
            await asyncio.shield(self.locking.run(self.locks.release, names))

    async def _begun(self, beginning: Coroutine[Any, Any, BegunCall | None]) -> BegunCall | None:
        """Return the call that is begun; one that is broken off meanwhile is ended again."""
        begun = asyncio.ensure_future(beginning)
        try:
            return await asyncio.shield(begun)
        except asyncio.CancelledError:
            call = await begun
            if call is not None:
                await self.storing.run(self._end, call, CallReport(CallOutcome.STOPPED))
            raise

    def close(self) -> None:
        """Free the threads."""
        self._finding.close()

    async def _carry_out(self, call: BegunCall, names: list[str]) -> None:
        """Make the call, and write down how it ended, whatever happens."""
        report = CallReport()
        try:
            await self._talk(call, names, report)
        except asyncio.CancelledError:
            report.break_off(CallOutcome.STOPPED)
            raise
        except Exception as problem:
            report.break_off(self._outcome_of(call, problem))
            if report.outcome is CallOutcome.FAILED:
                logger.exception("A call of line %s failed.", call.line_id)
        finally:
            await asyncio.shield(self.storing.run(self._end, call, report))

    def _end(self, call: BegunCall, report: CallReport) -> None:
        attempts.end(
            call, report.outcome, sent=report.sent, received=report.received, at=self.now()
        )

    async def _talk(self, call: BegunCall, names: list[str], report: CallReport) -> None:
        key = key_of(call.settings)
        by_modem = call.settings.transport == LineSettings.Transport.MODEM
        limits = self._limits(call, MODEM_LIMITS if by_modem else IP_LIMITS)
        stream = await (self._dial_modem(call) if by_modem else self._dial_ip(call, names))
        await read_line(stream, call, key, _Keeper(self, call), report, limits=limits)

    def _limits(self, call: BegunCall, limits: CallLimits) -> CallLimits:
        """Return the limits of a call, which ends with its night."""
        if call.closes_at is None:
            return limits
        left = (call.closes_at - self.now()).total_seconds()
        return replace(limits, call=max(LEAST, min(limits.call, left)))

    async def _dial_ip(self, call: BegunCall, names: list[str]) -> ByteStream:
        """Connect to the first address of a host that answers, each judged before."""
        host, port = call.settings.host, call.settings.port or 0
        found = await self._finding.run(find, host, port, allowed=await self._permitted())
        for endpoint in found[:MOST_TRIED]:
            name = name_of_endpoint(str(endpoint))
            if name not in names:
                if not await self.locking.run(self.locks.take, [name]):
                    raise EndpointInUse
                names.append(name)
            with suppress(CallFailed):
                return await dial_ip(endpoint.address, endpoint.port, within=CONNECT)
        raise CallFailed(CallFailure.UNREACHABLE)

    async def _permitted(self) -> Allowed:
        """Return which addresses may be called, looked up once a minute for all calls."""
        async with self._allowing:
            if time.monotonic() - self._allowed_at > ALLOWED_FOR:
                self._allowed = await self.storing.run(allowed_here)
                self._allowed_at = time.monotonic()
        return self._allowed

    async def _dial_modem(self, call: BegunCall) -> ByteStream:
        """Let the modem of a line call its number."""
        opens = modem_called(call.settings.modem).opens
        return await dial_by_modem(
            opens, call.settings.telephone, limits=DIALLING, within=MODEM_OPENS
        )

    def _outcome_of(self, call: BegunCall, problem: Exception) -> CallOutcome:
        """Return what people are told of what went wrong."""
        if isinstance(problem, CallFailed):
            by_modem = call.settings.transport == LineSettings.Transport.MODEM
            if problem.reason is CallFailure.BUSY and by_modem:
                return CallOutcome.ENGAGED
            is_late = call.closes_at is not None and self.now() >= call.closes_at
            if problem.reason is CallFailure.TOO_SLOW and is_late:
                return CallOutcome.TOO_LATE
            return OUTCOMES[problem.reason]
        return next(
            (outcome for kind, outcome in PROBLEMS.items() if isinstance(problem, kind)),
            CallOutcome.FAILED,
        )


PROBLEMS: dict[type[Exception], CallOutcome] = {
    EndpointInUse: CallOutcome.IN_USE,
    NotFound: CallOutcome.NOT_FOUND,
    NotAllowed: CallOutcome.NOT_ALLOWED,
    NoSuchModem: CallOutcome.NO_MODEM,
    KeyUnreadable: CallOutcome.KEY_UNREADABLE,
    NoPlace: CallOutcome.NO_PLACE,
    CallOver: CallOutcome.STOPPED,
    AccountGone: CallOutcome.STOPPED,
}
"""What people are told of what went wrong before a meter was talked to, or here."""


class _Keeper:
    """Keeps what a call brings, in the threads that speak to the database."""

    def __init__(self, maker: CallMaker, call: BegunCall) -> None:
        self._maker = maker
        self._call = call
        self._storing: Storing | None = None

    async def answered(self, *, days: int, drift: int | None) -> None:
        await self._maker.storing.run(self._answered, days, drift)

    async def day(self, day: MeterDay) -> ReadDay:
        assert self._storing is not None
        return await self._maker.storing.run(self._storing.store, day)

    def now(self) -> datetime:
        return self._maker.now()

    def _answered(self, days: int, drift: int | None) -> None:
        attempts.answered(self._call, days=days, drift=drift)
        self._storing = Storing(self._call, at=self._maker.now())
