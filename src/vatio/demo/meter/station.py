"""The simulated meter itself: one frame in, one frame out, as IEC 60870-5-102 has it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from vatio.collection.iec102 import asdus, frames, labels
from vatio.collection.iec102.asdus import Asdu, BrokenAsdu, MeterKey
from vatio.collection.iec102.frames import Frame
from vatio.collection.iec102.labels import TimeLabel
from vatio.demo.meter import records
from vatio.demo.meter.faults import MeterFaults
from vatio.demo.meter.load import USUAL, MeterLoad
from vatio.demo.meter.records import RecordSource

KEPT_DAYS = {asdus.HOURLY: 400, asdus.QUARTER_HOURLY: 100}
"""How many days back each load curve reaches."""

KEY = MeterKey(7)
ZONE = ZoneInfo("Europe/Madrid")

REFUSED_KEY_FAULTS = (
    "wrong-key",
    "wrong-key-cause",
    "wrong-key-nack",
    "wrong-key-no-data",
    "wrong-key-silent",
)


@dataclass(frozen=True)
class SimulatedMeter:
    """Who a simulated meter is, and what it measured."""

    link: int = 1
    point: int = 1
    key: MeterKey = KEY
    serial: int = 99_102_001
    manufacturer: int = 25
    zone: ZoneInfo = ZONE
    load: MeterLoad = USUAL


class Station:
    """The meter during one connection: link, key, and a queue of answers to fetch one by one."""

    def __init__(
        self, meter: SimulatedMeter, faults: MeterFaults, now: Callable[[], datetime]
    ) -> None:
        self._meter = meter
        self._faults = faults
        self._now = now
        self._fcb = False
        self._last: Frame | None = None
        self._is_open = False
        self._is_mute = False
        self._waits = 0
        self._queue: deque[Asdu] = deque()

    def answer(self, frame: Frame) -> Frame | None:
        """Return the answer to a frame; none to what is for another link address."""
        if frame.link != self._meter.link or not frame.from_master or self._is_mute:
            return None
        if frame.fcv and frame.fcb == self._fcb and self._last is not None:
            return self._last
        answer = self._answer(frame)
        if frame.fcv and answer is not None:
            self._fcb, self._last = frame.fcb, answer
        return answer

    def _answer(self, frame: Frame) -> Frame | None:
        if frame.function == frames.STATUS:
            full = frames.BUFFERS_FULL if "full" in self._faults else 0
            return self._fixed(frames.STATUS_ANSWER | full)
        if frame.function == frames.RESET:
            if "nack" in self._faults:
                return self._fixed(frames.NACK)
            self._fcb, self._last = False, None
            self._queue.clear()
            return self._fixed(frames.ACK)
        if frame.function == frames.SEND:
            try:
                return self._take(asdus.decode(frame.body))
            except BrokenAsdu:
                return self._fixed(frames.NACK)
        if frame.function == frames.CLASS_2:
            return self._next()
        return self._fixed(frames.NACK)

    def _fixed(self, control: int) -> Frame:
        return Frame(control, self._meter.link)

    def _next(self) -> Frame | None:
        """Return the next answer of the queue."""
        if not self._queue or self._waits > 0:
            self._waits -= 1
            return self._fixed(frames.NO_DATA)
        asdu = self._queue.popleft()
        if "flood" in self._faults and asdu.type in (asdus.TOTALS, asdus.INCREMENTS):
            self._queue.insert(len(self._queue) - 1, asdu)
        return Frame(frames.DATA, self._meter.link, asdu.encoded())

    def _take(self, asdu: Asdu) -> Frame | None:
        """Take a request, and put its answers into the queue."""
        self._queue.clear()
        self._waits = int(self._faults.number("wait"))
        if asdu.type == asdus.OPEN_SESSION:
            return self._take_key(asdu)
        if asdu.type == asdus.END_SESSION:
            self._is_open = False
            self._put(asdu.answered(asdus.CONFIRM))
        elif self._is_open:
            is_quarters = asdu.type in records.ANSWERS and asdu.register == asdus.QUARTER_HOURLY
            if is_quarters and "quarters-nack" in self._faults:
                return self._fixed(frames.NACK)
            if not is_quarters or "quarters-no-data" not in self._faults:
                self._put(*self._answers(asdu))
        return self._fixed(frames.ACK)

    def _put(self, *answers: Asdu) -> None:
        other = 1 if "other-point" in self._faults else 0
        self._queue.extend(replace(each, point=each.point + other) for each in answers)

    def _take_key(self, asdu: Asdu) -> Frame | None:
        self._waits = 0
        refusal = next((name for name in REFUSED_KEY_FAULTS if name in self._faults), "")
        if not refusal and asdu.data != self._meter.key.encoded():
            refusal = "wrong-key"
        self._is_open = not refusal
        if refusal == "wrong-key-nack":
            return self._fixed(frames.NACK)
        if refusal == "wrong-key":
            self._put(asdu.answered(asdus.CONFIRM, negative=True))
        elif refusal == "wrong-key-cause":
            self._put(asdu.answered(asdus.NO_OBJECT))
        elif not refusal:
            self._put(asdu.answered(asdus.CONFIRM))
        self._is_mute = refusal == "wrong-key-silent"
        return self._fixed(frames.ACK)

    def _answers(self, asdu: Asdu) -> list[Asdu]:
        if asdu.point != self._meter.point or "no-point" in self._faults:
            return [asdu.answered(asdus.NO_ADDRESS, negative=True)]
        if asdu.type == asdus.ASK_IDENTITY:
            data = bytes([0, self._meter.manufacturer]) + self._meter.serial.to_bytes(4, "little")
            return [Asdu(asdus.IDENTITY, 1, asdus.REQUEST, asdu.point, 0, data)]
        if asdu.type == asdus.ASK_CLOCK:
            at = self._now() + timedelta(seconds=self._faults.number("drift"))
            data = labels.encode_b(TimeLabel.of(at, self._meter.zone))
            return [Asdu(asdus.CLOCK, 1, asdus.REQUEST, asdu.point, 0, data)]
        if asdu.type not in records.ANSWERS or "no-type" in self._faults:
            return [asdu.answered(asdus.NO_TYPE, negative=True)]
        return self._profile(asdu)

    def _profile(self, asdu: Asdu) -> list[Asdu]:
        """Return confirmation, records and end of a request for a load curve."""
        try:
            lowest, highest, first, last = asdus.asked_profile(asdu)
        except BrokenAsdu:
            return [asdu.answered(asdus.NO_PERIOD, negative=True)]
        if asdu.register not in records.MINUTES:
            return [asdu.answered(asdus.NO_RECORD_NUMBER, negative=True)]
        if not 1 <= lowest <= highest <= asdus.LAST_OBJECT:
            return [asdu.answered(asdus.NO_OBJECT, negative=True)]
        zone, now = self._meter.zone, self._now()
        oldest = now - timedelta(days=KEPT_DAYS[asdu.register])
        step = timedelta(minutes=records.MINUTES[asdu.register])
        begun = (first.instant(zone) - datetime.min.replace(tzinfo=UTC)) % step
        ends = first.instant(zone) + (step - begun) % step, min(last.instant(zone), now)
        lacks = "no-quarters" in self._faults and asdu.register == asdus.QUARTER_HOURLY
        if not oldest <= ends[0] <= ends[1] or lacks or "no-period" in self._faults:
            return [asdu.answered(asdus.NO_PERIOD, negative=True)]
        objects = range(lowest, highest + 1)
        source = RecordSource(self._meter.load, zone, self._faults)
        sent = records.records(asdu, objects=objects, ends=ends, source=source)
        if "no-confirm" not in self._faults:
            sent.insert(0, asdu.answered(asdus.CONFIRM))
        return sent if "no-end" in self._faults else [*sent, asdu.answered(asdus.END)]
