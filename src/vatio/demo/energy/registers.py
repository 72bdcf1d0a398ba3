"""The registers of a data point of the demo, for gateways that send what a counter stands at."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.values import quarters_of, values
from vatio.metering.quantities import QUANTITIES, Adding
from vatio.readings.slots import place

ONE_DAY = timedelta(days=1)


def registers(
    profile: Profile, first: float, *, since: date, day: date, time_zone: str, minutes: int
) -> list[float]:
    """Return the register at the beginning of each slot of a local day, in the base unit.

    It stood at `first` at the first instant of the local day `since`, and runs on through gaps
    and silence, as a meter does: each is the one before and the value of the slot between. Whole
    months and days before are added up once and kept, so a gateway that goes on day by day, or
    asks for two years in any order, never sums them anew.

    :raises ValueError: for a day before `since`, and for a quantity that is no sum.
    """
    made = values(profile, day=day, time_zone=time_zone, minutes=minutes)
    begins = _register(profile, first, since=since, day=day, time_zone=time_zone)
    return list(accumulate(made, initial=begins))[: len(made)]


def register_at(
    profile: Profile, first: float, *, since: date, at: datetime, time_zone: str
) -> float:
    """Return the register at an instant, in the base unit: at the last quarter begun by then.

    :raises ValueError: for an instant before `since`, and for a quantity that is no sum.
    """
    local, quarter, _ = place(at.timestamp(), time_zone, 15)
    made = quarters_of(profile, local.day, time_zone)
    begins = _register(profile, first, since=since, day=local.day, time_zone=time_zone)
    return begins + sum(made[:quarter])


def _register(profile: Profile, first: float, *, since: date, day: date, time_zone: str) -> float:
    """Compute the register at the first instant of a day."""
    if QUANTITIES[profile.quantity].adding != Adding.SUM:
        raise ValueError(f"{profile.quantity} has no register")
    if day < since:
        raise ValueError(f"{day} is before {since}")
    total, at = first, since
    while at < day:
        after = _next_month(at)
        if at.day == 1 and after <= day:
            total += _month_total(profile, at, time_zone)
            at = after
        else:
            total += _day_total(profile, at, time_zone)
            at += ONE_DAY
    return total


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


@lru_cache(maxsize=50_000)
def _month_total(profile: Profile, first: date, time_zone: str) -> float:
    """Compute a month once; its days are not kept."""
    days = (_next_month(first) - first).days
    return sum(
        sum(quarters_of(profile, first + timedelta(days=after), time_zone)) for after in range(days)
    )


@lru_cache(maxsize=50_000)
def _day_total(profile: Profile, day: date, time_zone: str) -> float:
    return sum(quarters_of(profile, day, time_zone))
