"""What goes wrong with a data point of the demo, as data: gaps, estimates, excesses, silence."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Flag, auto

from vatio.demo.energy.chance import draw

GAP_BEGINS, GAP_LASTS = 6 * 3600, 60 * 3600
"""From when to when a gap runs, in seconds after the first instant of its day."""

ESTIMATED_DAYS = timedelta(days=3)
ONE_EXCESS_IN = 8
"""One busy working day of so many, in the months of the highest prices, has an excess."""


class Trouble(Flag):
    """The kinds of fault that a data point of the demo can be given."""

    NONE = 0
    GAP = auto()
    ESTIMATED = auto()
    EXCESSES = auto()
    DEAD = auto()
    DOUBTFUL = auto()


@dataclass(frozen=True)
class Faults:
    """The faults of one data point; days are local days of its series.

    60 hours are missing from 6 hours into `gap_on`; three days from `estimated_from` are the
    distributor's estimates; one value of `doubtful_on` is above what the meter could measure;
    nothing has come since the first instant of `dead_from`. One busy working day in `excess_in`,
    in the months of the highest prices, goes beyond the lowest contracted power (0: none): alone
    among the faults, that was really consumed. Only a whole supply has excesses, not a part.
    """

    gap_on: date | None = None
    estimated_from: date | None = None
    doubtful_on: date | None = None
    dead_from: date | None = None
    excess_in: int = 0

    def is_estimated(self, day: date) -> bool:
        """Return whether the values of a day are the distributor's estimates."""
        first = self.estimated_from
        return first is not None and first <= day < first + ESTIMATED_DAYS


NO_FAULTS = Faults()


def faults_of(trouble: Trouble, *, seed: int, today: date, dead_days: int = 9) -> Faults:
    """Return faults of some kinds, placed in the year before `today` by the seed.

    The gap is 5 to 9 months ago, the estimates 2 to 5, the doubtful value 10 to 42 days: none of
    them overlaps another. `today` is the day on which the history is made; a day later the same
    seed would give other days.
    """
    drawn = draw(seed, 0, "faults")
    estimated = today - timedelta(days=60 + int(drawn.second * 90))
    gap = today - timedelta(days=160 + int(drawn.first * 110))
    doubtful = today - timedelta(days=10 + int(drawn.second * 32))
    dead = today - timedelta(days=dead_days)
    return Faults(
        gap_on=gap if Trouble.GAP in trouble else None,
        estimated_from=estimated if Trouble.ESTIMATED in trouble else None,
        doubtful_on=doubtful if Trouble.DOUBTFUL in trouble else None,
        dead_from=dead if Trouble.DEAD in trouble else None,
        excess_in=ONE_EXCESS_IN if Trouble.EXCESSES in trouble else 0,
    )
