"""Collects: looks whose turn it is, and calls many lines at a time until told to stop.

Any number of collectors may run. What keeps them apart is in the database: the locks of what is
talked to, and that a line has one open call.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db import Error, OperationalError

from vatio.collection import asking, attempts, nights
from vatio.collection.attempts import AskedCall
from vatio.collection.locks import LocksLost, name_of_line
from vatio.collection.making_calls import CallMaker, TurnedLine
from vatio.collection.nights import DueLine
from vatio.collection.threads import Threads

logger = logging.getLogger("vatio.collection")

EVERY = 1.0
"""Seconds after which the collector looks again who asked, and whether its database is there."""

NIGHTS_EVERY = 10.0
"""Seconds after which it looks again which nights are due."""

MENDS_EVERY = 15.0
"""Seconds after which it looks for calls whose collector died."""

AGAIN = 2.0
"""Seconds after which a call that somebody asked for is tried again, if its meter was in use."""

T = TypeVar("T")


class DatabaseLost(OperationalError):
    """The connection that held the locks is gone: every call was broken off."""


class Collector:
    """Calls the lines whose turn it is.

    `now` returns the current instant, and may ask the database; it is called in a thread.
    `at_once` is how many lines are called by IP at a time, those that somebody asked for aside.
    """

    def __init__(self, *, now: Callable[[], datetime], at_once: int) -> None:
        self._now = now
        self._at_once = at_once
        self._storing = Threads(4, "collect-store")
        self._looking = Threads(1, "collect-look")
        self._locking = Threads(1, "collect-locks")
        self._maker = CallMaker(now=self._clock, storing=self._storing, locking=self._locking)
        self._running: dict[int, tuple[TurnedLine, asyncio.Task[int | None]]] = {}
        self._made: set[int] = set()
        self._tried: dict[int, float] = {}
        self._ended = asyncio.Event()
        self._read = datetime.min.replace(tzinfo=UTC)
        self._read_at = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Collect until `stop` is set; what runs then is broken off, and what came is kept.

        :raises DatabaseLost: if the database is.
        """
        queue: deque[DueLine] = deque()
        looked = mended = float("-inf")
        try:
            while not stop.is_set():
                await self._tick()
                if time.monotonic() - mended > MENDS_EVERY:
                    await self._mend_all()
                    mended = time.monotonic()
                asked = await self._look(attempts.asked_calls)
                if time.monotonic() - looked > NIGHTS_EVERY:
                    queue = deque(await self._look(self._due))
                    looked = time.monotonic()
                taken = self._start_asked(asked)
                self._start_of(queue, taken)
                if taken:
                    await self._see()
                await self._wait(stop)
                self._made.clear()
        finally:
            await self._break_off()

    async def once(self) -> list[int]:
        """Call what was asked for and what is due, each line once; return the attempts."""
        return await self._finish(lambda: [*attempts.asked_calls(), *self._due()])

    async def call(self, line_id: int, attempt: int) -> None:
        """Call a line that somebody asked for, or wait until another collector has called it.

        :param attempt: the call that was asked for.
        """
        while not await self._looking.run(attempts.is_over, attempt):
            await self._finish(lambda: attempts.asked_calls(line_id=line_id))
            await self._see()
            await asyncio.sleep(EVERY / 4)

    def close(self) -> None:
        """Free the threads and the locks."""
        self._maker.close()
        for each in (self._storing, self._looking, self._locking):
            each.close()

    async def mend(self) -> int:
        """End the calls of collectors that died, and those that nobody took up; return how many."""
        mended = await self._looking.run(asking.close_those_not_taken, at=self._clock())
        for line in await self._looking.run(attempts.running_lines):
            if line not in self._running:
                mended += await self._mend(line)
        return mended

    async def _mend(self, line_id: int) -> int:
        """End the call of a line unless somebody holds the line: then it runs."""
        names = [name_of_line(line_id)]
        if not await self._locking.run(self._maker.locks.take, names):
            return 0
        try:
            return await self._looking.run(attempts.end_orphan, line_id, at=self._clock())
        finally:
            await self._locking.run(self._maker.locks.release, names)

    async def _finish(self, turn: Callable[[], Iterable[TurnedLine]]) -> list[int]:
        """Call lines until each was called, or is in use by somebody else."""
        try:
            await self._tick()
            await self.mend()
            queue = deque(await self._looking.run(lambda: list(turn())))
            while queue or self._running:
                self._start_of(queue)
                await self._wait(None)
                await self._tick()
            return sorted(self._made)
        finally:
            await self._break_off()

    async def _tick(self) -> None:
        """Read the clock, and look whether the locks are still held."""
        try:
            await self._locking.run(self._maker.locks.ensure_held)
            self._read = await self._looking.run(self._now)
        except Error as problem:
            raise DatabaseLost(str(problem)) from problem
        self._read_at = time.monotonic()

    async def _look(self, look: Callable[[], Sequence[T]]) -> Sequence[T]:
        """Return what is found; what the database refuses to find is looked for again later."""
        try:
            return await self._looking.run(look)
        except Error:
            logger.exception("It could not be found out which lines are to be called.")
            return []

    async def _see(self) -> None:
        """Write down that the calls that wait are looked after; if it fails, a little later."""
        try:
            await self._looking.run(attempts.see_waiting, at=self._clock())
        except Error:
            logger.exception("It could not be written down that calls wait.")

    async def _mend_all(self) -> None:
        """Mend what died; what cannot be mended now is mended later."""
        try:
            await self.mend()
        except LocksLost as problem:
            raise DatabaseLost from problem
        except Error:
            logger.exception("Calls of collectors that died could not be ended.")

    def _clock(self) -> datetime:
        """Return the current instant, by the clock as it was read last."""
        return self._read + timedelta(seconds=time.monotonic() - self._read_at)

    def _due(self) -> list[DueLine]:
        return list(nights.due_lines(at=self._clock()))

    def _start_asked(self, asked: Iterable[AskedCall]) -> set[str]:
        """Start calls that were asked for, however many run; return what the others wait for.

        What is in use here is waited for. So is what another collector uses, which is found out
        by trying, now and then.
        """
        now = time.monotonic()
        self._tried = {key: at for key, at in self._tried.items() if now - at < AGAIN}
        busy, waited = self._busy(), set[str]()
        for line in asked:
            names = {line.modem, line.endpoint} - {""}
            if line.line_id in self._running:
                continue
            if names & (busy | waited) or line.attempt in self._tried:
                waited |= names
                continue
            self._tried[line.attempt] = now
            self._begin(line)
            busy |= names
        return waited

    def _busy(self) -> set[str]:
        """Return the modems and the meters that are in use here."""
        running = [line for line, _task in self._running.values()]
        return {name for line in running for name in (line.modem, line.endpoint)} - {""}

    def _start_of(
        self, queue: deque[DueLine] | deque[TurnedLine], taken: Collection[str] = ()
    ) -> None:
        """Start calls in their order, as many as may be; what is in use here is waited for.

        `taken` is what somebody waits for who asked: no night's call gets in before.
        """
        busy = self._busy().union(taken)
        running = [line for line, _task in self._running.values()]
        by_ip = sum(not line.modem and isinstance(line, DueLine) for line in running)
        waiting: list[TurnedLine] = []
        while queue:
            line = queue.popleft()
            if line.line_id in self._running:
                continue
            is_full = not line.modem and by_ip >= self._at_once
            if is_full or {line.modem, line.endpoint} & busy:
                waiting.append(line)
                continue
            self._begin(line)
            by_ip += not line.modem
            busy |= {line.modem, line.endpoint} - {""}
        queue.extend(waiting)  # type: ignore[arg-type]

    def _begin(self, line: TurnedLine) -> None:
        task = asyncio.create_task(self._maker.make(line))
        self._running[line.line_id] = (line, task)
        task.add_done_callback(lambda done: self._end(line.line_id, done))

    def _end(self, line_id: int, done: "asyncio.Task[int | None]") -> None:
        del self._running[line_id]
        if done.cancelled():
            return
        problem = done.exception()
        if problem is not None:
            logger.error("A call of line %s ended badly.", line_id, exc_info=problem)
        elif done.result() is not None:
            self._made.add(done.result())  # type: ignore[arg-type]
            self._ended.set()

    async def _wait(self, stop: asyncio.Event | None) -> None:
        """Wait until a call ends, for `EVERY` at most; or until told to stop."""
        self._ended.clear()
        waits = [asyncio.create_task(self._ended.wait())]
        if stop is not None:
            waits.append(asyncio.create_task(stop.wait()))
        _done, pending = await asyncio.wait(
            waits, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED
        )
        for each in pending:
            each.cancel()

    async def _break_off(self) -> None:
        """Break off what runs, and wait until each call is written down as ended."""
        running = [task for _line, task in self._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
