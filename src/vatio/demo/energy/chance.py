"""Chance that can be repeated: the same on every machine, for any day, in whatever order."""

from functools import cache, lru_cache
from hashlib import blake2b, shake_256
from typing import NamedTuple

SIZE = 8192
"""How many values the table of noise holds; a day takes its own stretch of them."""

LONGEST = 100
"""Quarters of an hour in the longest day: a stretch has to end inside the table."""

WIDEST = 2.5
"""Noise never goes further than this many standard deviations from zero."""

LASTING = 0.85
"""Which part of the slow noise of a quarter is left in the next one."""


class Draw(NamedTuple):
    """What chance gives a day: where its noise begins in the table, and two parts of 1."""

    offset: int
    first: float
    second: float


@lru_cache(maxsize=8192)
def draw(seed: int, number: int, subject: str = "") -> Draw:
    """Return the draw of a seed for a number, such as a day's ordinal, and a subject."""
    drawn = blake2b(f"{seed}:{number}:{subject}".encode(), digest_size=12).digest()
    offset, first, second = (int.from_bytes(drawn[at : at + 4]) for at in (0, 4, 8))
    return Draw(offset % (SIZE - LONGEST), first / 2**32, second / 2**32)


@cache
def noise() -> tuple[float, ...]:
    """Return the table of noise: mean about 0, standard deviation about 1, bounded by `WIDEST`.

    Each value is made of a slow part, that lasts for a few hours, and of a quick one.
    """
    white, values, slow = _white(), [], 0.0
    for quick in white:
        slow = slow * LASTING + quick * (1 - LASTING**2) ** 0.5
        values.append(min(max(slow * 0.8 + quick * 0.35, -WIDEST), WIDEST))
    return tuple(values)


def _white() -> list[float]:
    """Compute independent values, nearly normal: sums of four even ones, of deviation 1."""
    drawn = shake_256(b"vatio").digest(SIZE * 8)
    even = [int.from_bytes(drawn[at : at + 2]) / 65536 for at in range(0, SIZE * 8, 2)]
    return [(sum(even[at : at + 4]) - 2) * 3**0.5 for at in range(0, SIZE * 4, 4)]
