"""Finds where the curves of a file go: the data points of the principal meter of each day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.cups import parse_cups
from vatio.metering.feeding import own_source
from vatio.metering.installing import CANARIES, MAINLAND
from vatio.metering.models import DataPoint, DataSource, Meter, Series, SupplyPoint
from vatio.readings import series as all_series
from vatio.readings.files.curves import FileCurve
from vatio.readings.series import SeriesKey
from vatio.tenants.models import Person

NO_SUPPLY_POINT, NO_METER, NO_DATA_POINT = "no_supply_point", "no_meter", "no_data_point"
NOT_MEASURED = "not_measured"
TO_BE_MADE = {NO_SUPPLY_POINT, NO_METER, NO_DATA_POINT}

MEASURED = """
SELECT point.cups, point.id, point.territory, measured.since, measured.until, meter.id,
    meter.measured_from, meter.measured_until, own.quantity, own.id
FROM metering_supplypoint point
LEFT JOIN metering_measurement measured ON measured.account_id = %(account)s
    AND measured.supply_point_id = point.id AND measured.role = 'principal'
LEFT JOIN metering_meter meter ON meter.id = measured.meter_id
LEFT JOIN metering_datapoint own ON own.account_id = %(account)s AND own.meter_id = meter.id
    AND own.service IN ('accepted', 'retired')
WHERE point.account_id = %(account)s AND point.cups = ANY(%(cups)s)
  AND point.service IN ('accepted', 'retired')
ORDER BY point.cups, point.service DESC, point.id, measured.since NULLS FIRST,
    own.service DESC, own.id
"""
"""Of several of a CUPS, or of a quantity, the one in service comes last."""


@dataclass
class MeasuredDays:
    """The days from `since` up to, not including, `until` on which a meter was the principal one.

    `points` are its data points by quantity. The days that the meter measured narrow them.
    """

    meter_id: int
    since: date = date.min
    until: date = date.max
    points: dict[int, int] = field(default_factory=dict)


@dataclass
class Supplied:
    """A supply point of a file: its key, its territory, and who measured it when."""

    id: int
    territory: str
    stretches: dict[int, MeasuredDays] = field(default_factory=dict)


def zone_of(account: Account, territory: str | None) -> str:
    """Return the IANA zone of electricity in a territory; where none is known, by the account's."""
    if territory is None:
        return CANARIES if account.time_zone == CANARIES else MAINLAND
    return CANARIES if territory == "canarias" else MAINLAND


@dataclass
class Targets:
    """Where the curves of an account's files go.

    `point` is the data point that takes all of them, where somebody said so.
    """

    account: Account
    supplied: dict[str, Supplied] = field(default_factory=dict)
    point: DataPoint | None = None
    series: dict[tuple[int, int, str], SeriesKey] = field(default_factory=dict)

    def zone_of(self, cups: str) -> str:
        """Return the IANA zone of the days of a supply point of the file."""
        if self.point is not None:
            return self.point.series.values_list("time_zone", flat=True)[0]
        supplied = self.supplied.get(cups)
        return zone_of(self.account, supplied.territory if supplied else None)

    def points_of(self, curve: FileCurve) -> set[int]:
        """Return the data points into which values of a curve may go."""
        if self.point is not None:
            return {self.point.pk}
        supplied = self.supplied.get(curve.cups)
        stretches = supplied.stretches.values() if supplied else ()
        return {each.points[curve.quantity] for each in stretches if curve.quantity in each.points}

    def point_on(self, curve: FileCurve, day: date) -> tuple[int, str]:
        """Return the data point of a curve's values of a day; 0 and the code why if none."""
        if self.point is not None:
            return self.point.pk, ""
        supplied = self.supplied.get(curve.cups)
        if supplied is None:
            return 0, NO_SUPPLY_POINT
        for each in supplied.stretches.values():
            if each.since <= day < each.until:
                point = each.points.get(curve.quantity)
                return (point, "") if point else (0, NO_DATA_POINT)
        return 0, NOT_MEASURED if supplied.stretches else NO_METER


def find(account: Account, cups: Collection[str], *, point: DataPoint | None = None) -> Targets:
    """Find the supply points of an account by their CUPS, with meters and data points."""
    targets = Targets(account, point=point)
    asked: dict[str, Any] = {"account": account.pk, "cups": [each for each in cups if each]}
    with connection.cursor() as cursor:
        cursor.execute(MEASURED, asked)
        for (
            code,
            key,
            territory,
            since,
            until,
            meter,
            begun,
            ended,
            quantity,
            own,
        ) in cursor.fetchall():
            supplied = targets.supplied.get(code)
            if supplied is None or supplied.id != key:
                supplied = targets.supplied[code] = Supplied(key, territory)
            if meter is None:
                continue
            days = supplied.stretches.setdefault(meter, MeasuredDays(meter))
            days.since = max(since or date.min, begun or date.min)
            days.until = min(until or date.max, ended or date.max)
            if quantity is not None:
                days.points[quantity] = own
    return targets


def add_series(
    targets: Targets, wanted: Iterable[tuple[int, int, str]], *, at: datetime, make: bool
) -> None:
    """Find the series of data points by resolution and kind; with `make`, add those that lack.

    Another resolution of a data point takes nothing.
    """
    keys = set(wanted)
    points = {key[0] for key in keys}
    rows = Series.objects.filter(account_id=targets.account.pk, data_point_id__in=points)
    found = {(row.data_point_id, row.minutes, row.kind): row.pk for row in rows}
    lacking = keys - found.keys()
    if lacking and make:
        own = DataPoint.objects.select_related("meter__site", "meter__account").in_bulk(
            {key[0] for key in lacking}
        )
        for key in sorted(lacking):
            made = installing.add_series(own[key[0]], minutes=key[1], kind=key[2], at=at)
            found[key] = made.pk
    known = all_series.find(targets.account.pk, [found[key] for key in keys if key in found])
    targets.series = {key: known[found[key]] for key in keys if key in found}


@dataclass(frozen=True)
class Lacking:
    """What the curves of a file have no place for: CUPS, and quantities of CUPS."""

    supply_points: list[str]
    meters: list[str]
    data_points: list[tuple[str, int]]

    def __bool__(self) -> bool:
        return bool(self.supply_points or self.meters or self.data_points)


def lacking(targets: Targets, curves: Iterable[FileCurve]) -> Lacking:
    """Return what would have to be made for curves that name a supply point."""
    by_cups: dict[str, set[int]] = defaultdict(set)
    for curve in curves:
        if curve.cups and targets.point is None:
            by_cups[curve.cups].add(curve.quantity)
    supply_points, meters, data_points = [], [], []
    for cups, quantities in sorted(by_cups.items()):
        supplied = targets.supplied.get(cups)
        supply_points += [cups] if supplied is None else []
        known: Mapping[int, int] = {}
        if supplied is None or not supplied.stretches:
            meters.append(cups)
        else:
            known = list(supplied.stretches.values())[-1].points
        data_points += [(cups, each) for each in sorted(quantities) if each not in known]
    return Lacking(supply_points, meters, data_points)


def make(
    targets: Targets,
    missing: Lacking,
    curves: Iterable[FileCurve],
    *,
    by: Person | None,
    at: datetime,
) -> None:
    """Make what the curves have no place for, within what the account holds.

    :raises LimitReached: if it does not fit.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    """
    account = targets.account
    points = {
        point.cups: point
        for point in SupplyPoint.objects.filter(account=account, cups__in=targets.supplied)
        if point.pk == targets.supplied[point.cups].id
    }
    for cups in missing.supply_points:
        details = installing.SupplyDetails(
            cups, "electricity", cups=parse_cups(cups), territory=_territory(account)
        )
        points[cups] = installing.add_supply_point(account, details, by=by, at=at)
    meters = {
        cups: Meter.objects.get(pk=list(supplied.stretches)[-1])
        for cups, supplied in targets.supplied.items()
        if supplied.stretches
    }
    for cups in missing.meters:
        own = installing.MeterDetails(
            cups, site=points[cups].site, measures=installing.Measures(points[cups])
        )
        meters[cups] = installing.add_meter(account, own, by=by, at=at)
    minutes = {(each.cups, each.quantity): each.minutes for each in curves}
    source = own_source(account, DataSource.Kind.FILES, at=at) if missing.data_points else None
    for cups, quantity in missing.data_points:
        installing.add_data_point(
            meters[cups],
            quantity=quantity,
            minutes=minutes[cups, quantity],
            source=source,
            by=by,
            at=at,
        )


def _territory(account: Account) -> str:
    return "canarias" if account.time_zone == CANARIES else "peninsula"
