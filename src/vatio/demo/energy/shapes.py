"""What a day of each sector looks like: activity by hour and kind of day, heating, cooling."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

Hours = tuple[float, ...]
"""24 figures, one for each hour of the local clock, in % of the contracted power."""

NEVER: Hours = (0.0,) * 24
ALL_YEAR = (1.0,) * 12


def hours(written: str) -> Hours:
    """Read 24 figures separated by spaces."""
    return tuple(float(figure) for figure in written.split())


def times(row: Sequence[float], factor: float) -> Hours:
    """Return a row with each figure multiplied."""
    return tuple(figure * factor for figure in row)


def quarters(row: Sequence[float]) -> tuple[float, ...]:
    """Return the 96 quarters of a row: straight between the middles of its hours."""
    found = []
    for quarter in range(96):
        whole, part = divmod((quarter + 0.5) / 4 - 0.5, 1)
        found.append(row[int(whole) % 24] * (1 - part) + row[int(whole + 1) % 24] * part)
    return tuple(found)


@dataclass(frozen=True)
class LoadShape:
    """The load of a sector, or of a part of it, in % of the lowest contracted power.

    `base` is there at any time. `working`, `saturday` and `sunday` come on top, more or less by
    `months` (from January on). `heating` and `cooling` come on top on a day that is as cold or as
    hot as a day usually gets, on working days, Saturdays and Sundays in the parts of `comfort`.
    `dark` is what burns between sunset and sunrise. A sector that `closes` has Sundays in school
    holidays. `noise` is the deviation of a quarter of an hour, as a part of its value.
    """

    base: float
    working: Hours = NEVER
    saturday: Hours = NEVER
    sunday: Hours = NEVER
    heating: Hours = NEVER
    cooling: Hours = NEVER
    comfort: tuple[float, float, float] = (1.0, 1.0, 1.0)
    months: tuple[float, ...] = ALL_YEAR
    dark: Hours = NEVER
    closes: bool = False
    noise: float = 0.04

    @cached_property
    def activity(self) -> tuple[tuple[float, ...], ...]:
        """The quarters of a working day, a Saturday and a Sunday."""
        return tuple(quarters(row) for row in (self.working, self.saturday, self.sunday))

    @cached_property
    def thermal(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The quarters of heating and of cooling."""
        return quarters(self.heating), quarters(self.cooling)

    @cached_property
    def darkness(self) -> tuple[float, ...]:
        """The quarters of what burns in the dark; empty where nothing does."""
        return quarters(self.dark) if any(self.dark) else ()


HOTEL_ROOMS = hours("5 3 1 0 0 1 7 18 26 23 13 8 13 21 23 17 12 12 17 27 37 39 29 14")
HOME_EVENINGS = hours("5 3 2 1 1 2 6 12 12 9 8 8 10 14 15 11 9 10 14 20 27 30 24 13")

SHAPES = {
    "hotels": LoadShape(
        base=20,
        working=HOTEL_ROOMS,
        saturday=times(HOTEL_ROOMS, 1.2),
        sunday=times(HOTEL_ROOMS, 1.07),
        heating=hours("7 6 6 6 6 7 10 13 11 8 7 6 6 6 6 7 9 12 17 21 22 18 13 9"),
        cooling=hours("4 3 2 1 1 1 1 2 4 6 9 13 17 21 23 24 24 22 18 15 13 12 9 6"),
        months=(0.76, 0.8, 0.88, 0.98, 0.95, 1.0, 1.1, 1.14, 1.02, 0.94, 0.82, 0.84),
    ),
    "education": LoadShape(
        base=3,
        working=hours("0 0 0 0 0 1 5 20 42 54 57 55 56 50 32 34 33 22 14 10 5 1 0 0"),
        saturday=hours("0 0 0 0 0 0 0 0 2 5 6 6 5 2 0 0 0 0 0 0 0 0 0 0"),
        heating=hours("0 0 0 0 0 6 20 28 26 20 16 14 13 12 9 9 8 4 2 1 0 0 0 0"),
        cooling=hours("0 0 0 0 0 0 0 1 3 5 7 9 11 11 9 8 6 3 1 0 0 0 0 0"),
        comfort=(1.0, 0.15, 0.03),
        months=(1.0, 1.0, 1.0, 0.97, 0.95, 0.85, 0.35, 0.3, 0.9, 1.0, 1.05, 1.0),
        closes=True,
        noise=0.05,
    ),
    "commerce": LoadShape(
        base=27,
        working=hours("1 1 1 1 1 3 9 17 26 31 32 33 33 32 31 31 32 33 34 34 33 22 6 2"),
        saturday=hours("1 1 1 1 1 3 9 18 28 33 35 36 36 34 32 32 33 35 36 36 34 22 6 2"),
        sunday=hours("1 1 1 1 1 1 1 2 3 3 3 3 3 3 3 3 3 3 3 3 3 2 1 1"),
        heating=hours("1 1 1 1 1 3 8 12 13 11 9 8 7 7 7 7 8 9 10 10 9 4 1 1"),
        cooling=hours("9 8 8 7 7 7 8 10 13 15 18 20 22 23 24 24 24 23 21 19 17 13 11 10"),
        comfort=(1.0, 1.0, 0.4),
        noise=0.03,
    ),
    "industry": LoadShape(
        base=9,
        working=hours("2 1 1 1 2 18 54 63 66 67 62 66 67 61 54 62 64 63 61 57 50 30 6 3"),
        saturday=hours("1 1 1 1 1 4 16 25 28 28 26 25 20 8 3 2 1 1 1 1 1 1 1 1"),
        heating=hours("1 1 1 1 1 4 7 8 7 6 5 5 4 4 4 4 4 4 4 3 3 1 1 1"),
        cooling=hours("1 1 1 1 1 1 2 3 4 6 7 8 9 10 10 10 10 9 7 5 3 2 1 1"),
        comfort=(1.0, 0.4, 0.1),
        closes=True,
        noise=0.06,
    ),
    "offices": LoadShape(
        base=12,
        working=hours("0 0 0 0 0 1 6 19 35 43 45 45 44 39 32 35 40 38 31 20 10 4 1 0"),
        saturday=hours("0 0 0 0 0 0 1 2 4 5 6 6 5 4 2 1 1 1 0 0 0 0 0 0"),
        heating=hours("1 1 1 1 1 5 16 24 24 20 16 14 12 11 10 10 11 10 7 3 1 1 1 1"),
        cooling=hours("1 1 1 1 1 1 3 8 13 17 21 24 26 27 27 28 27 23 15 7 3 2 1 1"),
        comfort=(1.0, 0.2, 0.1),
        months=(1.0, 1.0, 1.0, 0.98, 1.0, 1.0, 0.88, 0.6, 0.95, 1.0, 1.0, 0.95),
    ),
    "health": LoadShape(
        base=26,
        working=hours("4 3 3 3 3 5 11 20 27 28 27 26 29 30 24 21 20 21 23 27 28 22 13 7"),
        saturday=hours("4 3 3 3 3 5 10 17 22 23 22 22 25 26 20 18 18 19 21 25 26 21 13 7"),
        sunday=hours("4 3 3 3 3 5 9 15 20 21 20 20 25 26 20 18 18 19 21 25 26 21 13 7"),
        heating=hours("8 8 8 8 8 10 14 16 15 12 11 10 9 9 9 9 10 12 14 15 14 12 10 9"),
        cooling=hours("5 4 3 3 2 2 3 5 8 11 14 17 20 22 22 22 21 19 16 13 11 10 8 6"),
        noise=0.03,
    ),
    "logistics": LoadShape(
        base=36,
        working=hours("3 3 3 3 5 10 18 24 26 26 25 24 24 22 21 23 24 23 20 15 10 6 4 3"),
        saturday=hours("3 3 3 3 4 7 12 15 15 14 13 11 9 6 4 3 3 3 3 3 3 3 3 3"),
        sunday=times(hours("1 " * 24), 2),
        cooling=hours("11 10 10 9 9 9 10 12 14 17 19 21 23 24 24 24 24 23 21 18 16 14 13 12"),
        noise=0.05,
    ),
    "sport": LoadShape(
        base=16,
        working=hours("1 1 1 1 1 4 18 29 30 31 31 28 26 26 27 31 38 45 50 51 46 30 10 3"),
        saturday=hours("1 1 1 1 1 1 4 16 30 36 37 36 30 22 18 20 26 28 26 20 10 3 1 1"),
        sunday=hours("1 1 1 1 1 1 2 10 22 30 31 29 20 8 3 2 2 2 2 1 1 1 1 1"),
        heating=hours("10 10 10 10 10 12 16 18 17 15 14 13 12 12 12 13 14 16 17 17 16 14 11 10"),
        cooling=hours("1 1 1 1 1 1 2 4 6 8 9 10 11 12 12 13 14 14 13 11 9 5 2 1"),
        months=(1.05, 1.0, 1.0, 0.98, 0.95, 0.9, 0.8, 0.5, 0.95, 1.05, 1.05, 0.9),
        noise=0.05,
    ),
    "housing": LoadShape(
        base=12,
        working=HOME_EVENINGS,
        saturday=times(HOME_EVENINGS, 1.12),
        sunday=times(HOME_EVENINGS, 1.16),
        heating=hours("5 4 3 3 3 5 11 15 12 9 8 7 7 8 8 8 9 12 17 22 24 21 14 8"),
        cooling=hours("7 5 4 3 2 2 2 2 3 5 7 9 12 16 18 19 18 17 16 16 17 17 14 10"),
        noise=0.06,
    ),
    "street lighting": LoadShape(
        base=0,
        dark=hours("84 62 56 56 56 60 80 88 88 88 88 88 88 88 88 88 88 88 88 88 88 88 88 88"),
        noise=0.008,
    ),
}
"""The shapes of what is measured as a whole, by the sector of the account."""

SECTORS = {"administration": "offices", "agriculture": "industry", "other": "offices"}
"""Sectors that have no shape of their own, and whose shape they have."""
