"""Reads curves back: what a series says of its slots, now or as it was known at a moment."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from vatio.readings.days import SETTLING, StoredDay, Value
from vatio.readings.ranks import Flag
from vatio.readings.series import SeriesKey
from vatio.readings.slots import LocalDay, end, local_day
from vatio.readings.storing import DayKey, binary_cursor, read_range

REVISED = """
SELECT series_id, day, slots, "values", qualities FROM readings_revision
WHERE account_id = %(account)s AND series_id = ANY(%(series)s)
  AND day >= %(since)s AND day < %(until)s AND replaced_at > to_timestamp(%(known_at)s)
ORDER BY series_id, day, replaced_at DESC, id DESC
"""


@dataclass(frozen=True)
class CurveDay:
    """The values of a series on one of its local days, one for each slot; None is a gap.

    Values are in base units; `qualities` are those of each slot (see `ranks`).
    """

    local: LocalDay
    minutes: int
    values: list[Value]
    qualities: list[int]

    @property
    def counted(self) -> list[Value]:
        """The values without those that are invalid: these are shown, and do not count."""
        invalid = {each for each in set(self.qualities) if each & Flag.INVALID}
        if not invalid:
            return self.values
        return [
            None if quality in invalid else value
            for value, quality in zip(self.values, self.qualities, strict=True)
        ]


def curve(
    series: SeriesKey, since: date, until: date, *, known_at: float | None = None
) -> list[CurveDay]:
    """Return the days of a series from `since` up to, not including, `until`.

    Every day is there, those without readings too. With `known_at` each slot has the value that
    was known at that moment: the first value of a slot, if it came within 48 hours of the slot's
    end, counts as known from that end; what came or changed later is known from its arrival.
    Nothing is known of a slot that had not ended.

    :param known_at: a moment, in seconds since 1970, UTC; without it, all that is known now.
    """
    return curves({series.id: series}, since, until, known_at=known_at)[series.id]


def curves(
    series: Mapping[int, SeriesKey],
    since: date,
    until: date,
    *,
    known_at: float | None = None,
) -> dict[int, list[CurveDay]]:
    """Return the curves of several series of one account; see `curve`. At most two statements."""
    if not series:
        return {}
    account_id = next(iter(series.values())).account_id
    stored = read_range(account_id, series, since, until)
    if known_at is not None:
        _go_back(account_id, stored, series, since, until, known_at)
    days = [since + timedelta(days=step) for step in range((until - since).days)]
    return {
        key: [_day(each, day, stored.get((key, day))) for day in days]
        for key, each in series.items()
    }


def _day(series: SeriesKey, day: date, stored: StoredDay | None) -> CurveDay:
    local = local_day(day, series.time_zone)
    count = local.count(series.minutes)
    if stored is None:
        return CurveDay(local, series.minutes, [None] * count, [0] * count)
    qualities = list(stored.qualities or [stored.quality] * count)
    return CurveDay(local, series.minutes, stored.values, qualities)


def _go_back(
    account_id: int,
    stored: Mapping[DayKey, StoredDay],
    series: Mapping[int, SeriesKey],
    since: date,
    until: date,
    known_at: float,
) -> None:
    """Put what was known at a moment into the days."""
    asked: dict[str, Any] = {"account": account_id, "series": list(series), "known_at": known_at}
    asked |= {"since": since, "until": until}
    before: dict[DayKey, list[tuple[list[int], list[Value], list[int]]]] = defaultdict(list)
    with binary_cursor() as cursor:
        cursor.execute(REVISED, asked)
        for series_id, day, *replaced in cursor.fetchall():
            before[series_id, day].append(tuple(replaced))
    for key, day in stored.items():
        qualities = list(day.qualities or [day.quality] * len(day.values))
        for slots, values, old in before.get(key, ()):
            for slot, value, quality in zip(slots, values, old, strict=True):
                day.values[slot], qualities[slot] = value, quality
        day.qualities = qualities
        for slot in range(len(day.values)):
            if not _was_known(day, slot, known_at):
                day.values[slot] = None


def _was_known(day: StoredDay, slot: int, known_at: float) -> bool:
    """Return whether the first value of a slot was known, if the day's first values were its."""
    ends = end(day.local, slot, day.minutes)
    return known_at >= ends and (known_at >= day.first_at or ends + SETTLING >= day.first_at)
