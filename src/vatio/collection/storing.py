"""Stores what a meter said of a day: its values, up to where it was read, and the attempt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import DateField, Value
from django.db.models.functions import Greatest

from vatio.accounts.locking import hold
from vatio.collection import attempts
from vatio.collection.attempts import BegunCall, ReadDay
from vatio.collection.iec102.asdus import IntegratedTotal
from vatio.collection.iec102.curves import CurveInterval, MeterCurve
from vatio.collection.models import LineSettings
from vatio.collection.places import BASE_UNITS, Places, places_of
from vatio.readings import deliveries
from vatio.readings.arrivals import Arrivals
from vatio.readings.deliveries import GoneBack
from vatio.readings.locking import ZoneMoved
from vatio.readings.ranks import Flag, Origin, quality
from vatio.readings.receiving import Received, receive
from vatio.readings.series import SeriesKey

UNTIL = {60: "hours_until", 15: "quarters_until"}
"""The column of a line that says up to which day a curve was read."""


class CallOver(Exception):
    """The attempt was ended by somebody else meanwhile: nothing may be stored for it."""


@dataclass(frozen=True)
class MeterDay:
    """What a meter said of a local day; a curve is None if it does not keep it."""

    day: date
    hours: MeterCurve | None
    quarters: MeterCurve | None

    @property
    def curves(self) -> list[MeterCurve]:
        """The curves that came."""
        return [curve for curve in (self.hours, self.quarters) if curve is not None]


class Storing:
    """Stores the days of one call, each in a transaction of its own, all as one delivery."""

    def __init__(self, call: BegunCall, *, at: datetime) -> None:
        self._call = call
        self._at = at
        self._places = places_of(call, at=at)
        self._delivery: int | None = None

    def store(self, day: MeterDay) -> ReadDay:
        """Store a day, all of it or nothing; return what came of it.

        :raises CallOver: if the attempt is no longer open.
        :raises AccountGone: if the account is being deleted.
        """
        while True:
            try:
                return self._store(day)
            except ZoneMoved:
                self._places = places_of(self._call, at=self._at)
            except GoneBack:
                self._delivery = None

    @transaction.atomic
    def _store(self, day: MeterDay) -> ReadDay:
        call = self._call
        hold(call.account_id)
        arrivals = sorted_arrivals(day, self._places)
        received = self._receive(arrivals) if arrivals.days else Received()
        counts = received.counts
        came = {curve.minutes: len(curve.intervals) for curve in day.curves}
        read = ReadDay(
            day=day.day,
            hours=came.get(60, 0),
            quarters=came.get(15, 0),
            missing=sum(len(curve.missing) for curve in day.curves),
            new=counts.new,
            corrected=counts.corrected,
        )
        if not attempts.day_read(call, read):
            raise CallOver
        self._move(day)
        return read

    def _receive(self, arrivals: Arrivals) -> Received:
        """Store values, and count them as part of the delivery of this call."""
        account_id = self._call.account_id
        delivery = self._delivery or deliveries.open_file(
            account_id,
            origin=Origin.COLLECTED,
            name="",
            sha256="",
            source_id=self._places.source_id,
            at=self._at,
        )
        received = receive(
            account_id,
            {each.id: each for each in self._places.series.values()},
            arrivals,
            origin=Origin.COLLECTED,
            delivery=delivery,
            at=self._at.timestamp(),
        )
        deliveries.count(
            account_id,
            delivery,
            received.counts,
            touched=set(arrivals.days) | received.changed,
            at=self._at,
        )
        transaction.on_commit(lambda: setattr(self, "_delivery", delivery))
        return received

    def _move(self, day: MeterDay) -> None:
        """Write down up to where the curves were read: after their last good intervals."""
        reached = {
            UNTIL[curve.minutes]: until
            for curve in day.curves
            if (until := _read_until(curve, self._call.zone)) is not None
        }
        if reached:
            LineSettings.objects.filter(line_id=self._call.line_id).update(
                **{
                    column: Greatest(column, Value(until, DateField()))
                    for column, until in reached.items()
                }
            )


def _read_until(curve: MeterCurve, zone: ZoneInfo) -> date | None:
    """Return the day up to which a curve was read, None without a good interval.

    A day whose last interval is good is over: it is the next one.
    """
    last = next((each for each in reversed(curve.intervals) if is_good(each)), None)
    if last is None:
        return None
    return (last.start + timedelta(minutes=curve.minutes)).astimezone(zone).date()


def sorted_arrivals(day: MeterDay, places: Places) -> Arrivals:
    """Return the values of a day by the series and local day they are of."""
    arrivals = Arrivals()
    for curve in day.curves:
        for series, start, value, stored in _values(curve, places):
            arrivals.add(series, start, value, stored)
    return arrivals


def _values(curve: MeterCurve, places: Places) -> Iterator[tuple[SeriesKey, float, float, int]]:
    """Yield the series, start, value in base units and quality of each total with a place."""
    for interval in curve.intervals:
        for total in interval.totals:
            series = places.series.get((total.object, curve.minutes))
            if series is not None:
                start = interval.start.timestamp()
                yield series, start, float(total.value * BASE_UNITS), quality_of(interval, total)


def quality_of(interval: CurveInterval, total: IntegratedTotal) -> int:
    """Return the quality of a value as it is stored.

    What the meter calls invalid is kept and not counted; a value that was tampered with, or of a
    label that the meter's clock does not vouch for, is counted and beaten by any other.
    """
    flags = Flag.NONE
    if total.invalid:
        flags = Flag.INVALID
    elif total.manipulated or interval.doubtful:
        flags = Flag.DOUBTFUL
    return quality(Origin.COLLECTED, flags=flags)


def is_good(interval: CurveInterval) -> bool:
    """Return whether the active energy of an interval is valid."""
    return any(each.object == 1 and not each.invalid for each in interval.totals)
