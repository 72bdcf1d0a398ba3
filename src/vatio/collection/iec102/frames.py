"""Link frames of FT1.2 (IEC 60870-5-1 and -5-2): written, and read from a stream of bytes."""

from dataclasses import dataclass, field

FIXED, VARIABLE, LAST, IDLE = 0x10, 0x68, 0x16, 0xFF
FIXED_LENGTH = 6
LONGEST_BODY = 252
"""Bytes that a frame can carry: its length, control and address included, is one byte."""

FROM_MASTER, FCB, FCV = 0x40, 0x20, 0x10
BUFFERS_FULL = 0x10
"""Data flow control (DFC), in the answers of a meter: it can take no further message."""

RESET, SEND, STATUS, CLASS_2 = 0, 3, 9, 11
ACK, NACK, DATA, NO_DATA, STATUS_ANSWER = 0, 1, 8, 9, 11


class BrokenFrame(Exception):
    """What came is no frame; the exception carries nothing of it."""


@dataclass(frozen=True)
class Frame:
    """A frame of the link: control byte, link address and, in a variable frame, an ASDU.

    An empty body makes a frame of fixed length. The body is left out of the
    representation, as that of a frame from the master may hold a key.
    """

    control: int
    link: int
    body: bytes = field(default=b"", repr=False)

    @property
    def function(self) -> int:
        """Return the function, the low four bits of the control byte."""
        return self.control & 0x0F

    @property
    def from_master(self) -> bool:
        """Return whether the master sent the frame (PRM)."""
        return bool(self.control & FROM_MASTER)

    @property
    def fcb(self) -> bool:
        """Return the frame count bit of a frame from the master."""
        return bool(self.control & FCB)

    @property
    def fcv(self) -> bool:
        """Return whether the frame count bit of a frame from the master is to be looked at."""
        return bool(self.control & FCV)

    def says_as(self, other: "Frame") -> bool:
        """Return whether another frame says the same, whatever else its control byte holds."""
        return (self.function, self.link, self.body) == (other.function, other.link, other.body)

    def encoded(self) -> bytes:
        """Write the frame as the bytes of the line, checksum and end included."""
        if len(self.body) > LONGEST_BODY:
            raise ValueError("an ASDU does not fit into a frame")
        content = bytes([self.control]) + self.link.to_bytes(2, "little") + self.body
        tail = bytes([sum(content) & 0xFF, LAST])
        if not self.body:
            return bytes([FIXED]) + content + tail
        length = len(content)
        return bytes([VARIABLE, length, length, VARIABLE]) + content + tail


class FrameReader:
    """Reads frames from bytes that come in pieces of any size.

    Idle bytes (0xFF) before a frame are skipped. After anything else that is no frame
    the pieces so far are forgotten, for within a broken frame no beginning can be
    trusted: the caller waits until the line is quiet, and asks again.
    """

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def has_begun(self) -> bool:
        """Return whether the beginning of a frame waits for its rest."""
        return bool(self._pending)

    def forget(self) -> None:
        """Drop the beginning of a frame whose rest is not awaited any longer."""
        self._pending.clear()

    def feed(self, piece: bytes) -> list[Frame]:
        """Return the frames that a piece completes.

        :raises BrokenFrame: if the bytes make no frame; all that waited is forgotten.
        """
        self._pending += piece
        frames = []
        try:
            while (frame := self._next()) is not None:
                frames.append(frame)
        except BrokenFrame:
            self.forget()
            raise
        return frames

    def _next(self) -> Frame | None:
        """Take one whole frame from the beginning of what is pending."""
        pending = self._pending
        idle = len(pending) - len(pending.lstrip(bytes([IDLE])))
        del pending[:idle]
        length = _whole_length(pending)
        if length is None or len(pending) < length:
            return None
        whole = bytes(pending[:length])
        del pending[:length]
        content = whole[1:-2] if whole[0] == FIXED else whole[4:-2]
        if whole[-1] != LAST or sum(content) & 0xFF != whole[-2]:
            raise BrokenFrame
        return Frame(content[0], int.from_bytes(content[1:3], "little"), content[3:])


def _whole_length(pending: bytearray) -> int | None:
    """Return how long the frame that begins is, or None while that is not known.

    :raises BrokenFrame: if no frame begins like this.
    """
    if not pending:
        return None
    if pending[0] == FIXED:
        return FIXED_LENGTH
    if pending[0] != VARIABLE:
        raise BrokenFrame
    if len(pending) > 1 and pending[1] <= 3:
        raise BrokenFrame
    if len(pending) > 2 and pending[2] != pending[1]:
        raise BrokenFrame
    if len(pending) > 3 and pending[3] != VARIABLE:
        raise BrokenFrame
    return pending[1] + 6 if len(pending) > 3 else None
