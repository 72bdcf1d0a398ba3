"""What a meter that counts in whole kWh, or kvarh, says of a day: Spanish meters send no less."""

from collections.abc import Sequence

UNIT = 1000.0
"""A kWh in Wh."""


def counted(values: Sequence[float]) -> list[float]:
    """Return the values of a day's slots as such a meter counts them, in whole kWh, told in Wh.

    What is less than a unit stands over to the next slot, so that an hour is the sum of its
    quarters, and a day is right to half a unit.
    """
    so_far, told, found = 0.0, 0.0, []
    for value in values:
        so_far += value
        stands = (so_far + UNIT / 2) // UNIT * UNIT
        found.append(stands - told)
        told = stands
    return found
