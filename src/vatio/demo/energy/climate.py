"""Where the sun stands and how warm it is outdoors, by a few terms each: for a demo, no more."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import acos, asin, cos, pi, radians, sin, tan

from vatio.demo.energy.chance import draw
from vatio.readings.slots import local_day

HORIZON = radians(-0.833)
"""How high the middle of the sun stands when its rim, bent by the air, touches the horizon."""

WARMEST = 207
"""The day of the year that is the warmest on average, late in July."""


@dataclass(frozen=True)
class Climate:
    """A place: degrees north and east, mean temperature of the year, and how far July is above."""

    north: float
    east: float
    mean: float
    swing: float


CLIMATES = {
    "Europe/Madrid": Climate(40.4, -3.7, 15.0, 8.8),
    "Atlantic/Canary": Climate(28.1, -15.4, 21.0, 3.4),
}
"""The climates of the demo's time zones."""


def climate_of(time_zone: str) -> Climate:
    """Return the climate of a time zone; of an unknown one Madrid's, where its clock has noon."""
    known = CLIMATES.get(time_zone)
    if known is not None:
        return known
    midnight = local_day(date(2026, 1, 15), time_zone).begins % 86_400
    return Climate(40.4, (180 - midnight / 240) % 360 - 180, 15.0, 8.8)


@lru_cache(maxsize=2048)
def daylight(day: date, time_zone: str) -> tuple[float, float]:
    """Return sunrise and sunset of a local day, in seconds since 1970, UTC, to a few minutes.

    The sun's declination and the equation of time are the usual series of one and three terms.
    """
    climate = climate_of(time_zone)
    angle = 2 * pi * (day.timetuple().tm_yday - 81) / 365
    declination = asin(sin(radians(23.44)) * sin(angle))
    north = radians(climate.north)
    half = acos(sin(HORIZON) / (cos(north) * cos(declination)) - tan(north) * tan(declination))
    minutes = 9.87 * sin(2 * angle) - 7.53 * cos(angle) - 1.5 * sin(angle)
    noon = (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400 + 43_200
    noon -= round(climate.east * 240 + minutes * 60)
    return noon - half / pi * 43_200, noon + half / pi * 43_200


@lru_cache(maxsize=4096)
def mean_of(day: date, time_zone: str) -> float:
    """Return the mean temperature of a day, °C: the season's, and weather that lasts some days."""
    climate = climate_of(time_zone)
    season = cos(2 * pi * (day.timetuple().tm_yday - WARMEST) / 365)
    spells = sum(
        weight * (draw(0, day.toordinal() - back, time_zone).first - 0.5)
        for back, weight in enumerate((1.0, 1.6, 1.8, 1.5, 1.0, 0.6))
    )
    return climate.mean + climate.swing * season + 2.4 * spells


def cold(day: date, time_zone: str) -> float:
    """Return how much a day asks for heating: 0 from a mean of 16 °C on, 1 at 5 °C, at most 1.2."""
    return min(max((16 - mean_of(day, time_zone)) / 11, 0.0), 1.2)


def hot(day: date, time_zone: str) -> float:
    """Return how much a day asks for cooling: 0 up to a mean of 18 °C, 1 at 25 °C, at most 1.2."""
    return min(max((mean_of(day, time_zone) - 18) / 7, 0.0), 1.2)
