"""Parts of what was looked at: how much of each bucket was in which period, or in which site."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from vatio.accounts.models import Account
from vatio.analysis.curve import Curve, Value
from vatio.consumption import days as by_days
from vatio.consumption.buckets import By
from vatio.consumption.components import Component
from vatio.consumption.days import DayStore
from vatio.consumption.grid import MINUTE, Grid
from vatio.consumption.loading import add_up
from vatio.consumption.looking import Look
from vatio.consumption.subjects import ACTIVE_ENERGY, SubjectKind
from vatio.consumption.tariffs import NO_TARIFF, TariffBook, runs_of_hours, supplied
from vatio.metering.models import DataPoint, SupplyPoint
from vatio.metering.tree import Branch, sites_of
from vatio.readings.slots import ONE_DAY, local_day
from vatio.readings.sums import PERIODS

MOST_SITES = 8
"""Of more sites, the smallest are one part."""


@dataclass(frozen=True)
class Parted:
    """Buckets in parts: the parts' names in order, and by the bucket's first instant how much.

    Amounts are in base units; a part of which nothing is known in a bucket has none there.
    """

    names: list[str]
    amounts: Mapping[int, Mapping[str, float]]

    def of(self, starts: int) -> list[float]:
        """Return how much of each part is in the bucket that begins at an instant, 0 for none."""
        return [value or 0.0 for value in self.known(starts)]

    def known(self, starts: int) -> list[Value]:
        """Return the same, None for a part of which nothing is known in the bucket."""
        own = self.amounts.get(starts, {})
        return [own.get(name) for name in self.names]


def by_period(account: Account, look: Look, by: By) -> Parted | None:
    """Return how much of each bucket was in which tariff period: P1 to P6, or without a tariff.

    The periods are those of the supply point that each component has on a day; they are of active
    energy: water, gas or what is exported at the same place has no tariff. None where only
    whole days are known, or the span is too long to be told apart by hours.
    """
    store = look.store
    if isinstance(store, DayStore):
        return None
    groups: dict[int, list[Component]] = defaultdict(list)
    if look.subject.quantity == ACTIVE_ENERGY:
        for each in supplied(account.pk, look.laid):
            groups[each.stretch.supply_point_id or 0].append(each)
    else:
        groups[0] = look.laid
    book = TariffBook(account.pk, groups)
    own = store.own
    without = _("no tariff")
    amounts: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    key, known = _keys(own, by), look.curve.values
    for supply_point, group in groups.items():
        curve = add_up(store, group, adds=True)
        for period, places in _periods(book, supply_point, own):
            name = PERIODS[period] or without
            _split(amounts, curve, (p for p in places if known[p] is not None), name, key)
    used = {name for parts in amounts.values() for name, value in parts.items() if value}
    return Parted([name for name in (*PERIODS[1:], without) if name in used], amounts)


def _periods(book: TariffBook, supply_point: int, own: Grid) -> Iterator[tuple[int, range]]:
    """Yield the runs of intervals of one period, by the clock of the supply point's territory."""
    zone, minutes = book.time_zone(supply_point) or own.time_zone, own.step // MINUTE
    days = own.days
    if zone != own.time_zone:
        days = [days[0] - ONE_DAY, *days, days[-1] + ONE_DAY]
    for day in days:
        first = own.place(local_day(day, zone).begins)
        hours = book.periods(supply_point, day) or bytes([NO_TARIFF]) * 24
        for period, begin, end in runs_of_hours(hours, day, zone, minutes):
            yield period, range(max(first + begin, 0), min(first + end, own.count))


def by_site(account: Account, look: Look, by: By) -> Parted:
    """Return how much of each bucket was in which site: the parts of a site, or an account's sites.

    What stands in none of them is a part of its own.
    """
    groups, names = _by_site(account, look)
    store = look.store
    if isinstance(store, DayStore):
        curves = [by_days.add_up(store, group, adds=True).curve for group in groups.values()]
    else:
        curves = [add_up(store, group, adds=True) for group in groups.values()]
    amounts: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    totals: dict[str, float] = defaultdict(float)
    bucket = _keys(store.own, by)
    for key, curve in zip(groups, curves, strict=True):
        totals[names[key]] += sum(filter(None, curve.values))
        known = (place for place, value in enumerate(look.curve.values) if value is not None)
        _split(amounts, curve, known, names[key], bucket)
    ordered = sorted(totals, key=lambda name: -totals[name])
    return _fewer(Parted(ordered, amounts))


def _fewer(parted: Parted) -> Parted:
    """Return the largest parts, and all others as one."""
    if len(parted.names) <= MOST_SITES:
        return parted
    kept, rest = parted.names[: MOST_SITES - 1], parted.names[MOST_SITES - 1 :]
    others = _("Others")
    amounts = {}
    for starts, own in parted.amounts.items():
        amounts[starts] = {name: own[name] for name in kept if name in own}
        rests = [own[name] for name in rest if name in own]
        if rests:
            amounts[starts][others] = sum(rests)
    return Parted([*kept, others], amounts)


def _keys(own: Grid, by: By) -> Callable[[int], int]:
    """Return a function that says at which instant the bucket of an interval begins."""
    if by == By.SLOT:
        return lambda place: own.starts[place]
    if by == By.HOUR:
        return _hour_keys(own).__getitem__
    firsts: list[int] = []
    month: date | None = None
    for number, day in enumerate(own.days):
        if by == By.DAY or month != day.replace(day=1):
            month, begins = day.replace(day=1), own.firsts[number]
        firsts += [begins] * (own.firsts[number + 1] - own.firsts[number])
    return lambda place: own.starts[firsts[place]]


def _hour_keys(own: Grid) -> list[int]:
    each = max(3600 // own.step, 1)
    return [
        own.starts[first - (first - begin) % each]
        for begin, end in zip(own.firsts, own.firsts[1:], strict=False)
        for first in range(begin, end)
    ]


def _split(
    amounts: dict[int, dict[str, float]],
    curve: Curve,
    places: Iterable[int],
    name: str,
    key: Callable[[int], int],
) -> None:
    for place in places:
        value = curve.values[place]
        if value is not None:
            amounts[key(place)][name] += value


def _by_site(account: Account, look: Look) -> tuple[dict[int, list[Component]], dict[int, str]]:
    """Return components by the site that they are shown under, and the names of those."""
    tree = sites_of(account)
    inside = look.subject.kind == SubjectKind.SITE
    tops: Sequence[Branch] = tree.branches
    if inside:
        tops = next(each for each in tree if each.site.pk == look.subject.pk).parts
    top_of = {key: top.site.pk for top in tops for key in tree.within(top.site)}
    names = {top.site.pk: top.site.name for top in tops}
    names[0] = look.subject.name if inside else _("In no site")
    sites = _sites_of(account, look.laid)
    groups: dict[int, list[Component]] = defaultdict(list)
    for each in look.laid:
        groups[top_of.get(sites.get(each.data_point_id) or 0, 0)].append(each)
    return groups, names


def _sites_of(account: Account, components: Iterable[Component]) -> dict[int, int | None]:
    """Return the site of each component: that of its supply point, or that of its meter."""
    own = list(components)
    points = dict(
        DataPoint.objects.filter(
            account=account, pk__in={each.data_point_id for each in own}
        ).values_list("pk", "meter__site_id")
    )
    supplies = dict(
        SupplyPoint.objects.filter(
            account=account, pk__in={each.stretch.supply_point_id or 0 for each in own}
        ).values_list("pk", "site_id")
    )
    found = {}
    for each in own:
        supply_point = each.stretch.supply_point_id
        found[each.data_point_id] = (
            supplies.get(supply_point) if supply_point else points.get(each.data_point_id)
        )
    return found
