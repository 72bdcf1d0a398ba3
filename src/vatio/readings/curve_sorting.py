"""Sorts the curves of a file into the days of their series, and refuses what has no place there."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.metering.models import Series
from vatio.readings import targets
from vatio.readings.arrivals import CONTRADICTS, SAME, Arrivals
from vatio.readings.files.curves import CurveFile, FileCurve, RefusedRow
from vatio.readings.insertion import AHEAD, OLDEST
from vatio.readings.series import SeriesKey
from vatio.readings.slots import LocalDay, day_of
from vatio.readings.targets import Lacking, Targets

WORDS: dict[str, Promise] = {
    targets.NO_SUPPLY_POINT: _("The account has no supply point of this CUPS."),
    targets.NO_METER: _("The principal meter of this supply point is missing."),
    targets.NO_DATA_POINT: _("The meter of this supply point has no data point of the quantity."),
    targets.NOT_MEASURED: _("No principal meter measured this supply point on that day."),
    "too_old": _("The day is more than ten years ago."),
    "ahead": _("The day is more than a day ahead."),
    "off_grid": _("The time is none at which an interval of the series begins."),
    CONTRADICTS: _("The file has another value for the same time, which was kept."),
}


Resolving = Callable[[date], tuple[SeriesKey | None, str]]
"""Returns the series of a day; None and the code why if there is none."""


@dataclass
class FileSorting:
    """A file on its way into the series of an account.

    `into` are the series of each curve that is chosen, `same` how many of its values the file
    gives again; both by the identity of the curve. Series that `makes` would make have keys below
    zero until they are made.
    """

    account: Account
    file: CurveFile
    targets: Targets
    chosen: list[FileCurve]
    lacking: Lacking
    makes: bool
    at: datetime
    arrivals: Arrivals = field(default_factory=Arrivals)
    refused: list[RefusedRow] = field(default_factory=list)
    series: dict[int, SeriesKey] = field(default_factory=dict)
    same: dict[int, int] = field(default_factory=dict)
    into: dict[int, set[int]] = field(default_factory=dict)

    def wanted(self) -> Iterator[tuple[int, int, str]]:
        """Yield the series that the curves may go into: data point, resolution, kind."""
        for curve in self.chosen:
            for point in self.targets.points_of(curve):
                yield point, curve.minutes, kind_of(curve)

    def sort(self) -> None:
        """Sort the values of every chosen curve into the days of its series."""
        self.arrivals.version = self.file.version
        self.series = {each.id: each for each in self.targets.series.values()}
        new = count(-1, -1)
        for curve in self.chosen:
            missing = self._to_be_made(curve, next(new)) if self.makes else None
            self._sort(curve, missing)

    def _to_be_made(self, curve: FileCurve, key: int) -> SeriesKey:
        """Return what stands for the series of a data point that will be made."""
        made = SeriesKey(
            key,
            self.account.pk,
            curve.minutes,
            self.targets.zone_of(curve.cups),
            kind_of(curve),
            key,
            curve.quantity,
        )
        self.series[key] = made
        return made

    def _sort(self, curve: FileCurve, missing: SeriesKey | None) -> None:
        """Sort a curve, whose values are in order of time, day by day."""
        into = self.into.setdefault(id(curve), set())
        self.same[id(curve)] = curve.same
        resolve = self._resolving(curve, missing)
        zone = self.targets.zone_of(curve.cups)
        low, size = 0, len(curve.starts)
        while low < size:
            local = day_of(curve.starts[low], zone)
            high = bisect_left(curve.starts, local.ends, low)
            series, why = resolve(local.day)
            if series is None:
                self._refuse(curve, range(low, high), why)
            else:
                into.add(series.id)
                self._add(curve, series, local, low, high)
            low = high

    def _add(
        self, curve: FileCurve, series: SeriesKey, local: LocalDay, low: int, high: int
    ) -> None:
        """Add the values of a day: at once, if they are as plain as most."""
        if self._is_timely(local) and self.arrivals.add_run(
            series, local, curve.starts, curve.values, curve.qualities, slice(low, high)
        ):
            return
        seconds = self.at.timestamp()
        for place in range(low, high):
            start, value = curve.starts[place], curve.values[place]
            if value is None:
                continue
            wrong = "too_old" if start < seconds - OLDEST else ""
            wrong = wrong or ("ahead" if start > seconds + AHEAD else "")
            wrong = wrong or self.arrivals.add(series, start, value, curve.qualities[place]) or ""
            if wrong == SAME:
                self.same[id(curve)] += 1
            elif wrong:
                self._refuse(curve, range(place, place + 1), wrong)

    def _is_timely(self, local: LocalDay) -> bool:
        seconds = self.at.timestamp()
        return local.begins >= seconds - OLDEST and local.ends <= seconds + AHEAD

    def _refuse(self, curve: FileCurve, places: range, code: str) -> None:
        words = str(WORDS[code])
        self.refused += [
            RefusedRow(curve.lines[place], code, words, curve.quantity)
            for place in places
            if curve.values[place] is not None
        ]

    def _resolving(self, curve: FileCurve, missing: SeriesKey | None) -> Resolving:
        kind = kind_of(curve)

        def resolve(day: date) -> tuple[SeriesKey | None, str]:
            point, why = self.targets.point_on(curve, day)
            if why in targets.TO_BE_MADE and missing is not None:
                return missing, ""
            if why:
                return None, why
            series = self.targets.series.get((point, curve.minutes, kind))
            return series or self._to_be_made(curve, -point - 1_000_000), ""

        return resolve


def kind_of(curve: FileCurve) -> str:
    """Return the kind of the series that a curve goes into."""
    return Series.Kind.REGISTER if curve.kind == "register" else Series.Kind.INTERVAL
