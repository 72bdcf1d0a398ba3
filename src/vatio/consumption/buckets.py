"""Brings what was looked at together by interval, hour, day or month: rows of a table, and bars."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TypedDict

from vatio.analysis.comparing import Sides, comparison
from vatio.analysis.curve import HOUR, Curve, Run, Value
from vatio.analysis.figures import DayFigures, highest_of
from vatio.consumption.looking import Look
from vatio.readings.slots import WHOLE_DAY


class By(StrEnum):
    """What intervals are brought together by; each as it is with `SLOT`."""

    SLOT = "slot"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Bucket:
    """A row of the table: its first day and its first instant, what was measured, what is missing.

    `total` is in base units, the sum of amounts or the mean of states. `before` is that of the time
    that it is compared with, without what either side lacks, and `faced` what this side was then:
    over `compared` seconds, without the `left_out` ones, of all things compared one by one.
    `most` is the highest mean power in W, at `most_at`. `missing`, `estimated`, `doubtful` and
    `partial` are seconds; `expected` too.
    """

    day: date
    starts: int
    total: Value
    before: Value
    faced: Value
    compared: int
    left_out: int
    most: Value
    most_at: int | None
    expected: int
    missing: int
    estimated: int
    doubtful: int
    partial: int

    @property
    def change(self) -> float | None:
        """How much more it was than before: 0.05 is 5 % more."""
        if self.faced is None or not self.before:
            return None
        return self.faced / self.before - 1


def buckets(look: Look, by: By, *, now: float) -> list[Bucket]:
    """Return what was looked at, by interval, hour, day or month."""
    if by == By.MONTH:
        return [_together(group, look) for group in _months(look)]
    if by == By.DAY or look.minutes == WHOLE_DAY:
        return [_together([place], look) for place in range(len(look.days))]
    return _intervals(look, by, now)


def side_by_side(rows: Sequence[list[Bucket]], by: By) -> list[list[Bucket]]:
    """Return the buckets of several things so that those stand in one row that belong together.

    Under a day that is what begins at one instant, from days on what each calls the same day. A
    bucket of which nothing is expected stands where a thing has none.
    """

    def key(each: Bucket) -> int:
        return each.starts if by in (By.SLOT, By.HOUR) else each.day.toordinal()

    if len({tuple(map(key, own)) for own in rows}) == 1:
        return list(rows)
    places = {key(each): each for own in reversed(rows) for each in own}
    ordered = sorted(places.items())
    made = []
    for own in rows:
        known = {key(each): each for each in own}
        made.append([known.get(at) or _nothing(each) for at, each in ordered])
    return made


def _nothing(like: Bucket) -> Bucket:
    """Return a bucket of the same time of which nothing is expected, and nothing known."""
    return Bucket(like.day, like.starts, None, None, None, 0, 0, None, None, 0, 0, 0, 0, 0)


def _months(look: Look) -> Iterator[list[int]]:
    """Yield the places of the days of each month."""
    for _month, group in groupby(
        range(len(look.days)), lambda place: look.days[place].day.replace(day=1)
    ):
        yield list(group)


def _together(places: Sequence[int], look: Look) -> Bucket:
    """Return one bucket of some days."""
    days = [look.days[place] for place in places]
    step = look.curve.step
    known = [each for each in days if each.present]
    sides = _sides(look, [each.day for each in days])
    highest = highest_of(known)
    return Bucket(
        day=days[0].day,
        starts=look.curve.starts[look.curve.firsts[places[0]]],
        total=_joined(known, adds=look.curve.adds),
        **sides,
        most=highest.most if highest else None,
        most_at=highest.most_at if highest else None,
        expected=sum(each.expected for each in days) * step,
        missing=sum(each.missing for each in days) * step,
        estimated=sum(each.estimated for each in days) * step,
        doubtful=sum(each.doubtful for each in days) * step,
        partial=sum(each.partial for each in days) * step,
    )


def _joined(days: Sequence[DayFigures], *, adds: bool) -> Value:
    if not days:
        return None
    if adds:
        return sum(each.total or 0 for each in days)
    return sum((each.total or 0) * each.present for each in days) / sum(
        each.present for each in days
    )


class _Cut(TypedDict):
    """Both sides of a bucket, without what either of them lacks: see `Bucket`."""

    before: Value
    faced: Value
    compared: int
    left_out: int


def _sides(look: Look, days: Iterable[date]) -> _Cut:
    """Return both sides of days."""
    by_day = look.against.by_day if look.against else {}
    return _cut(look, [part for day in days for part in by_day.get(day, ())])


def _cut(look: Look, parts: Iterable[Sides]) -> _Cut:
    made = comparison(parts, look.curve)
    faced, before = (made.own, made.other) if made.compared else (None, None)
    return _Cut(before=before, faced=faced, compared=made.compared, left_out=made.left_out)


def _intervals(look: Look, by: By, now: float) -> list[Bucket]:
    curve = look.curve
    each = max(HOUR // curve.step, 1) if by == By.HOUR else 1
    powers = curve.powers()
    sides = look.against.by_interval if look.against else []
    estimated, doubtful = _flags(curve, curve.estimated), _flags(curve, curve.doubtful)
    partial = _flags(curve, curve.partial)
    made = []
    for number, day in enumerate(curve.days):
        for first in range(curve.firsts[number], curve.firsts[number + 1], each):
            last = min(first + each, curve.firsts[number + 1])
            known = [value for value in curve.values[first:last] if value is not None]
            own = [value for value in powers[first:last] if value is not None]
            most = max(own, default=None)
            ended = sum(start + curve.step <= now for start in curve.starts[first:last])
            made.append(
                Bucket(
                    day=day,
                    starts=curve.starts[first],
                    total=_of(known, adds=curve.adds),
                    **_cut(look, sides[first:last]),
                    most=most,
                    most_at=curve.starts[first + powers[first:last].index(most)] if own else None,
                    expected=ended * curve.step,
                    missing=max(ended - len(known), 0) * curve.step,
                    estimated=sum(estimated[first:last]) * curve.step,
                    doubtful=sum(doubtful[first:last]) * curve.step,
                    partial=sum(partial[first:last]) * curve.step,
                )
            )
    return made


def _of(known: Sequence[float], *, adds: bool) -> Value:
    if not known:
        return None
    return sum(known) if adds else sum(known) / len(known)


def _flags(curve: Curve, runs: Sequence[Run]) -> bytearray:
    """Return 1 for each interval that lies in one of the runs."""
    made = bytearray(len(curve.values))
    for begin, end in runs:
        made[begin:end] = b"\x01" * (end - begin)
    return made
