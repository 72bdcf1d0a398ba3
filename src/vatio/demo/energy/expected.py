"""What a shape asks for on a day of a time zone, quarter by quarter, before any chance."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from vatio.demo.energy.climate import cold, daylight, hot
from vatio.demo.energy.shapes import LoadShape
from vatio.demo.energy.working_days import DayKind, is_school_holiday, kind_of
from vatio.readings.slots import LocalDay, local_day

QUARTER = 900
"""Seconds in a quarter of an hour, of which days of every time zone have a whole number."""

ORDINARY = tuple(range(96))


def expected(shape: LoadShape, day: date, time_zone: str) -> list[float]:
    """Return the load of each quarter of a local day, in % of the contracted power.

    A quarter is a step of elapsed time, as a slot of `vatio.readings.slots` is: a day on which
    clocks go forward leaves out a wall-clock hour of the shape, one on which they go back has
    one twice.
    """
    kind = kind_of(day)
    if shape.closes and is_school_holiday(day):
        kind = DayKind.SUNDAY
    busy, comfort = _of_month(shape.months, day), shape.comfort[kind]
    colder, hotter = cold(day, time_zone) * comfort, hot(day, time_zone) * comfort
    base = shape.base
    heating, cooling = shape.thermal
    load = [
        base + busy * people + colder * warming + hotter * chilling
        for people, warming, chilling in zip(shape.activity[kind], heating, cooling, strict=True)
    ]
    local = local_day(day, time_zone)
    walls = wall_quarters(local, time_zone)
    if walls is not ORDINARY:
        load = [load[wall] for wall in walls]
    if shape.darkness:
        lit = zip(load, walls, _darkness(local, time_zone), strict=True)
        load = [other + shape.darkness[wall] * dark for other, wall, dark in lit]
    return load


@lru_cache(maxsize=1024)
def wall_quarters(local: LocalDay, time_zone: str) -> tuple[int, ...]:
    """Return which of the 96 quarters of a clock's face each quarter of a local day is."""
    if local.ends - local.begins == 86_400:
        return ORDINARY
    zone_info, found = ZoneInfo(time_zone), []
    for instant in range(local.begins, local.ends, QUARTER):
        wall = datetime.fromtimestamp(instant, UTC).astimezone(zone_info)
        found.append(wall.hour * 4 + wall.minute // 15)
    return tuple(found)


@lru_cache(maxsize=2048)
def _darkness(local: LocalDay, time_zone: str) -> tuple[float, ...]:
    """Compute which part of each quarter of a local day lies between sunset and sunrise."""
    sunrise, sunset = daylight(local.day, time_zone)
    found = []
    for begins in range(local.begins, local.ends, QUARTER):
        lit = min(begins + QUARTER, sunset) - max(begins, sunrise)
        found.append(1 - max(lit, 0.0) / QUARTER)
    return tuple(found)


def _of_month(months: tuple[float, ...], day: date) -> float:
    """Compute a figure of the month: straight between the middles (the 15th) of months."""
    here = months[day.month - 1]
    if day.day >= 15:
        return here + (months[day.month % 12] - here) * (day.day - 15) / 30
    return here + (months[day.month - 2] - here) * (15 - day.day) / 30
