"""What arrives of a data point's values once its faults have had their way."""

from datetime import date, timedelta
from typing import NamedTuple

from vatio.demo.energy.faults import GAP_BEGINS, GAP_LASTS
from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.values import values
from vatio.readings.slots import LocalDay, end, local_day, start

DOUBTFUL_AT = 11 * 3600
"""When the doubtful value is measured: so many seconds after the first instant of its day."""

DOUBTFUL_TIMES = 12
"""How many times the lowest contracted power a doubtful value is: far above 5 times the highest."""

WEEKS = (7, 14, 21)
"""How many days before it an estimated day looks for what was usual."""

CAN_BE_DOUBTFUL = (401, 402)
"""Active power and energy: what a contracted power is a measure for."""


class ReceivedDay(NamedTuple):
    """What arrived for the slots of a local day: None is a slot of which nothing came.

    `is_estimated` says that the distributor estimated the whole day, and `doubtful` which slot,
    if any, has a value that nobody should believe.
    """

    values: list[float | None]
    is_estimated: bool = False
    doubtful: int | None = None


def received(profile: Profile, *, day: date, time_zone: str, minutes: int) -> ReceivedDay:
    """Return what arrives of a local day, by the profile's own faults.

    A gateway of registers sends that of a slot where this has a value for the slot. What is
    estimated and what is doubtful was not consumed: registers do not know of it.

    :raises ValueError: as `vatio.demo.energy.values.values`.
    """
    faults = profile.faults
    consumed = values(profile, day=day, time_zone=time_zone, minutes=minutes)
    if faults.dead_from is not None and day >= faults.dead_from:
        return ReceivedDay([None] * len(consumed))
    if faults.is_estimated(day):
        return ReceivedDay(
            [*_estimates(profile, consumed, day, time_zone, minutes)], is_estimated=True
        )
    arrived: list[float | None] = [*consumed]
    if faults.gap_on is not None and 0 <= (day - faults.gap_on).days <= GAP_LASTS // 86_400 + 1:
        _leave_gap(arrived, faults.gap_on, local_day(day, time_zone), time_zone, minutes)
    doubtful = None
    if day == faults.doubtful_on and profile.quantity in CAN_BE_DOUBTFUL:
        doubtful = DOUBTFUL_AT // (minutes * 60)
        part = minutes / 60 if profile.quantity == 402 else 1
        arrived[doubtful] = profile.kw * 1000 * DOUBTFUL_TIMES * part // 1
    return ReceivedDay(arrived, doubtful=doubtful)


def _leave_gap(
    arrived: list[float | None], gap_on: date, local: LocalDay, time_zone: str, minutes: int
) -> None:
    """Take out what is missing of a day: the slots that the gap touches."""
    begins = local_day(gap_on, time_zone).begins + GAP_BEGINS
    ends = begins + GAP_LASTS
    for slot in range(len(arrived)):
        if start(local, slot, minutes) < ends and end(local, slot, minutes) > begins:
            arrived[slot] = None


def _estimates(
    profile: Profile, consumed: list[float], day: date, time_zone: str, minutes: int
) -> list[float]:
    """Compute what the distributor would guess: the mean of the three weeks before, whole."""
    weeks = [
        values(profile, day=day - timedelta(days=back), time_zone=time_zone, minutes=minutes)
        for back in WEEKS
    ]
    alike = [week for week in weeks if len(week) == len(consumed)] or [consumed]
    return [sum(slots) // len(alike) for slots in zip(*alike, strict=True)]
