"""Sorts readings into the days of their series, before any table is looked at."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vatio.readings.days import ArrivingDay, Value
from vatio.readings.ranks import doubted
from vatio.readings.series import SeriesKey
from vatio.readings.slots import WHOLE_DAY, LocalDay, end, place
from vatio.readings.storing import DayKey

SNAP = 30
"""Seconds beside the grid within which a reading counts as one of the nearest slot."""

PART = 400
"""How many days are stored at a time."""

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
    _last: dict[int, tuple[LocalDay, int, ArrivingDay]] = field(default_factory=dict)
    """By series, the day to which something was added last, and the seconds of its slots."""

    def add(self, series: SeriesKey, instant: float, value: float, quality: int) -> str | None:
        """Add a reading, and return what is wrong with it: None if nothing.

        `SAME`: it was added already. `CONTRADICTS`: another value was, which stays.
        `OFF_GRID`: it is no register, and begins at no slot.

        :param instant: the start of its interval, or when the register was read: seconds since
            1970, UTC.
        """
        if series.doubtful_over is not None and series.is_doubtful(value):
            quality = doubted(quality)
        last = self._last.get(series.id)
        if last is not None and last[0].begins <= instant < last[0].ends:
            slot, beside = divmod(instant - last[0].begins, last[1])
            if not beside:
                return _put(last[2], int(slot), value, quality)
        return self._add(series, instant, value, quality)

    def _add(self, series: SeriesKey, instant: float, value: float, quality: int) -> str | None:
        local, slot, seconds = place(instant, series.time_zone, series.minutes)
        if seconds:
            left = end(local, slot, series.minutes) - instant
            if left <= SNAP:
                return self._add(series, instant + left, value, quality)
            if seconds > SNAP:
                return self._beside(series, instant, value, quality)
        key = (series.id, local.day)
        day = self.days.get(key)
        if day is None:
            day = ArrivingDay.empty(local, series.minutes, quality)
            day.version = self.version
            self.days[key] = day
        if series.minutes != WHOLE_DAY:
            self._last[series.id] = (local, series.minutes * 60, day)
        return _put(day, slot, value, quality)

    def add_run(
        self,
        series: SeriesKey,
        local: LocalDay,
        starts: Sequence[int],
        values: Sequence[Value],
        qualities: Sequence[int],
        run: slice,
    ) -> bool:
        """Add the values of a day at once, if they are a plain run; return whether they were.

        They are if the day is new here, each begins a slot one after the other, all have one
        quality, and none is more than can be believed. Otherwise nothing was added.
        """
        key, step = (series.id, local.day), series.minutes * 60
        size = run.stop - run.start
        first, seconds = divmod(starts[run.start] - local.begins, step)
        plain = (
            not seconds
            and key not in self.days
            and series.minutes != WHOLE_DAY
            and starts[run.stop - 1] - starts[run.start] == (size - 1) * step
            and len(set(qualities[run])) == 1
        )
        known = [value for value in values[run] if value is not None]
        if not plain or not known or series.is_doubtful(max(known)):
            return False
        behind = local.count(series.minutes) - first - size
        own = [*[None] * first, *values[run], *[None] * behind]
        self.days[key] = ArrivingDay(
            local, series.minutes, own, qualities[run.start], version=self.version
        )
        return True

    def count(self) -> int:
        """Return how many readings there are."""
        on_grid = sum(len(day.values) - day.values.count(None) for day in self.days.values())
        return on_grid + sum(len(each) for each in self.others.values())

    def parts(self, series: Mapping[int, SeriesKey]) -> Iterator["Arrivals"]:
        """Yield these readings in parts of `PART` days.

        Registers stay together, as each is settled with its neighbours.
        """
        whole: dict[DayKey, ArrivingDay] = {}
        apart: list[DayKey] = []
        for key, day in self.days.items():
            if series[key[0]].is_register:
                whole[key] = day
            else:
                apart.append(key)
        if whole or self.others:
            yield Arrivals(self.version, whole, self.others)
        for begin in range(0, len(apart), PART):
            keys = apart[begin : begin + PART]
            yield Arrivals(self.version, {key: self.days[key] for key in keys})

    def _beside(self, series: SeriesKey, instant: float, value: float, quality: int) -> str | None:
        if not series.is_register:
            return OFF_GRID
        others = self.others[series.id]
        if instant in others:
            return SAME if others[instant][0] == value else CONTRADICTS
        others[instant] = (value, quality)
        return None


def _put(day: ArrivingDay, slot: int, value: float, quality: int) -> str | None:
    values = day.values
    if values[slot] is None and day.quality == quality and day.qualities is None:
        values[slot] = value
        return None
    put = day.put(slot, value, quality)
    if put:
        return None
    return SAME if put is None else CONTRADICTS
