"""The things that a page looks at together: of one unit, in one resolution."""

from dataclasses import dataclass

from vatio.accounts.models import Account
from vatio.consumption import subjects
from vatio.consumption.buckets import By
from vatio.consumption.looking import Look, look
from vatio.consumption.subjects import EnergySubject
from vatio.readings.slots import WHOLE_DAY
from vatio.web.analysis.asked import Asked

FIXED = {By.HOUR: 60, By.DAY: WHOLE_DAY}
"""The resolution of a curve, in minutes, where it does not follow from the span."""


@dataclass(frozen=True)
class Together:
    """What is looked at, and what was asked for besides and has another unit."""

    looks: list[Look]
    apart: list[EnergySubject]

    @property
    def only(self) -> Look | None:
        """The one thing that is looked at; None where there are several."""
        return self.looks[0] if len(self.looks) == 1 else None

    @property
    def is_empty(self) -> bool:
        """Whether none of them has any value in the span."""
        return all(each.is_empty for each in self.looks)


def looks(account: Account, asked: Asked, *, now: float) -> Together:
    """Look at the things that are asked for; those of another unit than the first's are left out.

    All are in the coarsest of their resolutions; what has no series has any.
    """
    found = subjects.find(account, asked.what)
    same = [each for each in found if each.unit == found[0].unit]
    minutes = FIXED.get(By(asked.by)) if asked.by and asked.is_curve else None

    def at(subject: EnergySubject, resolution: int | None) -> Look:
        return look(
            account,
            subject,
            asked.since,
            asked.until,
            now=now,
            minutes=resolution,
            versus=asked.versus,
            among=len(same),
        )

    looked = [at(each, minutes) for each in same]
    measuring = [each for each in looked if each.known.series]
    coarsest = max(each.minutes for each in measuring or looked)
    return Together(
        [each if each.minutes == coarsest else at(each.subject, coarsest) for each in looked],
        [each for each in found if each.unit != found[0].unit],
    )
