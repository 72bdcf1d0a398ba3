"""Parses what a file writes beside a value to say when: days, hours, ordinals, stamps."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

ONE_DAY = 86_400
LONGEST_DAY = 25 * 3600
"""The highest hour that files write, in seconds: 25:00, on the day that has 25."""

SPANISH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", re.ASCII)
ISO_DAY = re.compile(r"(\d{4})[/.-]?(\d{1,2})[/.-]?(\d{1,2})", re.ASCII)
OF_DAY = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
TIME = re.compile(rf"{OF_DAY}\s*(Z|[+-]\d{{2}}:?(?:\d{{2}})?)?", re.ASCII)
SPAN = re.compile(
    r"(\d{1,2})(?::(\d{2}))?\s*h?\s*(?:-|–|a)\s*(\d{1,2})(?::(\d{2}))?\s*h?", re.ASCII | re.I
)
ORDINAL = re.compile(r"(?:h|hora|q)?\s*0*(\d{1,3})(?:[.,]0+)?", re.ASCII | re.I)


class Label(NamedTuple):
    """When a value is, as its file writes it: a local day, and in it one of two things.

    `seconds` since the clock showed midnight (−1 if it is none), or an `ordinal` (−1). `until`
    is the end of a label that names both ends (−1). `offset`: seconds east of UTC, if written.
    """

    day: date
    seconds: int = -1
    ordinal: int = -1
    until: int = -1
    offset: int | None = None

    @property
    def wall(self) -> int:
        """Return the seconds that the clock showed since a fixed day: to order, to tell steps."""
        return self.day.toordinal() * ONE_DAY + max(self.seconds, 0)


Hour = tuple[int, int, int, int | None]
"""Seconds, ordinal, until and offset, as in `Label`."""

WHOLE_DAY: Hour = (-1, -1, -1, None)
MIDNIGHT: Hour = (0, -1, -1, None)


def parsed(day: object, hour: object = None) -> Label | str:
    """Return the label that one cell, or a day and an hour, write, or the code of what is wrong."""
    if isinstance(day, str):
        head, _sep, tail = day.strip().replace("T", " ", 1).partition(" ")
        found = _day(head)
        in_stamp = _hour(tail.strip(), in_stamp=True) if tail else None
    elif isinstance(day, datetime):
        moment = day + timedelta(milliseconds=500)
        found, in_stamp = moment.date(), (_seconds(moment.time()), -1, -1, None)
    elif isinstance(day, date):
        found, in_stamp = day, None
    else:
        return "malformed"
    if isinstance(found, str):
        return found
    if hour is not None:
        when = _typed_hour(hour)
    elif in_stamp is None:
        when = WHOLE_DAY
    else:
        when = in_stamp
    return when if isinstance(when, str) else Label(found, *when)


class Labels(dict[object, Label | str]):
    """The labels of keys (a stamp, or a day and an hour), each parsed when it is asked for."""

    def __missing__(self, key: object) -> Label | str:
        """Parse the label of a key."""
        label = parsed(*key) if isinstance(key, tuple) else parsed(key)
        self[key] = label
        return label


def hour_of(cell: object) -> Hour | None:
    """Return what a cell says as an hour of the day, or None if it is none."""
    found = _typed_hour(cell)
    return None if isinstance(found, str) else found


@lru_cache(maxsize=20_000)
def _day(text: str) -> date | str:
    if spanish := SPANISH_DAY.fullmatch(text):
        day, month, year = map(int, spanish.groups())
        year += 2000 if year < 100 else 0
    elif iso := ISO_DAY.fullmatch(text):
        year, month, day = map(int, iso.groups())
    else:
        return "malformed"
    try:
        return date(year, month, day)
    except ValueError:
        return "no_such_day"


def _typed_hour(cell: object) -> Hour | str:
    if isinstance(cell, str):
        return _hour(cell.strip())
    if isinstance(cell, timedelta):
        return (round(cell.total_seconds()), -1, -1, None)
    if isinstance(cell, datetime):
        return (_seconds((cell + timedelta(milliseconds=500)).time()), -1, -1, None)
    if isinstance(cell, time):
        return (_seconds(cell), -1, -1, None)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell):
        return _hour(str(int(cell)))
    return "malformed"


def _seconds(of_day: time) -> int:
    return of_day.hour * 3600 + of_day.minute * 60 + of_day.second


@lru_cache(maxsize=20_000)
def _hour(text: str, *, in_stamp: bool = False) -> Hour | str:
    # «02:00-03:00» is an hour with both its ends, but behind a day a time west of Greenwich.
    span = None if in_stamp else SPAN.fullmatch(text)
    if span is None and (clock := TIME.fullmatch(text)):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups()[:3])
        found = hours * 3600 + minutes * 60 + seconds
        if minutes > 59 or seconds > 59 or found > LONGEST_DAY:
            return "no_such_hour"
        return (found, -1, -1, _offset(clock[4]))
    if span:
        parts = [int(part or 0) for part in span.groups()]
        start, until = parts[0] * 3600 + parts[1] * 60, parts[2] * 3600 + parts[3] * 60
        if max(parts[1], parts[3]) > 59 or start >= ONE_DAY or until > ONE_DAY:
            return "no_such_hour"
        return (start, -1, until or ONE_DAY, None)
    if ordinal := ORDINAL.fullmatch(text):
        return (-1, int(ordinal[1]), -1, None)
    return "malformed"


def _offset(text: str | None) -> int | None:
    """Return the seconds east of UTC that a time writes behind it: Z, +02:00, +0200, +02."""
    if text is None or text == "Z":
        return None if text is None else 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if text[0] == "-" else seconds
