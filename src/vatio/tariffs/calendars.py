"""Which hours of a working day are of which period: the calendars of the tariffs, by their days.

Every calendar is that of Circular CNMC 3/2020, art. 7 (BOE-A-2020-1066), in force since 1 June
2021. When hours change, calendars with a later `valid_from` are added beside these, which stay.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

Of = Literal["energy", "power"]
"""What a period is asked for: the energy of an hour, or the power contracted for it."""

SIMPLE = ("2.0TD",)
SIX_PERIODS = ("3.0TD", "6.1TD", "6.2TD", "6.3TD", "6.4TD", "3.0TDVE", "6.1TDVE")
TARIFFS = (*SIMPLE, *SIX_PERIODS)
"""The access tariffs of electricity that have periods."""

TIME_ZONES = {
    "peninsula": "Europe/Madrid",
    "baleares": "Europe/Madrid",
    "canarias": "Atlantic/Canary",
    "ceuta": "Europe/Madrid",
    "melilla": "Europe/Madrid",
}
"""The territories, and the IANA time zone of the clock by which their hours are counted."""

CIRCULAR = date(2021, 6, 1)
"""The first day of the periods of Circular CNMC 3/2020; before it there were others."""

Season = tuple[int, int]
"""The periods of the peak and of the flat hours of a month."""


@dataclass(frozen=True)
class PeriodCalendar:
    """The periods of one structure in one territory, from a day on.

    `hours` has a letter for each hour of a working day, from 0 to 23: p for peak, f for flat,
    o for off peak. `months` has a season for each month. `off` is the period of off-peak hours
    and of all hours of off-peak days.
    """

    valid_from: date
    hours: str
    months: tuple[Season, ...]
    off: int

    def working_days(self) -> tuple[bytes, ...]:
        """Return the 24 periods of a working day of each month, January first."""
        return tuple(
            bytes({"p": peak, "f": flat, "o": self.off}[letter] for letter in self.hours)
            for peak, flat in self.months
        )

    def off_day(self) -> bytes:
        """Return the 24 periods of an off-peak day."""
        return bytes([self.off]) * 24


def _hours(*ranges: tuple[str, int, int]) -> str:
    """Return a letter for each hour of a day, from ranges [since, until) of hours."""
    return "".join(letter * (until - since) for letter, since, until in ranges)


def _months(**seasons: Season) -> tuple[Season, ...]:
    """Return the season of each month, of names such as m1_2_12: January, February, December."""
    of_month = {
        int(month): season for name, season in seasons.items() for month in name[1:].split("_")
    }
    return tuple(of_month[month] for month in range(1, 13))


SIMPLE_ENERGY = _hours(
    ("o", 0, 8), ("f", 8, 10), ("p", 10, 14), ("f", 14, 18), ("p", 18, 22), ("f", 22, 24)
)
SIMPLE_ENERGY_LATER = _hours(
    ("o", 0, 8), ("f", 8, 11), ("p", 11, 15), ("f", 15, 19), ("p", 19, 23), ("f", 23, 24)
)
SIMPLE_POWER = _hours(("o", 0, 8), ("p", 8, 24))

PENINSULA = _hours(
    ("o", 0, 8), ("f", 8, 9), ("p", 9, 14), ("f", 14, 18), ("p", 18, 22), ("f", 22, 24)
)
ISLANDS = _hours(
    ("o", 0, 8), ("f", 8, 10), ("p", 10, 15), ("f", 15, 18), ("p", 18, 22), ("f", 22, 24)
)
CITIES = _hours(
    ("o", 0, 8), ("f", 8, 10), ("p", 10, 15), ("f", 15, 19), ("p", 19, 23), ("f", 23, 24)
)

SIX = {
    "peninsula": (
        PENINSULA,
        _months(m1_2_7_12=(1, 2), m3_11=(2, 3), m6_8_9=(3, 4), m4_5_10=(4, 5)),
    ),
    "baleares": (ISLANDS, _months(m6_7_8_9=(1, 2), m5_10=(2, 3), m1_2_12=(3, 4), m3_4_11=(4, 5))),
    "canarias": (ISLANDS, _months(m7_8_9_10=(1, 3), m11_12=(2, 3), m1_2_3=(2, 4), m4_5_6=(4, 5))),
    "ceuta": (CITIES, _months(m1_2_8_9=(1, 4), m7_10=(2, 3), m3_11_12=(2, 4), m4_5_6=(3, 5))),
    "melilla": (CITIES, _months(m1_7_8_9=(1, 2), m2_12=(2, 3), m6_10_11=(3, 4), m3_4_5=(4, 5))),
}
"""Hours and seasons of the six periods. The pairs of Canarias and Ceuta skip periods; that is how
the circular has them."""


@lru_cache(maxsize=50)
def calendars(tariff: str, territory: str, of: Of) -> tuple[PeriodCalendar, ...]:
    """Return the calendars of a tariff in a territory, the earliest first.

    The three arguments are known ones: `vatio.tariffs.periods` refuses the others.
    """
    if tariff in SIX_PERIODS:
        hours, months = SIX[territory]
        return (PeriodCalendar(CIRCULAR, hours, months, off=6),)
    if of == "power":
        return (PeriodCalendar(CIRCULAR, SIMPLE_POWER, ((1, 1),) * 12, off=2),)
    hours = SIMPLE_ENERGY_LATER if territory in ("ceuta", "melilla") else SIMPLE_ENERGY
    return (PeriodCalendar(CIRCULAR, hours, ((1, 2),) * 12, off=3),)
