"""Places the rows of one supply point in time, those of repeated hours among them."""

from datetime import date
from itertools import pairwise
from typing import NamedTuple, cast

from vatio.readings import slots
from vatio.readings.files.headings import key_of
from vatio.readings.files.instants import Instant, Starts, changes_clocks, resolved
from vatio.readings.files.labels import ONE_DAY, Label

SUMMER = {"1", "10", "v", "verano", "s", "summer", "estiu"}
WINTER = {"0", "00", "i", "invierno", "w", "winter", "hivern"}


class SupplyRows(NamedTuple):
    """Some rows of the records: their places, their labels' keys, and all rows' seasons."""

    places: list[int]
    keys: list[object]
    seasons: list[object]


def placed(rows: SupplyRows, table: Starts) -> tuple[list[int], list[tuple[int, str]]]:
    """Return the starts of the rows that have one, and the rows that have none with the code."""
    starts: list[Instant] = list(map(table.__getitem__, rows.keys))
    if table.how.label == "end" and not rows.seasons:
        _count_hours_of_odd_days(rows, starts, table)
    odd = [at for at, start in enumerate(starts) if start.__class__ is not int]
    if not odd:
        return cast("list[int]", starts), []
    repeated = [at for at in odd if isinstance(starts[at], tuple)]
    if repeated:
        summer = _seasons(rows, repeated)
        if len(summer) < len(repeated) and _descends(starts):
            repeated.reverse()
        triples = [(at, rows.keys[at], cast("tuple[int, ...]", starts[at])) for at in repeated]
        for at, start in resolved(triples, summer).items():
            starts[at] = start
    wrong = [at for at in odd if isinstance(starts[at], str)]
    if not wrong:
        return cast("list[int]", starts), []
    refused = [(rows.places[at], cast("str", starts[at])) for at in wrong]
    return [start for start in starts if isinstance(start, int)], refused


def _seasons(rows: SupplyRows, repeated: list[int]) -> dict[int, bool]:
    """Return which rows say that they are in summer time, and which in winter time."""
    found: dict[int, bool] = {}
    if not rows.seasons:
        return found
    for at in repeated:
        season = key_of(rows.seasons[rows.places[at]])
        if season in SUMMER or season in WINTER:
            found[at] = season in SUMMER
    return found


def _descends(starts: list[Instant]) -> bool:
    """Return whether a file has its newest rows first."""
    known = [
        start[0] if isinstance(start, tuple) else start
        for start in starts
        if not isinstance(start, str)
    ]
    steps = [after - before for before, after in pairwise(known)]
    return sum(step < 0 for step in steps) > sum(step > 0 for step in steps)


def _count_hours_of_odd_days(rows: SupplyRows, starts: list[Instant], table: Starts) -> None:
    """Where a file counts the hours of a day on which clocks change, place them by counting.

    It does so if its hours of that day are 01:00 to 25:00, or 01:00 to 23:00.
    """
    minutes, time_zone = table.how.minutes, table.how.time_zone
    by_day: dict[date, list[tuple[int, int]]] = {}
    for at, key in enumerate(rows.keys):
        label = table.labels[key]
        if isinstance(label, Label) and label.offset is None and label.seconds > 0:
            by_day.setdefault(label.day, []).append((at, label.seconds))
    for day, places in by_day.items():
        if not minutes or not changes_clocks(day, time_zone):
            continue
        local, step = slots.local_day(day, time_zone), minutes * 60
        counted = {step * ordinal for ordinal in range(1, local.count(minutes) + 1)}
        if {seconds for _at, seconds in places} == counted and max(counted) != ONE_DAY:
            for at, seconds in places:
                starts[at] = slots.start(local, seconds // step - 1, minutes)
