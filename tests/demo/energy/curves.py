"""Days of the demo's curves, added up for the tests."""

from datetime import date, timedelta

from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.values import values

MADRID = "Europe/Madrid"


def quarters(profile: Profile, day: date, time_zone: str = MADRID) -> list[float]:
    return values(profile, day=day, time_zone=time_zone, minutes=15)


def days(first: date, end: date) -> list[date]:
    return [first + timedelta(days=after) for after in range((end - first).days)]


def total(profile: Profile, first: date, end: date, time_zone: str = MADRID) -> float:
    return sum(sum(quarters(profile, day, time_zone)) for day in days(first, end))
