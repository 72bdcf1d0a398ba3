"""The tariff of what is looked at: which supply point's, on which days, in which periods.

A data point has the tariff of the supply point that its meter measures; a meter that measures
none, as a sub-meter does, that of the only electricity supply of its site, or of the sites that
it is in; else none.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from vatio.consumption.components import Component
from vatio.metering.models import (
    DataPoint,
    Measurement,
    Service,
    Site,
    SupplyContract,
    SupplyPoint,
)
from vatio.readings.slots import ONE_DAY
from vatio.readings.sums import hours_of
from vatio.tariffs.calendars import TIME_ZONES, Of
from vatio.tariffs.periods import NoPeriods, UnknownTariff, UnknownTerritory, periods_of_day

NO_TARIFF = 0
"""Where a period is asked for and there is none: «sin tarifa»."""


class ContractedDays(NamedTuple):
    """What a supply contract says of the days from `since` up to, not including, `until`.

    `powers` are those of P1 to P6, in kW; none where they are not known.
    """

    since: date
    until: date | None
    tariff: str
    territory: str
    powers: tuple[float, ...]

    def periods(self, day: date, *, of: Of = "energy") -> bytes | None:
        """Return the period of each hour of a day, 24 of them; None if not known."""
        try:
            return periods_of_day(day, self.tariff, self.territory, of=of) if self.tariff else None
        except (UnknownTariff, UnknownTerritory, NoPeriods):
            return None


class TariffBook:
    """The contracts of some supply points of an account, by day."""

    def __init__(self, account_id: int, supply_points: Collection[int]) -> None:
        self._contracts: dict[int, list[ContractedDays]] = defaultdict(list)
        rows = SupplyContract.objects.filter(
            account_id=account_id, supply_point_id__in=supply_points
        ).order_by("since")
        for key, since, until, tariff, territory, powers in rows.values_list(
            "supply_point_id", "since", "until", "tariff", "supply_point__territory", "powers"
        ):
            known = ContractedDays(since, until, tariff, territory, tuple(map(float, powers)))
            self._contracts[key].append(known)

    def contract(self, supply_point_id: int | None, day: date) -> ContractedDays | None:
        """Return the contract of a supply point on a day."""
        for each in self._contracts.get(supply_point_id or 0, ()):
            if each.since <= day and (each.until is None or day < each.until):
                return each
        return None

    def time_zone(self, supply_point_id: int | None) -> str | None:
        """Return the time zone of the clock that a supply point's periods go by, if it is known."""
        for each in self._contracts.get(supply_point_id or 0, ()):
            return TIME_ZONES.get(each.territory)
        return None

    def periods(self, supply_point_id: int | None, day: date) -> bytes | None:
        """Return the period of energy of each hour of a day, 24 of them; None if not known."""
        contract = self.contract(supply_point_id, day)
        return contract.periods(day) if contract else None


def runs_of_hours(
    hours: bytes, day: date, time_zone: str, minutes: int
) -> Sequence[tuple[int, int, int]]:
    """Return the runs of intervals of a day in which what is said of its hours is the same.

    Each is what is said, the first interval, and the one after the last.

    :param hours: what is said of each of the 24 hours of the local clock.
    """
    return _runs(hours, hours_of(day, time_zone, minutes))


@lru_cache(maxsize=5_000)
def _runs(hours: bytes, clock: bytes) -> Sequence[tuple[int, int, int]]:
    """Return the runs of a day whose intervals begin in the hours of the clock that are named."""
    made, place = [], 0
    for said, group in groupby(hours[hour] for hour in clock):
        count = len(list(group))
        made.append((said, place, place + count))
        place += count
    return made


def supplied(account_id: int, components: Iterable[Component]) -> list[Component]:
    """Return components with the supply point of each, parted by day where it changes.

    Four statements at most, none if all have one.
    """
    known = list(components)
    return Supplies(account_id, known).of(known)


class Supplies:
    """The supply points of the data points of an account's components, by day.

    Four statements at most, none if all components have one.
    """

    def __init__(self, account_id: int, components: Iterable[Component]) -> None:
        self._meters: dict[int, int] = {}
        self._measured: dict[int, list[Measurement]] = defaultdict(list)
        self._by_site: Mapping[int, int] = {}
        unknown = {
            each.data_point_id for each in components if each.stretch.supply_point_id is None
        }
        if not unknown:
            return
        points = DataPoint.objects.filter(account_id=account_id, pk__in=unknown)
        self._meters = dict(points.values_list("pk", "meter"))
        meters = set(self._meters.values())
        rows = Measurement.objects.filter(account_id=account_id, meter__in=meters)
        for each in rows.order_by("-role", "since"):
            self._measured[each.meter_id].append(each)
        self._by_site = _only_supplies(account_id, meters)

    def of(self, components: Iterable[Component]) -> list[Component]:
        """Return components with the supply point of each, parted by day where it changes."""
        made: list[Component] = []
        for component in components:
            if component.stretch.supply_point_id is not None:
                made.append(component)
                continue
            meter = self._meters.get(component.data_point_id, 0)
            made += _parted(component, self._measured.get(meter, ()), self._by_site.get(meter))
        return made


def _parted(
    component: Component, measured: Sequence[Measurement], otherwise: int | None
) -> Iterator[Component]:
    """Yield a component, a part for each run of days with one supply point."""
    stretch = component.stretch
    days = [stretch.since + n * ONE_DAY for n in range((stretch.until - stretch.since).days)]

    def supply_point(day: date) -> int | None:
        for each in measured:
            begun = each.since is None or each.since <= day
            if begun and (each.until is None or day < each.until):
                return each.supply_point_id
        return otherwise

    if not measured:
        yield replace(component, stretch=replace(stretch, supply_point_id=otherwise))
        return
    for key, group in groupby(days, supply_point):
        run = list(group)
        part = replace(stretch, since=run[0], until=run[-1] + ONE_DAY, supply_point_id=key)
        yield replace(component, stretch=part)


def _only_supplies(account_id: int, meters: Collection[int]) -> Mapping[int, int]:
    """Return, by meter, the only electricity supply of its site or of the nearest one above."""
    own = Site.objects.filter(account_id=account_id)
    parents = dict(own.values_list("pk", "parent_id"))
    supplies: dict[int, list[int]] = defaultdict(list)
    rows = SupplyPoint.objects.filter(
        account_id=account_id,
        energy=SupplyPoint.Energy.ELECTRICITY,
        service=Service.ACCEPTED,
        site__isnull=False,
    )
    for key, site in rows.values_list("pk", "site_id"):
        supplies[site].append(key)
    found: dict[int, int] = {}
    sites = DataPoint.objects.filter(account_id=account_id, meter__in=meters)
    for meter, site in sites.values_list("meter_id", "meter__site_id").distinct():
        place: int | None = site
        while place is not None and place not in supplies:
            place = parents.get(place)
        if place is not None and len(supplies[place]) == 1:
            found[meter] = supplies[place][0]
    return found
