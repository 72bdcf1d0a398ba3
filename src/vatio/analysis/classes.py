"""Classes of values: limits that are easy to read, chosen from the values themselves."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

CLASSES = 7
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
GRIDS = (5.0, 2.0, 1.0)

FINEST = 0.001
"""The least distance between two limits: what is written has at most three decimals."""

CROWDED = 0.5
"""The share of the values in one class from which on even steps tell too little."""

TAIL = 0.005
"""The share of the values, at each end, for which even steps need not make room."""

ALIKE = 1e-6
"""The share of the largest value below which a difference is noise of floating point."""

MIDDLE = 1 / 3
"""How much of the distance to its neighbours a limit may be rounded by, at most."""


def limits_of(values: Sequence[float], *, factor: float = 1.0) -> list[float]:
    """Return the limits, ascending, between up to seven classes; a class includes its lower one.

    Limits are round in the unit that is shown, of which one is `factor` base units, and are
    returned in base units. Six limits in even steps (1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 of a power
    of ten) span the values but for 0.5 % of them at each end. Where a class would then hold more
    than half of the values, limits go by quantiles instead: the first class takes a seventh of
    the values, the next a sixth of the others and so on, each limit rounded to a 1, 2 or 5 of a
    power of ten that is finer than the distance to its neighbours. Where nearly all values are the
    same, steps lead from 0 to that value; only zeros have no limits at all.

    :param values: in base units, ascending; negative ones too.
    """
    shown = [value / factor for value in values]
    if not shown or shown[0] == shown[-1] == 0:
        return []
    limits = _even(shown)
    if _fullest(shown, limits) > CROWDED and not _is_one(shown):
        limits = _by_quantiles(shown)
    return [round(limit, 9) * factor for limit in limits]


def class_of(value: float, limits: Sequence[float]) -> int:
    """Return the class of a value, from 0 for what is below all limits."""
    return bisect_right(limits, value)


def round_step(least: float) -> float:
    """Return the round number, not below `least`, that is nearest to it."""
    least = max(least, FINEST)
    tens = 10.0 ** floor(log10(least) + 1e-9)
    return next(step for step in STEPS if step * tens >= least * (1 - 1e-9)) * tens


def _is_one(shown: Sequence[float]) -> bool:
    return shown[-1] - shown[0] <= ALIKE * max(abs(shown[0]), abs(shown[-1]))


def _even(shown: Sequence[float]) -> list[float]:
    if _is_one(shown):
        low, high = min(0.0, shown[0]), max(0.0, shown[-1])
    else:
        low, high = shown[int(len(shown) * TAIL)], shown[ceil(len(shown) * (1 - TAIL)) - 1]
        if high - low <= ALIKE * max(abs(low), abs(high)):
            low, high = shown[0], shown[-1]
    step = round_step((high - low) / CLASSES)
    first = floor((low + high) / 2 / step - CLASSES / 2 + 1.5 + 1e-9)
    return [round((first + place) * step, 9) for place in range(CLASSES - 1)]


def _fullest(shown: Sequence[float], limits: Sequence[float]) -> float:
    """Return the share of the values that the class with the most of them has."""
    edges = [0, *(bisect_left(shown, limit) for limit in limits), len(shown)]
    return max(b - a for a, b in pairwise(edges)) / len(shown)


def _by_quantiles(shown: Sequence[float]) -> list[float]:
    limits: list[float] = []
    place, count = 0, len(shown)
    for left in range(CLASSES, 1, -1):
        share = max((count - place) // left, 1)
        target = min(place + share, count - 1)
        if shown[target] == shown[place]:
            target = bisect_right(shown, shown[place])
            if target == count:
                break
        limit = _rounded(shown[target], shown[place], shown[min(target + share, count - 1)])
        limits.append(limit)
        place = bisect_left(shown, limit)
        if place >= count:
            break
    return limits


def _rounded(value: float, below: float, above: float) -> float:
    """Return a round number near a value that is above `below`, and so a limit over it."""
    room = max((min(value - below, above - value) or value - below) * MIDDLE, FINEST)
    tens = 10.0 ** floor(log10(room) + 1e-9)
    grid = max(next(step * tens for step in GRIDS if step * tens <= room * (1 + 1e-9)), FINEST)
    limit = round(value / grid) * grid
    if limit <= below:
        limit = (floor(below / grid + 1e-9) + 1) * grid
    return round(limit, 9)
