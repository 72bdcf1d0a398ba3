"""What follows from the rows of an inventory together, and what they cannot be together."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from vatio.dates import known_time_zones
from vatio.metering.installing import CANARIES, MAINLAND
from vatio.metering.inventory.installed import Installed
from vatio.metering.inventory.working import Draft
from vatio.metering.models import (
    CalculatedTerm,
    DataSource,
    Measurement,
    Meter,
    Series,
    Served,
    Service,
    Site,
    SupplyPoint,
)
from vatio.metering.refusals import TAKEN
from vatio.units import Unit


def refresh(installed: Installed) -> None:
    """Let supply points and meters be found by what their rows have made of them."""
    for point in installed.supply_points.things:
        installed.supply_points.enter(point)
    for meter in installed.meters.things:
        installed.meters.enter(meter)


def settle(draft: Draft) -> None:
    """Do what follows from the rows, then find what cannot be."""
    _take_along(draft)
    _end_contracts(draft)
    _find_twice(draft)
    _find_overlaps(draft)
    _set_zones(draft)


def units(installed: Installed, *, stored: bool) -> Counter[Unit]:
    """Count what takes each unit, by the rule of `allocating.unit_of`.

    :param stored: whether what is stored is counted, or what the rows have made of it.
    """

    def value(thing: Any, name: str) -> Any:
        return installed.was(thing, name) if stored else getattr(thing, name)

    def serving(kind: str) -> list[Any]:
        return [
            each for each in installed.things[kind] if value(each, "service") == Service.ACCEPTED
        ]

    points, lines = serving("data_points"), serving("rtc_lines")
    called = {id(line.meter) for line in lines}
    inserted = {
        id(point.meter)
        for point in points
        if (source := value(point, "source")) and source.kind == DataSource.Kind.INSERTION
    }
    only_called = called - inserted
    return Counter(
        {
            Unit.SUPPLY_POINTS: sum(
                bool(value(each, "manages_bills")) for each in serving("supply_points")
            ),
            Unit.METERS: sum(id(each) not in only_called for each in serving("meters")),
            Unit.DATA_POINTS: len(points),
            Unit.RTC_LINES: len(lines),
        }
    )


def _take_along(draft: Draft) -> None:
    """Retire what hangs from what is retired; what is new or put back there is a fault."""
    things = draft.installed.things
    for below in (*things["data_points"], *things["rtc_lines"]):
        above: list[Served] = [below.meter]
        if hasattr(below, "supply_point"):
            above.append(below.supply_point)
        if not below.is_in_service or all(each.is_in_service for each in above):
            continue
        if draft.installed.was(below, "service") == Service.ACCEPTED:
            below.service = Service.RETIRED
        else:
            draft.refuse_thing(below, "meter", _("what it belongs to is not in service."))


def _end_contracts(draft: Draft) -> None:
    """End each contract without an end where the next one of its supply point begins."""
    for contracts in _grouped(draft, "contracts", "supply_point"):
        for earlier, later in pairwise(sorted(contracts, key=lambda each: each.since)):
            if earlier.until is None:
                earlier.until = later.since


def _find_twice(draft: Draft) -> None:
    """Find what only one in service may have."""
    asked = (
        ("supply_points", "one_supply_point_in_service_of_a_cups", lambda own: own.cups),
        ("meters", "one_meter_in_service_of_a_serial", lambda own: own.serial),
        (
            "data_points",
            "one_data_point_in_service_of_a_quantity",
            lambda own: (id(own.meter), own.quantity),
        ),
        ("rtc_lines", "one_line_in_service_of_a_meter", lambda own: id(own.meter)),
    )
    for kind, constraint, key_of in asked:
        _refusal, words, column = TAKEN[constraint]
        known = dict[Any, Any]()
        # Those without a row come first: the fault then stands in a row.
        for thing in sorted(draft.installed.things[kind], key=draft.line_of):
            key = key_of(thing)
            if not thing.is_in_service or not key:
                continue
            if key in known:
                draft.refuse_thing(thing, column, str(words))
            known[key] = thing


def _find_overlaps(draft: Draft) -> None:
    """Find contracts, principals and repeated measurements that share a day."""
    words = _("Another contract of this supply point covers some of these days.")
    for contracts in _grouped(draft, "contracts", "supply_point"):
        _find_overlap(draft, contracts, "since", words)
    principal, pair = (
        TAKEN["one_principal_meter_at_a_time"],
        TAKEN["a_meter_measures_a_supply_point_once_at_a_time"],
    )
    for measurements in _grouped(draft, "measurements", "supply_point"):
        principals = [each for each in measurements if each.role == Measurement.Role.PRINCIPAL]
        _find_overlap(draft, principals, "role", str(principal[1]))
        by_meter = defaultdict(list)
        for each in measurements:
            by_meter[id(each.meter)].append(each)
        for those in by_meter.values():
            _find_overlap(draft, those, "supply_point", str(pair[1]))


def _find_overlap(draft: Draft, things: Iterable[Any], column: str, words: str) -> None:
    ordered = sorted(things, key=lambda each: each.since or date.min)
    for earlier, later in pairwise(ordered):
        if earlier.until is None or earlier.until > (later.since or date.min):
            blamed = later if draft.line_of(later) else earlier
            draft.refuse_thing(blamed, column, words)


def _grouped(draft: Draft, kind: str, name: str) -> Iterable[list[Any]]:
    """Return the things of a kind by what they belong to."""
    groups: dict[int, list[Any]] = defaultdict(list)
    for thing in draft.installed.things[kind]:
        groups[id(getattr(thing, name))].append(thing)
    return groups.values()


def _set_zones(draft: Draft) -> None:
    """Give each series the time zone of its meter: of new ones, and where that zone changes.

    The zone of a series with readings stays, and moving its meter to another zone is a fault.
    """
    installed = draft.installed
    first = dict[int, Measurement]()
    for each in installed.things["measurements"]:
        first.setdefault(id(each.meter), each)
    moved = list[Series]()
    for series in installed.things["series"]:
        meter = series.data_point.meter
        zone = _zone(installed, meter, first.get(id(meter)), stored=False)
        if installed.is_new(series):
            series.time_zone = zone
        elif zone != _zone(installed, meter, first.get(id(meter)), stored=True):
            if series.first_reading_on is not None and series.time_zone != zone:
                words = _("it has readings by the days of another time zone.")
                draft.refuse_thing(meter, "path", words)
            series.time_zone = zone
            moved.append(series)
    if moved:
        _find_added_up_across_zones(draft, moved)


def _find_added_up_across_zones(draft: Draft, moved: list[Series]) -> None:
    """Refuse meters that move to another time zone than what they are added up with."""
    zones: dict[int, set[str]] = defaultdict(set)
    for series in draft.installed.things["series"]:
        zones[series.data_point.pk].add(series.time_zone)
    added_up: dict[int, set[int]] = defaultdict(set)
    terms = CalculatedTerm.objects.filter(account=draft.installed.account)
    for series_id, point in terms.values_list("version__series", "data_point"):
        added_up[series_id].add(point)
    for points in added_up.values():
        if len(set().union(*(zones[point] for point in points))) < 2:
            continue
        for meter in {each.data_point.meter for each in moved if each.data_point.pk in points}:
            words = _("a calculated series adds it up with meters of another time zone.")
            draft.refuse_thing(meter, "path", words)


def _zone(installed: Installed, meter: Meter, first: Measurement | None, *, stored: bool) -> str:
    """Return the time zone of a meter's days, by the rule of `installing.zone_of`."""

    def value(thing: Any, name: str) -> Any:
        return installed.was(thing, name) if stored else getattr(thing, name)

    if first is not None and not (stored and installed.is_new(first)):
        point: SupplyPoint = first.supply_point
        if value(point, "energy") == SupplyPoint.Energy.ELECTRICITY:
            return CANARIES if value(point, "territory") == "canarias" else MAINLAND
    site: Site | None = value(meter, "site")
    zone = value(site, "time_zone") if site else installed.account.time_zone
    return zone if zone in known_time_zones() else MAINLAND
