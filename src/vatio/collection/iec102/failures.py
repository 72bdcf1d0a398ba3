"""Why a call came to nothing: a fixed list of reasons, which never carry what was received."""

from enum import StrEnum


class CallFailure(StrEnum):
    """A reason for which a call to a meter ended without the answer it was made for."""

    UNREACHABLE = "unreachable"
    """No connection: refused by the machine, no route, or no answer to the dialling."""
    BUSY = "busy"
    """Somebody else is being answered: an engaged number, or a meter that takes no session."""
    NO_CARRIER = "no carrier"
    """The modem reached the number, but no modem at the other end."""
    NO_DIALTONE = "no dial tone"
    """The modem has no line or no coverage."""
    NO_ANSWER = "no answer"
    """The number rang, and nobody took the call."""
    NO_MODEM = "no modem"
    """The modem cannot be opened: it is not there, or in use."""
    MODEM_ERROR = "modem error"
    """The modem refuses a command, or does not speak."""
    HUNG_UP = "hung up"
    """The other end closed the connection in the middle of the call."""
    SILENT = "silent"
    """No byte came within the time of every try."""
    TOO_SLOW = "too slow"
    """Bytes came, but no whole answer in time; or the call took longer than it may."""
    GARBLED = "garbled"
    """What came is no frame, or its checksum is wrong, at every try; or far too much came."""
    UNEXPECTED = "unexpected"
    """Whole frames came that answer something else than what was asked."""
    OTHER_LINK = "other link address"
    """Another link address answers."""
    OTHER_POINT = "other measuring point"
    """The meter answers for another measuring point, or does not know the one asked for."""
    REFUSED_KEY = "refused key"
    """The key was sent, and the meter did not say that it accepts it."""
    NOT_SUPPORTED = "not supported"
    """The meter does not know this kind of request."""
    NOT_AVAILABLE = "not available"
    """The meter does not have what was asked for, such as a period that it no longer keeps."""
    NO_DATA = "no data"
    """The meter accepted the request and then had nothing more to say, without an end."""


class CallFailed(Exception):
    """A call ended without the answer it was made for; `reason` says why.

    It holds nothing but the reason: neither bytes that were received nor the key.
    """

    def __init__(self, reason: CallFailure) -> None:
        super().__init__(str(reason))
        self.reason = reason
