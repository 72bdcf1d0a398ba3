"""The records of a range, put in order: starts in UTC, what is missing, what contradicts itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from vatio.collection.iec102.asdus import IntegratedTotal
from vatio.collection.iec102.labels import TimeLabel

Record = tuple[TimeLabel, tuple[IntegratedTotal, ...]]
"""A label, the end of an interval in local time, and the totals of the interval."""


@dataclass(frozen=True)
class CurveInterval:
    """What a meter measured from `start` (UTC) on, for the minutes of its curve."""

    start: datetime
    totals: tuple[IntegratedTotal, ...]
    """Whole kWh or kvarh of the interval; in a curve of readings, those at its end."""
    doubtful: bool
    """The meter's clock was not to be trusted (IV of the label)."""


@dataclass(frozen=True)
class MeterCurve:
    """A range of a load curve: each interval once, in order of time."""

    minutes: int
    intervals: tuple[CurveInterval, ...]
    missing: tuple[datetime, ...]
    """Starts that were asked for and for which there is no interval."""
    contradicted: tuple[datetime, ...]
    """Starts for which the meter gave several records that differ: none of them is kept."""
    repeated: int
    """Records that came again and said the same."""
    disordered: bool
    """Records did not come in order of time."""
    strange: int
    """Records of moments that nobody had asked for: none of them is kept."""

    @property
    def untold(self) -> tuple[datetime, ...]:
        """Return the starts for which no record came at all."""
        return tuple(at for at in self.missing if at not in self.contradicted)


def starts(start: datetime, end: datetime, minutes: int) -> Iterator[datetime]:
    """Yield the starts of the intervals from `start` up to, and not including, `end`."""
    step = timedelta(minutes=minutes)
    while start < end:
        yield start
        start += step


def assemble(
    records: Iterable[Record], *, start: datetime, end: datetime, minutes: int, zone: ZoneInfo
) -> MeterCurve:
    """Return the records of a range as a curve of starts in UTC."""
    wanted = list(starts(start.astimezone(UTC), end.astimezone(UTC), minutes))
    known = set(wanted)
    found: dict[datetime, CurveInterval] = {}
    contradicted: set[datetime] = set()
    repeated = strange = 0
    disordered, before = False, None
    for label, totals in records:
        at = label.instant(zone) - timedelta(minutes=minutes)
        if at not in known:
            strange += 1
            continue
        disordered |= before is not None and at < before
        before = at
        interval = CurveInterval(at, totals, label.invalid)
        if at in found and found[at] == interval:
            repeated += 1
        elif at in found:
            contradicted.add(at)
        else:
            found[at] = interval
    kept = [found[at] for at in wanted if at in found and at not in contradicted]
    there = {interval.start for interval in kept}
    return MeterCurve(
        minutes=minutes,
        intervals=tuple(kept),
        missing=tuple(at for at in wanted if at not in there),
        contradicted=tuple(sorted(contradicted)),
        repeated=repeated,
        disordered=disordered,
        strange=strange,
    )
