"""What the demo's called meters measured: the same as the histories of their accounts hold."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from vatio.collection.places import OBJECTS
from vatio.demo.energy.values import values
from vatio.demo.measured import MeasuredSeries
from vatio.demo.meter import load
from vatio.demo.meter.load import MeterLoad
from vatio.demo.whole_units import UNIT, counted
from vatio.readings.slots import local_day

QUARTER = 15
DAYS = 64
"""How many days of a meter are remembered: what one call reads at most, and some."""


def load_of(measured: Iterable[MeasuredSeries], zone: ZoneInfo) -> MeterLoad:
    """Return what a meter measured, by the series of its quantities.

    An object of the meter that none of them is of has measured nothing.
    """
    profiles = {each.profile.quantity: each.profile for each in measured}
    kept = [
        (address - 1, profiles[quantity])
        for address, quantity in OBJECTS.items()
        if quantity in profiles
    ]

    @lru_cache(maxsize=DAYS)
    def of_day(day: date) -> list[tuple[int, list[float]]]:
        return [
            (place, counted(values(profile, day=day, time_zone=str(zone), minutes=QUARTER)))
            for place, profile in kept
        ]

    def quarter(start: datetime) -> tuple[int, ...]:
        day = start.astimezone(zone).date()
        slot = int(start.timestamp() - local_day(day, str(zone)).begins) // (QUARTER * 60)
        found = [0] * load.OBJECTS
        for place, own in of_day(day):
            found[place] = int(own[slot] / UNIT)
        return tuple(found)

    return MeterLoad(quarter)
