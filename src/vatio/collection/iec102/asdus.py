"""Application data units (ASDU): headers, causes, integrated totals, requests, key and clock."""

from dataclasses import dataclass, field, replace

from vatio.collection.iec102 import labels
from vatio.collection.iec102.labels import TimeLabel

TOTALS, INCREMENTS = 8, 11
IDENTITY, CLOCK = 71, 72
ASK_IDENTITY, ASK_CLOCK = 100, 103
ASK_TOTALS, ASK_INCREMENTS = 122, 123
OPEN_SESSION, END_SESSION = 183, 187

REQUEST, ACTIVATION, CONFIRM, END = 5, 6, 7, 10
NO_RECORD, NO_TYPE, NO_RECORD_NUMBER, NO_ADDRESS, NO_OBJECT, NO_PERIOD = 13, 14, 15, 16, 17, 18

HOURLY, QUARTER_HOURLY = 11, 12
"""Register addresses of load curve 1, hours, and load curve 2, quarter-hours."""

ACTIVE_IN, ACTIVE_OUT, LAST_OBJECT = 1, 2, 8
"""Objects: active in and out (kWh), 3–6 reactive of quadrants 1–4 (kvarh), 7–8 in reserve."""

HEADER_LENGTH = 6
TOTAL_LENGTH = 6


class BrokenAsdu(Exception):
    """A frame carries no data unit that could be read; the exception holds nothing of it."""


class MeterKey:
    """The key of a meter; its value is shown nowhere but in the frame that carries it."""

    __slots__ = ("_value",)

    def __init__(self, value: int) -> None:
        if not 0 <= value < 2**32:
            raise ValueError("a key is a number from 0 to 4294967295")
        self._value = value

    def __repr__(self) -> str:
        return "MeterKey(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeterKey) and self._value == other._value

    def __hash__(self) -> int:
        return hash((MeterKey, self._value))

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("the key of a meter is not pickled")

    def encoded(self) -> bytes:
        """Write the key as it stands in the frame of type 183."""
        return self._value.to_bytes(4, "little")


@dataclass(frozen=True)
class Asdu:
    """A data unit: its header, and the data that stand behind; the data are not shown."""

    type: int
    count: int
    cause: int
    point: int
    register: int
    data: bytes = field(default=b"", repr=False)
    negative: bool = False

    def encoded(self) -> bytes:
        """Write the data unit as the body of a frame."""
        cause = self.cause | (0x40 if self.negative else 0)
        start = bytes([self.type, self.count, cause])
        return start + self.point.to_bytes(2, "little") + bytes([self.register]) + self.data

    def answered(self, cause: int, *, negative: bool = False) -> "Asdu":
        """Return the mirror of a request, by which a meter confirms, ends or refuses it."""
        return replace(self, cause=cause, negative=negative)


def decode(body: bytes) -> Asdu:
    """Read the header of a data unit.

    :raises BrokenAsdu: if it is shorter than a header, or a test.
    """
    if len(body) < HEADER_LENGTH or body[2] & 0x80:
        raise BrokenAsdu
    return Asdu(
        type=body[0],
        count=body[1],
        cause=body[2] & 0x3F,
        point=int.from_bytes(body[3:5], "little"),
        register=body[5],
        data=body[HEADER_LENGTH:],
        negative=bool(body[2] & 0x40),
    )


@dataclass(frozen=True)
class IntegratedTotal:
    """The value of one object: whole kWh or kvarh, and what the meter says of its quality."""

    object: int
    value: int
    quality: int = 0

    @property
    def invalid(self) -> bool:
        """Return whether the meter calls the value invalid (IV)."""
        return bool(self.quality & 0x80)

    @property
    def manipulated(self) -> bool:
        """Return whether parameters were changed (MP) or somebody intruded (IN) meanwhile."""
        return bool(self.quality & 0x0C)

    @property
    def unpowered(self) -> bool:
        """Return whether the meter lacked power for a part of the interval (AL)."""
        return bool(self.quality & 0x02)


def totals(asdu: Asdu) -> tuple[tuple[IntegratedTotal, ...], TimeLabel]:
    """Read the totals of a record (types 8 and 11) and the label that they share.

    :raises BrokenAsdu: if the data are not as long as the header says, or the label is none.
    """
    data, count = asdu.data, asdu.count
    if not 1 <= count < 0x80 or len(data) != count * TOTAL_LENGTH + labels.LENGTH_A:
        raise BrokenAsdu
    found = tuple(
        IntegratedTotal(
            data[at], int.from_bytes(data[at + 1 : at + 5], "little"), quality=data[at + 5]
        )
        for at in range(0, count * TOTAL_LENGTH, TOTAL_LENGTH)
    )
    if len({total.object for total in found}) != count:
        raise BrokenAsdu
    try:
        return found, labels.decode_a(data[-labels.LENGTH_A :])
    except ValueError:
        raise BrokenAsdu from None


def record(
    type_: int, point: int, register: int, values: tuple[IntegratedTotal, ...], end: TimeLabel
) -> Asdu:
    """Return the record of an interval, labelled with its end, as a meter sends it."""
    data = b"".join(
        bytes([total.object]) + total.value.to_bytes(4, "little") + bytes([total.quality])
        for total in values
    )
    data += labels.encode_a(end, weekday=True)
    return Asdu(type_, len(values), REQUEST, point, register, data)


def ask_profile(
    type_: int, point: int, register: int, first: TimeLabel, last: TimeLabel, *, objects: int
) -> Asdu:
    """Return the request for records from the first to the last label, both ends of intervals.

    `type_` is 122 for readings or 123 for increments; objects 1 to `objects` are asked for.
    """
    ends = labels.encode_a(first, weekday=False) + labels.encode_a(last, weekday=False)
    return Asdu(type_, 1, ACTIVATION, point, register, bytes([ACTIVE_IN, objects]) + ends)


def asked_profile(asdu: Asdu) -> tuple[int, int, TimeLabel, TimeLabel]:
    """Read from a request for records the first and last object and the first and last label.

    :raises BrokenAsdu: if the data are no such request.
    """
    if len(asdu.data) != 2 + 2 * labels.LENGTH_A:
        raise BrokenAsdu
    try:
        first, last = labels.decode_a(asdu.data[2:7]), labels.decode_a(asdu.data[7:12])
    except ValueError:
        raise BrokenAsdu from None
    return asdu.data[0], asdu.data[1], first, last


def open_session(point: int, key: MeterKey) -> Asdu:
    """Return the data unit that hands the key over."""
    return Asdu(OPEN_SESSION, 1, ACTIVATION, point, 0, key.encoded())


def end_session(point: int) -> Asdu:
    """Return the data unit that ends a session."""
    return Asdu(END_SESSION, 0, ACTIVATION, point, 0)


def ask(type_: int, point: int) -> Asdu:
    """Return a request without data, for the identity or the clock."""
    return Asdu(type_, 0, REQUEST, point, 0)


@dataclass(frozen=True)
class MeterIdentity:
    """What a meter says of itself: manufacturer's code and serial number."""

    manufacturer: int
    serial: int


def identity(asdu: Asdu) -> MeterIdentity:
    """Read an identity (type 71): a byte of the date, the manufacturer, the serial number.

    :raises BrokenAsdu: if the data are not six bytes.
    """
    if len(asdu.data) != 6:
        raise BrokenAsdu
    return MeterIdentity(asdu.data[1], int.from_bytes(asdu.data[2:], "little"))


def clock(asdu: Asdu) -> TimeLabel:
    """Read the meter's clock (type 72), a label of type b.

    :raises BrokenAsdu: if there is no such moment.
    """
    try:
        return labels.decode_b(asdu.data)
    except ValueError:
        raise BrokenAsdu from None
