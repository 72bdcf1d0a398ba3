"""Sorts readings into the days of their series, before any table is looked at."""

from collections import defaultdict
from dataclasses import dataclass, field

from vatio.readings.days import ArrivingDay
from vatio.readings.ranks import doubted
from vatio.readings.series import SeriesKey
from vatio.readings.slots import end, place
from vatio.readings.storing import DayKey

SNAP = 30
"""Seconds beside the grid within which a reading counts as one of the nearest slot."""

SAME, CONTRADICTS, OFF_GRID = "same", "contradicts", "off_grid"

Beside = dict[float, tuple[float, int]]
"""By instant, the value and the quality of a register that is off the grid."""


@dataclass
class Arrivals:
    """Readings of one account on their way into its series.

    `days` holds those on the grid, by series and local day; `others` the registers beside it.
    `version` is that of a billing file, 0 for none.
    """

    version: int = 0
    days: dict[DayKey, ArrivingDay] = field(default_factory=dict)
    others: dict[int, Beside] = field(default_factory=lambda: defaultdict(dict))

    def add(self, series: SeriesKey, instant: float, value: float, quality: int) -> str | None:
        """Add a reading, and return what is wrong with it: None if nothing.

        `SAME`: it was added already. `CONTRADICTS`: another value was, which stays.
        `OFF_GRID`: it is no register, and begins at no slot.

        :param instant: the start of its interval, or when the register was read: seconds since
            1970, UTC.
        """
        local, slot, seconds = place(instant, series.time_zone, series.minutes)
        if seconds:
            left = end(local, slot, series.minutes) - instant
            if left <= SNAP:
                return self.add(series, instant + left, value, quality)
            if seconds > SNAP:
                return self._beside(series, instant, value, quality)
        if series.doubtful_over is not None and series.is_doubtful(value):
            quality = doubted(quality)
        key = (series.id, local.day)
        day = self.days.get(key)
        if day is None:
            day = ArrivingDay.empty(local, series.minutes, quality)
            day.version = self.version
            self.days[key] = day
        put = day.put(slot, value, quality)
        if put:
            return None
        return SAME if put is None else CONTRADICTS

    def _beside(self, series: SeriesKey, instant: float, value: float, quality: int) -> str | None:
        if not series.is_register:
            return OFF_GRID
        others = self.others[series.id]
        if instant in others:
            return SAME if others[instant][0] == value else CONTRADICTS
        others[instant] = (value, quality)
        return None
