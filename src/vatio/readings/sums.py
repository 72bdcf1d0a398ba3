"""Adds up what stretches of data points say: in all, by day, by month, by tariff period.

The value of a day comes from the best-ranked series of its data point, then from the finest. What
is missing is counted beside every sum.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from vatio.metering.models import SupplyContract
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings import choosing
from vatio.readings.curves import CurveDay, curves
from vatio.readings.series import SeriesKey, unknown
from vatio.readings.slots import ONE_DAY, local_day, start
from vatio.readings.stretches import ACTIVE_ENERGY, Stretch
from vatio.refusal import Refused
from vatio.tariffs.periods import periods_of_day

PERIODS = ("", "P1", "P2", "P3", "P4", "P5", "P6")
"""The names of the tariff periods, by their numbers."""


class NothingToAdd(Refused):
    """Nothing of the quantity is measured there."""


class NoTariff(Refused):
    """The tariff of a day is not known, so that its periods are not either."""


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
    :raises NothingToAdd: if there is no series of any of them, or only days of one whose periods
        are asked for.
    :raises NoTariff: if the parts are periods and the tariff of a day is not known.
    """
    own = list(stretches)
    points = {each.data_point_id for each in own}
    series = choosing.series_of(account_id, points, at_most=60 if by == "period" else None)
    if not series:
        raise NothingToAdd(_("Nothing of that quantity is measured there."))
    if not points <= {each.data_point_id for each in series.values()}:
        raise NothingToAdd(
            _("Of a part of it only whole days are known, and not in which period they were.")
        )
    since, until = min(each.since for each in own), max(each.until for each in own)
    chosen = choosing.chosen(account_id, series, since, until)
    read = curves(series, since, until, known_at=known_at)
    made = EnergySum(quantity)
    part = _part_of(account_id, by, own)
    gathered: dict[str, list[float]] = defaultdict(list)
    for stretch in own:
        for number in range((stretch.until - stretch.since).days):
            day = stretch.since + number * ONE_DAY
            key = chosen(stretch.data_point_id, day)
            _add_day(made, gathered, read[key][(day - since).days], part(stretch, series[key]))
    _close(made, gathered)
    return made


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
