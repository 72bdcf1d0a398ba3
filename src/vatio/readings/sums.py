"""Adds readings up: of a supply point by its principal meters, of a data point, of a site.

The value of a day comes from the best-ranked series of its data point, then from the finest. What
is missing is counted beside every sum.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from vatio.metering.models import DataPoint, Series, Site, SupplyContract, SupplyPoint
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings import series as all_series
from vatio.readings.choosing import chosen
from vatio.readings.curves import CurveDay, curves
from vatio.readings.series import SeriesKey, unknown
from vatio.readings.slots import ONE_DAY, local_day, start
from vatio.refusal import Refused
from vatio.tariffs.periods import periods_of_day

ACTIVE_ENERGY = 402
PERIODS = ("", "P1", "P2", "P3", "P4", "P5", "P6")
"""The names of the tariff periods, by their numbers."""


class NothingToAdd(Refused):
    """Nothing of the quantity is measured there."""


class NoTariff(Refused):
    """The tariff of a day is not known, so that its periods are not either."""


@dataclass(frozen=True)
class Stretch:
    """The days from `since` up to, not including, `until` on which a data point is what counts.

    Its tariff is that of `supply_point_id`, where that is known.
    """

    data_point_id: int
    since: date
    until: date
    supply_point_id: int | None = None


@dataclass
class EnergySum:
    """A sum in base units, of how many slots, how many of them missing; `by` its parts."""

    quantity: int
    total: float = 0
    intervals: int = 0
    missing: int = 0
    by: dict[str, float] = field(default_factory=dict)

    @property
    def shown(self) -> float:
        """The sum in the unit of the page: kWh, m³."""
        return self.total / self.factor

    @property
    def factor(self) -> float:
        """How many base units one of the page's unit is."""
        return (QUANTITIES.get(self.quantity) or unknown(self.quantity)).factor


PRINCIPALS = """
SELECT DISTINCT ON (measured.id) point.id, greatest(measured.since, %(since)s),
    least(measured.until, %(until)s)
FROM metering_measurement measured
JOIN metering_datapoint point ON point.account_id = %(account)s
    AND point.meter_id = measured.meter_id AND point.quantity = %(quantity)s
    AND point.service IN ('accepted', 'retired')
WHERE measured.account_id = %(account)s AND measured.supply_point_id = %(supply_point)s
  AND measured.role = 'principal'
  AND (measured.since IS NULL OR measured.since < %(until)s)
  AND (measured.until IS NULL OR measured.until > %(since)s)
ORDER BY measured.id, point.service, point.id DESC
"""


def of_supply_point(
    point: SupplyPoint, since: date, until: date, *, quantity: int = ACTIVE_ENERGY
) -> list[Stretch]:
    """Return what counts for a supply point: on each day the data point of its principal meter."""
    asked: dict[str, Any] = {"account": point.account_id, "supply_point": point.pk}
    asked |= {"since": since, "until": until, "quantity": quantity}
    with connection.cursor() as cursor:
        cursor.execute(PRINCIPALS, asked)
        return [Stretch(row[0], row[1], row[2], point.pk) for row in cursor.fetchall()]


def of_data_point(point: DataPoint, since: date, until: date) -> list[Stretch]:
    """Return what counts for a data point: itself, with the tariff of what its meter measures."""
    measured = point.meter.measurements.order_by("id").last()
    return [Stretch(point.pk, since, until, measured.supply_point_id if measured else None)]


def of_site(
    site: Site, since: date, until: date, *, quantity: int = ACTIVE_ENERGY
) -> list[Stretch]:
    """Return what counts for a site: the supply points in it and in its parts.

    Where there is none, the meters that stand there count, each for itself.
    """
    places = _below(site)
    supplied = SupplyPoint.objects.filter(account_id=site.account_id, site_id__in=places)
    found = [
        stretch
        for point in supplied.order_by("id")
        for stretch in of_supply_point(point, since, until, quantity=quantity)
    ]
    if found:
        return found
    points = DataPoint.objects.in_service().filter(
        account_id=site.account_id, meter__site_id__in=places, quantity=quantity
    )
    return [Stretch(key, since, until) for key in points.values_list("pk", flat=True)]


def _below(site: Site) -> Collection[int]:
    """Return the keys of a site and of all its parts."""
    parts: dict[int | None, list[int]] = defaultdict(list)
    rows = Site.objects.filter(account_id=site.account_id).values_list("pk", "parent_id")
    for key, parent in rows:
        parts[parent].append(key)
    found, left = [], [site.pk]
    while left:
        key = left.pop()
        found.append(key)
        left += parts[key]
    return found


def add_up(
    account_id: int,
    stretches: Iterable[Stretch],
    *,
    quantity: int = ACTIVE_ENERGY,
    by: str = "",
    known_at: float | None = None,
) -> EnergySum:
    """Add up what stretches of data points say.

    :param by: `day`, `month` or `period` for the parts of the sum; empty for none.
    :param known_at: as it was known at a moment, in seconds since 1970, UTC.
    :raises NothingToAdd: if there is no series of any of them.
    :raises NoTariff: if the parts are periods and the tariff of a day is not known.
    """
    own = list(stretches)
    series = _series_of(account_id, {each.data_point_id for each in own}, by)
    if not series:
        raise NothingToAdd(_("Nothing of that quantity is measured there."))
    since, until = min(each.since for each in own), max(each.until for each in own)
    choice = chosen(account_id, series, since, until)
    read = curves(series, since, until, known_at=known_at)
    made = EnergySum(quantity)
    part = _part_of(account_id, by, own)
    gathered: dict[str, list[float]] = defaultdict(list)
    for stretch in own:
        for number in range((stretch.until - stretch.since).days):
            day = stretch.since + number * ONE_DAY
            key = choice(stretch.data_point_id, day)
            _add_day(made, gathered, read[key][(day - since).days], part(stretch, series[key]))
    _close(made, gathered)
    return made


def _series_of(account_id: int, points: Collection[int], by: str) -> dict[int, SeriesKey]:
    """Return the series that can answer: whole days tell nothing of their periods."""
    rows = Series.objects.filter(account_id=account_id, data_point_id__in=points)
    if by == "period":
        rows = rows.filter(minutes__lte=60)
    ids = rows.exclude(kind=Series.Kind.REGISTER).values_list("id", flat=True)
    return all_series.find(account_id, list(ids))


Parts = Callable[[date], str | Sequence[str]]
"""The name of the part of the sum that a day belongs to, or those of its slots."""


def _part_of(
    account_id: int, by: str, stretches: Iterable[Stretch]
) -> Callable[[Stretch, SeriesKey], Parts]:
    if by == "period":
        return _periods(account_id, stretches)
    names: dict[str, Parts] = {
        "day": date.isoformat,
        "month": lambda day: f"{day:%Y-%m}",
        "": lambda day: "",
    }
    return lambda stretch, series: names[by]


def _periods(
    account_id: int, stretches: Iterable[Stretch]
) -> Callable[[Stretch, SeriesKey], Parts]:
    """Return the periods of a day's slots, by the contract of the supply point on that day."""
    points = {each.supply_point_id for each in stretches if each.supply_point_id}
    contracts: dict[int, list[SupplyContract]] = defaultdict(list)
    rows = SupplyContract.objects.filter(account_id=account_id, supply_point_id__in=points)
    for each in rows.select_related("supply_point"):
        contracts[each.supply_point_id].append(each)

    def of(stretch: Stretch, series: SeriesKey) -> Parts:
        def parts(day: date) -> Sequence[str]:
            for each in contracts.get(stretch.supply_point_id or 0, ()):
                if each.since <= day and (each.until is None or day < each.until) and each.tariff:
                    hours = hours_of(day, series.time_zone, series.minutes)
                    periods = periods_of_day(day, each.tariff, each.supply_point.territory)
                    return [PERIODS[periods[hour]] for hour in hours]
            raise NoTariff(
                _("The tariff of %(day)s is not known: add the supply contract of that day.")
                % {"day": day.isoformat()}
            )

        return parts

    return of


@lru_cache(maxsize=5_000)
def hours_of(day: date, time_zone: str, minutes: int) -> bytes:
    """Return the hour that the local clock shows at the start of each slot of a day."""
    local = local_day(day, time_zone)
    return bytes(
        clock_at(start(local, slot, minutes), time_zone) for slot in range(local.count(minutes))
    )


def clock_at(instant: float, time_zone: str) -> int:
    """Return the hour that the clock of a time zone shows at an instant."""
    return datetime.fromtimestamp(instant, ZoneInfo(time_zone)).hour


def _add_day(made: EnergySum, parts: dict[str, list[float]], day: CurveDay, own: Parts) -> None:
    values = day.counted
    known = [value for value in values if value is not None]
    made.intervals += len(values)
    made.missing += len(values) - len(known)
    if not known:
        return
    names = own(day.local.day)
    if isinstance(names, str):
        parts[names] += known
        return
    for name, value in zip(names, values, strict=True):
        if value is not None:
            parts[name].append(value)


def _close(made: EnergySum, parts: Mapping[str, list[float]]) -> None:
    """Bring values together as their quantity says: their sum, their mean, or the last one."""
    adding = (QUANTITIES.get(made.quantity) or unknown(made.quantity)).adding
    made.by = {name: _joined(parts[name], adding) for name in sorted(parts) if name}
    if adding == Adding.SUM:
        made.total = sum(map(sum, parts.values()))
    else:
        made.total = _joined([value for values in parts.values() for value in values], adding)


def _joined(values: list[float], adding: Adding) -> float:
    if adding == Adding.SUM or not values:
        return sum(values)
    return values[-1] if adding == Adding.LAST else sum(values) / len(values)
