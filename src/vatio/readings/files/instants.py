"""Turns labels into instants: on the days on which clocks change, too.

An end label is turned into the start of its interval. Two ways of writing ends are understood:
what the clock showed at the end of the interval (F5D writes 02:00 twice in October), and its
start plus its length (Datadis writes 03:00 twice).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from vatio.readings import slots
from vatio.readings.files.labels import ONE_DAY, Label, Labels

EPOCH_DAY = date(1970, 1, 1).toordinal()


class LabelGrid(NamedTuple):
    """How labels are to be read: `label` as in `CurveOptions`, the length of an interval, the zone.

    With 0 minutes the label is the instant itself, on no grid: that of a register.
    """

    label: str
    minutes: int
    time_zone: str


Instant = int | str | tuple[int, ...]
"""A start; the code of what is wrong; or the starts that a repeated label may mean, in order."""


def instant(label: Label, how: LabelGrid) -> Instant:
    """Return the start of the interval that a label names, in seconds since 1970, UTC."""
    if how.label == "ordinal":
        return _of_ordinal(label, how)
    seconds = label.seconds if label.seconds >= 0 else label.ordinal * 3600
    if seconds < 0:
        seconds = 0
    is_end = how.label == "end"
    if label.offset is not None:
        moment = (label.day.toordinal() - EPOCH_DAY) * ONE_DAY + seconds - label.offset
        return _start(moment, how, is_end)
    if seconds > ONE_DAY or (seconds == ONE_DAY and how.minutes and not is_end):
        return "no_such_hour"
    if not 1971 <= label.day.year <= 2199:
        return "no_such_day"
    local = slots.local_day(label.day, how.time_zone)
    step = how.minutes * 60
    if changes_clocks(label.day, how.time_zone) or not step:
        return _on_a_day_of_change(label.day, seconds, how, is_end)
    if is_end and not seconds:
        return _start(local.begins, how, is_end)
    if seconds % step:
        return "off_grid"
    return local.begins + seconds - (step if is_end else 0)


class Starts(dict[object, Instant]):
    """The start of each key (a stamp, or a day and an hour), computed when it is asked for.

    On days without a change of clocks it is the day's first instant and what the hour adds to it,
    so that most keys need no parsing.
    """

    def __init__(self, how: LabelGrid, labels: Labels) -> None:
        super().__init__()
        self.how, self.labels = how, labels
        self._begins: dict[object, int] = {}
        self._after: dict[object, int] = {}

    def __missing__(self, key: object) -> Instant:
        """Compute the start of a key."""
        day: object = None
        hour: object = None
        if isinstance(key, str):
            day, _sep, hour = key.partition(" ")
        elif isinstance(key, tuple):
            day, hour = key
        begins, after = self._begins.get(day), self._after.get(hour)
        if begins is None or after is None:
            start = self._computed(key, day, hour)
        else:
            start = begins + after
        self[key] = start
        return start

    def _computed(self, key: object, day: object, hour: object) -> Instant:
        label = self.labels[key]
        if isinstance(label, str):
            return label
        start = instant(label, self.how)
        is_plain = isinstance(start, int) and label.offset is None and label.seconds != 0
        if is_plain and day and hour and not changes_clocks(label.day, self.how.time_zone):
            begins = slots.local_day(label.day, self.how.time_zone).begins
            self._begins[day], self._after[hour] = begins, cast("int", start) - begins
        return start


def _on_a_day_of_change(day: date, seconds: int, how: LabelGrid, is_end: bool) -> Instant:
    found = [_start(each, how, is_end) for each in moments(day, seconds, how, is_end)]
    whole = tuple(each for each in found if isinstance(each, int))
    if len(whole) > 1:
        return whole
    return whole[0] if whole else found[0] if found else "no_such_hour"


def _of_ordinal(label: Label, how: LabelGrid) -> Instant:
    step = how.minutes * 60
    if label.ordinal < 0 and label.seconds < 0:
        ordinal, beside = 1, 0
    elif label.ordinal >= 0:
        ordinal, beside = label.ordinal, 0
    else:
        ordinal, beside = divmod(label.seconds, step)
    if beside:
        return "off_grid"
    local = slots.local_day(label.day, how.time_zone)
    if not 1 <= ordinal <= local.count(how.minutes):
        return "no_such_hour"
    return slots.start(local, ordinal - 1, how.minutes)


def moments(day: date, seconds: int, how: LabelGrid, is_end: bool) -> list[int]:
    """Return the instants at which the clock of a day showed a time, the earlier first.

    As an end, the instant at which clocks change is also called by what they would have shown.
    """
    naive = (day.toordinal() - EPOCH_DAY) * ONE_DAY + seconds
    offsets = {offset(naive + beside * 3600, how.time_zone) for beside in (-26, -3, 0, 3, 26)}
    return sorted(
        naive - each
        for each in offsets
        if offset(naive - each, how.time_zone) == each
        or (is_end and offset(naive - each - 1, how.time_zone) == each)
    )


def _start(moment: int, how: LabelGrid, is_end: bool) -> int | str:
    if not how.minutes:
        return moment
    found = slots.place(moment - 1 if is_end else moment, how.time_zone, how.minutes)
    if is_end:
        ends = slots.end(found.local, found.slot, how.minutes)
        fits = ends == moment
    else:
        fits = not found.seconds
    return slots.start(found.local, found.slot, how.minutes) if fits else "off_grid"


@lru_cache(maxsize=50_000)
def offset(moment: int, time_zone: str) -> int:
    """Return how many seconds east of UTC the clocks of a zone are at an instant."""
    at = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(time_zone))
    return int((at.utcoffset() or timedelta()).total_seconds())


@lru_cache(maxsize=50_000)
def changes_clocks(day: date, time_zone: str) -> bool:
    """Return whether the clocks of a zone change on a day, or at one of its two midnights."""
    local = slots.local_day(day, time_zone)
    around = {offset(at, time_zone) for at in (local.begins - 1, local.begins, local.ends)}
    return len(around) > 1 or local.ends - local.begins != ONE_DAY


def resolved(
    repeated: Iterable[tuple[int, object, tuple[int, ...]]], summer: dict[int, bool]
) -> dict[int, int]:
    """Choose the start of each row whose label may mean several, and return it by the row.

    Rows come in order of time, each with its label and the starts that it may mean. `summer`
    has the rows that say which time they are in; of the others a repeated label takes the earlier
    start first, and one that another label has taken is not taken again.
    """
    chosen: dict[int, int] = {}
    used: set[int] = set()
    given: dict[object, list[int]] = {}
    for row, label, starts in repeated:
        if row in summer:
            # What repeats is summer time first: only clocks that go back repeat anything.
            chosen[row] = starts[0] if summer[row] else starts[-1]
            continue
        before = given.setdefault(label, [])
        free = next((start for start in starts if start not in used), None)
        if free is None:
            again = list(dict.fromkeys(before)) or list(starts)
            free = again[len(before) % len(again)]
        used.add(free)
        before.append(free)
        chosen[row] = free
    return chosen
