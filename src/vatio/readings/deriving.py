"""Derives intervals from registers: what arrived is settled with its neighbours, and no more.

Registers are the source, intervals their differences: a register that comes late, or is
corrected, recomputes the intervals between its neighbours and no others.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from vatio.readings.days import ArrivingDay
from vatio.readings.locking import SeriesState
from vatio.readings.merging import Outcome, merge_locked
from vatio.readings.ranks import Flag, How, Origin, doubted, quality
from vatio.readings.register_runs import Run, Span, load
from vatio.readings.registers import DeviceChange, Register, Settled, by_slot, settle
from vatio.readings.series import SeriesKey
from vatio.readings.slots import LocalDay, day_of, end, place, start
from vatio.readings.storing import DayKey, floats

REACHES = (1, 8, 64, 1_000_000)
"""How many days around what arrived are looked at, until that is enough."""

FORGET = """
DELETE FROM readings_registerfinding own
USING unnest(%(series)s::bigint[], %(since)s::float8[], %(until)s::float8[])
    AS window_ (series_id, since, until)
WHERE own.account_id = %(account)s AND own.series_id = window_.series_id
  AND own.at >= to_timestamp(window_.since) AND own.at <= to_timestamp(window_.until)
  AND own.undone_at IS NULL
"""

FIND = """
INSERT INTO readings_registerfinding (account_id, series_id, at, kind)
SELECT %(account)s, series_id, to_timestamp(at), kind
FROM unnest(%(series)s::bigint[], %(at)s::float8[], %(kind)s::text[]) AS new (series_id, at, kind)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Derivation:
    """The registers of a series that were settled anew, and between which instants.

    What was counted is known for the slots that overlap `since` to `until`, which is infinite
    where no register behind decides; `last` is the last instant that matters then. `ends_all`
    says whether the last of the registers is the last of the series, `is_clear` whether another
    may follow it without more ado.
    """

    settled: Settled
    since: float
    until: float
    last: float
    ends_all: bool
    is_clear: bool


def derive(
    series: Mapping[int, SeriesKey],
    into: Mapping[int, SeriesKey],
    spans: Mapping[int, Span],
    *,
    origin: Origin,
    delivery: int,
    at: float,
    standing: Mapping[int, SeriesState],
) -> tuple[Outcome, dict[int, Derivation]]:
    """Settle the registers that arrived, and merge what was counted into the interval series.

    :param series: the register series, by their keys.
    :param into: the interval series of each register series, locked as well.
    :param spans: the first and the last instant at which registers of a series arrived.
    :param standing: where the series stand; the last good register is written into it.
    """
    derived = _settle(series, spans, standing)
    arriving: dict[DayKey, ArrivingDay] = {}
    for key, each in derived.items():
        lay(each, into[key], arriving, origin=origin)
        if each.ends_all:
            last = each.settled.good[-1] if each.settled.good else None
            standing[key].register_at = last and last.at
            standing[key].register = last and last.value
            standing[key].is_clear = each.is_clear
    _write_findings(derived, next(iter(series.values())).account_id)
    named = {each.id: each for each in into.values()}
    return merge_locked(named, arriving, standing, delivery=delivery, at=at), derived


def _settle(
    series: Mapping[int, SeriesKey], spans: Mapping[int, Span], standing: Mapping[int, SeriesState]
) -> dict[int, Derivation]:
    """Settle every run, with as many neighbours as it takes."""
    done: dict[int, Derivation] = {}
    for reach in REACHES:
        left = {key: span for key, span in spans.items() if key not in done}
        if not left:
            break
        for key, run in load(series, left, reach=reach).items():
            found = _derivation(series[key], run, left[key], standing[key].digits)
            if found is not None:
                done[key] = found
    return done


def _derivation(series: SeriesKey, run: Run, span: Span, digits: int | None) -> Derivation | None:
    """Settle the run; None if its neighbours do not tell enough."""
    registers = run.registers
    known = [one.at for one in registers]
    span = _over_changes(span, run.changes)
    found = _beginning(series, run, known, span)
    while found is not None and (inside := _changes_at(run, found[1])):
        span = (min(inside), span[1])
        found = _beginning(series, run, known, span)
    if found is None:
        return None
    since, first = found
    settled = settle(
        registers[first or 0 :],
        changes=[each for each in run.changes if _is_behind(each.at, registers, first)],
        digits=digits,
        unit=series.measures.factor,
        refused=run.refused,
    )
    is_clear = bool(settled.good) and settled.waiting is None
    is_clear = is_clear and not any(
        (each.until or each.at) > settled.good[-1].at for each in run.changes
    )
    again = _anchor_behind(settled.anchors, span[1], run.findings)
    if again is None:
        if not run.ends_all:
            return None
        last = max([span[1], *known[-1:]])
        return Derivation(settled, since, float("inf"), last, True, is_clear)
    if not run.ends_all and known[-1] < _slot_end(series, again.at):
        return None
    return Derivation(settled, since, again.at, again.at, run.ends_all, is_clear)


def _beginning(
    series: SeriesKey, run: Run, known: list[float], span: Span
) -> tuple[float, int | None] | None:
    """Return since when a span is settled anew, and from which register; None if none tells.

    It is the last one before that was good by itself, and the last such before its slot.
    """
    anchor = _anchor_before(run.registers, bisect_left(known, span[0]), run.findings)
    if anchor is None:
        return (span[0], None) if run.begins_all else None
    since = known[anchor]
    edge = _slot_start(series, since)
    first = _anchor_before(run.registers, bisect_right(known, edge), run.findings)
    return (since, first) if first is not None or run.begins_all else None


def _over_changes(span: Span, changes: Iterable[DeviceChange]) -> Span:
    """Return a span with the whole days of the changes that it touches.

    Any register of the day of a change may tell when it was.
    """
    for each in changes:
        if each.until is not None and each.at <= span[1] and span[0] <= each.until:
            span = (min(span[0], each.at), max(span[1], each.until))
    return span


def _changes_at(run: Run, first: int | None) -> list[float]:
    """Return the days of changes that a register is on: it does not tell of which device it is."""
    if first is None:
        return []
    at = run.registers[first].at
    return [each.at for each in run.changes if each.at <= at < (each.until or each.at)]


def _is_behind(at: float, registers: list[Register], first: int | None) -> bool:
    return first is None or at > registers[first].at


def _anchor_before(registers: list[Register], below: int, findings: set[float]) -> int | None:
    """Return the place of the last register before another that was good by itself."""
    for at in range(below - 1, -1, -1):
        if registers[at].at not in findings:
            return at
    return None


def _anchor_behind(
    anchors: list[Register], instant: float, findings: set[float]
) -> Register | None:
    """Return the first register behind an instant that is good as it was before."""
    for one in anchors[bisect_right(anchors, instant, key=lambda each: each.at) :]:
        if one.at not in findings:
            return one
    return None


def _slot_start(series: SeriesKey, instant: float) -> float:
    found = place(instant, series.time_zone, series.minutes)
    return start(found.local, found.slot, series.minutes)


def _slot_end(series: SeriesKey, instant: float) -> float:
    found = place(instant, series.time_zone, series.minutes)
    if found.seconds == 0:
        return instant
    return end(found.local, found.slot, series.minutes)


def lay(
    derived: Derivation,
    series: SeriesKey,
    arriving: dict[DayKey, ArrivingDay],
    *,
    origin: Origin,
) -> None:
    """Put what was counted into the days of an interval series, with the window it is known for."""
    measured = quality(origin, How.MEASURED, Flag.DERIVED)
    spread = quality(origin, How.SPREAD, Flag.DERIVED)
    pieces = derived.settled.pieces
    shares = by_slot(pieces, time_zone=series.time_zone, minutes=series.minutes)
    for (local, slot), share in shares.items():
        if not _overlaps(derived, local, slot, series.minutes):
            continue
        own = measured if share.exact else spread
        own = doubted(own) if series.is_doubtful(share.value) else own
        _day(arriving, series, local, measured).put(slot, share.value, own)
    _open_windows(derived, series, arriving, measured)


def _overlaps(derived: Derivation, local: LocalDay, slot: int, minutes: int) -> bool:
    return end(local, slot, minutes) > derived.since and start(local, slot, minutes) < derived.until


def _day(
    arriving: dict[DayKey, ArrivingDay], series: SeriesKey, local: LocalDay, own: int
) -> ArrivingDay:
    key = (series.id, local.day)
    if key not in arriving:
        arriving[key] = ArrivingDay.empty(local, series.minutes, own)
    return arriving[key]


def _open_windows(
    derived: Derivation, series: SeriesKey, arriving: dict[DayKey, ArrivingDay], own: int
) -> None:
    """Say of each day for which slots the registers were settled: the rest is left as it is."""
    instant, last = derived.since, derived.last
    while True:
        local = day_of(instant, series.time_zone)
        day = _day(arriving, series, local, own)
        low = place(instant, series.time_zone, series.minutes).slot
        if last < local.ends:
            ends = place(last, series.time_zone, series.minutes)
            day.window = range(low, ends.slot + bool(ends.seconds))
            return
        day.window = range(low, local.count(series.minutes))
        instant = local.ends


def _write_findings(derived: Mapping[int, Derivation], account_id: int) -> None:
    """Write anew which registers are held, or begin another meter, where they were settled."""
    found: list[tuple[int, float, str]] = []
    for key, each in derived.items():
        found += [(key, one.at, "held") for one in each.settled.held if _is_new(one.at, each)]
        found += [(key, at, "change") for at in each.settled.changes if _is_new(at, each)]
    asked: dict[str, Any] = {
        "account": account_id,
        "series": list(derived),
        "since": floats([each.since for each in derived.values()]),
        "until": floats([each.until for each in derived.values()]),
    }
    with connection.cursor() as cursor:
        cursor.execute(FORGET, asked)
        if found:
            asked["series"] = [each[0] for each in found]
            asked["at"] = floats([each[1] for each in found])
            asked["kind"] = [each[2] for each in found]
            cursor.execute(FIND, asked)


def _is_new(at: float, derived: Derivation) -> bool:
    return derived.since <= at <= derived.until
