"""What retiring a thing frees and takes along, and what putting it back takes, told beforehand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from vatio.metering.allocating import KINDS, is_only_called
from vatio.metering.models import Allocation, DataPoint, Meter, RtcLine, Served, SupplyPoint
from vatio.metering.retiring import meters_left, taken_along
from vatio.units import Unit


@dataclass(frozen=True)
class Consequence:
    """What an act frees and takes, by unit, and what goes out of service along with the thing."""

    frees: Mapping[Unit, int] = field(default_factory=dict)
    takes: Mapping[Unit, int] = field(default_factory=dict)
    along: tuple[Served, ...] = ()


def of_retiring(thing: Served) -> Consequence:
    """Compute what `retiring.retire` would do."""
    along = taken_along(thing)
    gone = [thing, *along]
    frees, takes = Counter(unit for each in gone if (unit := _taken(each))), Counter[Unit]()
    for meter in meters_left(gone):
        _add_meter(frees, takes, meter, after=not is_only_called(meter, without=gone))
    return Consequence(frees, takes, tuple(along))


def of_returning(thing: Served) -> Consequence:
    """Compute what `retiring.put_back` would do."""
    if isinstance(thing, SupplyPoint):
        return Consequence(takes={Unit.SUPPLY_POINTS: 1} if thing.manages_bills else {})
    if isinstance(thing, Meter):
        return Consequence(takes={} if is_only_called(thing) else {Unit.METERS: 1})
    frees, takes = Counter[Unit](), Counter[Unit]()
    takes[Unit.DATA_POINTS if isinstance(thing, DataPoint) else Unit.RTC_LINES] += 1
    if isinstance(thing, DataPoint | RtcLine):
        after = not is_only_called(thing.meter, adding=[thing])
        _add_meter(frees, takes, thing.meter, after=after)
    return Consequence(frees, takes)


def _add_meter(frees: Counter[Unit], takes: Counter[Unit], meter: Meter, *, after: bool) -> None:
    """Count what becomes of a meter's unit; `after` says whether it is to take one."""
    before = _taken(meter)
    if after and before is None:
        takes[Unit.METERS] += 1
    elif before and not after:
        frees[before] += 1


def _taken(thing: Served) -> Unit | None:
    """Return the unit that a thing takes now."""
    unit = Allocation.objects.filter(
        account=thing.account_id, kind=KINDS[type(thing)], thing=thing.pk, freed_at__isnull=True
    ).values_list("unit", flat=True)
    return next((Unit(each) for each in unit), None)
