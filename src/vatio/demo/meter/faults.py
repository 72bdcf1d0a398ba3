"""The faults that the simulated meter can have, by name, some with a number: `drop=3`."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

KNOWN: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "busy": (1, "drops each connection at once, as if somebody else were being answered"),
        "full": (1, "answers the link status with DFC: it can take no message"),
        "nack": (1, "does not accept the reset of its link"),
        "silent": (1, "answers nothing"),
        "silent-from": (6, "answers nothing any more from answer N on"),
        "deaf": (4, "does not hear frame N"),
        "drop": (6, "answer N is lost on its way"),
        "drop-every": (7, "each Nth answer is lost on its way"),
        "corrupt": (6, "answer N has a wrong checksum"),
        "corrupt-every": (7, "each Nth answer has a wrong checksum"),
        "corrupt-all": (1, "all answers have wrong checksums"),
        "cut": (6, "hangs up in the middle of answer N"),
        "hang-up": (6, "hangs up instead of answer N"),
        "delay": (0.02, "waits N seconds before each answer"),
        "late": (6, "answer N comes after the client has asked again"),
        "slow": (1, "sends one byte every N seconds"),
        "split": (1, "sends each answer in pieces of N bytes"),
        "idle": (5, "sends N idle bytes (0xFF) before each answer"),
        "idle-flood": (1, "sends idle bytes without an end before each answer"),
        "idle-only": (1, "sends nothing but idle bytes"),
        "garbage": (1, "sends random bytes instead of each answer"),
        "noise": (6, "sends random bytes before answer N"),
        "echo": (1, "sends back what it hears before it answers"),
        "other-link": (1, "answers with another link address"),
        "other-point": (1, "answers for another measuring point"),
        "wrong-key": (1, "refuses the key with P/N"),
        "wrong-key-cause": (1, "refuses the key with another cause than a confirmation"),
        "wrong-key-nack": (1, "refuses the key with a NACK"),
        "wrong-key-no-data": (1, "refuses the key by having no data"),
        "wrong-key-silent": (1, "refuses the key by saying nothing any more"),
        "no-type": (1, "does not know the request for a curve (cause 14)"),
        "no-point": (1, "does not know the measuring point (cause 16)"),
        "no-period": (1, "does not have the period (cause 18)"),
        "no-quarters": (1, "does not keep quarter-hours (cause 18)"),
        "quarters-nack": (1, "does not take the request for quarter-hours (NACK)"),
        "quarters-no-data": (1, "takes the request for quarter-hours, and has no data"),
        "no-confirm": (1, "sends records without confirming the request"),
        "wait": (3, "has no data N times before each answer to a request"),
        "no-end": (1, "never says that the records have ended"),
        "flood": (1, "sends the records again and again, without an end"),
        "other-register": (1, "sends records of another register"),
        "short": (1, "sends records that are shorter than they say"),
        "no-moment": (1, "labels a record with a moment that does not exist"),
        "duplicates": (1, "sends each record twice"),
        "contradiction": (3, "sends record N twice, with another value"),
        "disorder": (1, "sends the records in reversed order"),
        "no-first": (1, "leaves the first record out"),
        "no-last": (1, "leaves the last record out"),
        "hole": (3, "leaves record N out"),
        "edges": (1, "sends a record more at either end of the range"),
        "invalid": (3, "calls the values of record N invalid (IV)"),
        "manipulated": (3, "calls the values of record N manipulated (MP, IN)"),
        "doubtful": (3, "calls the label of record N invalid (IV)"),
        "drift": (95, "its clock is N seconds ahead"),
    }
)
"""Each fault with the number that it has unless said, and what it is; answers count from 1."""


class UnknownMeterFault(Exception):
    """A fault is not known, or its number is none; the message says which."""


class MeterFaults:
    """The faults of one simulated meter."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Read faults as they are typed, `name` or `name=number`.

        :raises UnknownMeterFault: naming the first that is not known.
        """
        self._numbers: dict[str, float] = {}
        for word in words:
            name, equals, number = word.partition("=")
            if name not in KNOWN:
                raise UnknownMeterFault(f"«{name}» is no fault: `--fault help` lists them.")
            try:
                self._numbers[name] = float(number) if equals else KNOWN[name][0]
            except ValueError:
                raise UnknownMeterFault(f"«{word}»: «{number}» is not a number.") from None

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def number(self, name: str) -> float:
        """Return the number of a fault, or 0 if the meter does not have it."""
        return self._numbers.get(name, 0)

    def hits(self, name: str, count: int) -> bool:
        """Return whether a fault falls on the thing that is number `count`, from 1."""
        return name in self._numbers and self._numbers[name] == count

    def hits_every(self, name: str, count: int) -> bool:
        """Return whether a fault falls on every Nth thing, and on this one."""
        return name in self._numbers and count % max(1, int(self._numbers[name])) == 0


def listed() -> list[str]:
    """Return a line for each fault: its name, its number unless said, and what it is."""
    return [f"{name}={number:g}  {about}" for name, (number, about) in KNOWN.items()]
