"""Which of two values of one slot stands: by where each came from, and how.

A quality is a whole number of 16 bits, kept with every value: where it came from (`Origin`), how
(`How`), and flags. One table, `RANKS`, orders them.
"""

from enum import IntEnum, IntFlag
from functools import lru_cache


class Origin(IntEnum):
    """Where a value came from. The numbers are stored: they never change their meaning."""

    MENDED = 1
    INVOICE = 2
    COLLECTED = 3
    DISTRIBUTOR = 4
    DATADIS = 5
    INSERTION = 6
    FILE = 7
    TYPED = 8


class How(IntEnum):
    """How a value came to be: measured, estimated by the distributor, typed, or spread by us."""

    MEASURED = 0
    ESTIMATED = 1
    BY_HAND = 2
    SPREAD = 3


class Flag(IntFlag):
    """What else is known of a value.

    `FIRM`: the distributor's last word. `DOUBTFUL`: counted, and beaten by anything else.
    `INVALID`: kept and shown, and not counted. `DERIVED`: the difference of two registers.
    """

    NONE = 0
    FIRM = 1
    DOUBTFUL = 2
    INVALID = 4
    DERIVED = 8


def quality(origin: Origin, how: How = How.MEASURED, flags: Flag = Flag.NONE) -> int:
    """Return the quality of a value as it is stored: origin, how (2 bits), flags (4 bits)."""
    return int(origin) << 6 | int(how) << 4 | int(flags)


def doubted(stored: int) -> int:
    """Return the quality of a value that nobody should believe.

    The distributor's last word stays as it is.
    """
    return stored if stored & Flag.FIRM else stored | Flag.DOUBTFUL


def origin_of(stored: int) -> Origin:
    """Return where a value of a stored quality came from."""
    return Origin(stored >> 6)


def how_of(stored: int) -> How:
    """Return how a value of a stored quality came to be."""
    return How(stored >> 4 & 3)


def flags_of(stored: int) -> Flag:
    """Return what else a stored quality says."""
    return Flag(stored & 15)


RANKS = {
    Origin.MENDED: 1,
    Origin.INVOICE: 3,
    Origin.COLLECTED: 3,
    Origin.DISTRIBUTOR: 3,
    Origin.DATADIS: 4,
    Origin.INSERTION: 5,
    Origin.FILE: 5,
    Origin.TYPED: 6,
}
"""The rank of a measured value of each origin: 1 is the best. A customer's own file of hours or
quarters counts as much as the gateway that may have written it."""

FIRM, ESTIMATED, SPREAD, DOUBTFUL, INVALID = 2, 7, 8, 9, 10
"""Firm values, estimated or not, share a rank; what is estimated and not firm comes after typed
values, what was spread evenly after that; the doubtful is beaten by anything but the invalid."""


@lru_cache(maxsize=1024)
def rank(stored: int) -> int:
    """Return the rank of a stored quality: the lower stands against the higher."""
    origin, how, flags = origin_of(stored), how_of(stored), flags_of(stored)
    if flags & Flag.INVALID:
        return INVALID
    if flags & Flag.DOUBTFUL:
        return DOUBTFUL
    if origin == Origin.MENDED:
        return RANKS[origin]
    if flags & Flag.FIRM:
        return FIRM
    if how == How.SPREAD:
        return SPREAD
    return ESTIMATED if how == How.ESTIMATED else RANKS[origin]
