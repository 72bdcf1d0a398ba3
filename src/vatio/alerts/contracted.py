"""Lays the power that is contracted beside the curves of what rules look at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from vatio.alerts.curves import Watched
from vatio.analysis.curve import Curve, Value
from vatio.consumption import components as parts_of
from vatio.consumption.tariffs import ContractedDays, Supplies, TariffBook, runs_of_hours
from vatio.readings.slots import ONE_DAY, WHOLE_DAY, local_day
from vatio.readings.stretches import Stretch


@dataclass(frozen=True)
class ContractedPowers:
    """What is contracted for the things of an account that rules compare with it."""

    supplies: Supplies
    book: TariffBook

    def of(self, watched: Watched, curve: Curve) -> list[Value]:
        """Return the power, in W, that is contracted in each interval; None where unknown.

        Of a supply point it is its own, of a data point that of the supply point that it has.
        """
        made: list[Value] = [None] * len(curve.values)
        minutes = curve.step // 60
        if minutes == WHOLE_DAY:
            return made
        until = curve.days[-1] + ONE_DAY
        own = watched.grid(curve.days[0], until)
        groups: dict[int, list[Stretch]] = defaultdict(list)
        for each in self.supplies.of(parts_of.within(watched.components, curve.days[0], until)):
            if each.stretch.supply_point_id is not None:
                groups[each.stretch.supply_point_id].append(each.stretch)
        for point, stretches in groups.items():
            zone = self.book.time_zone(point) or curve.time_zone
            for day in curve.days:
                if any(each.since <= day < each.until for each in stretches):
                    first = own.place(local_day(day, zone).begins)
                    _lay(made, first, self.book.contract(point, day), day, zone, minutes)
        return made


def _lay(
    onto: list[Value],
    first: int,
    contract: ContractedDays | None,
    day: date,
    time_zone: str,
    minutes: int,
) -> None:
    """Lay the powers of a day on intervals, from a place on; nothing where they are not known."""
    hours = contract.periods(day, of="power") if contract else None
    if contract is None or not contract.powers or not hours:
        return
    for period, begin, end in runs_of_hours(hours, day, time_zone, minutes):
        is_known = 0 < period <= len(contract.powers)
        power = contract.powers[period - 1] * 1000 if is_known else None
        start, stop = max(first + begin, 0), min(first + end, len(onto))
        if start < stop:
            onto[start:stop] = [power] * (stop - start)


def contracted(account_id: int, things: Iterable[Watched]) -> ContractedPowers:
    """Read what is contracted for things of an account; five statements at most, or none."""
    components = [each for thing in things for each in thing.components]
    supplies = Supplies(account_id, components)
    found = {each.stretch.supply_point_id for each in supplies.of(components)}
    return ContractedPowers(supplies, TariffBook(account_id, [key for key in found if key]))
