"""The tariff period of each hour: 1 to 6, for energy and for power.

Periods are those of hours of the local clock, so a day always has 24 of them. Clocks change on
Sundays, whose hours are all of one period: the hour that a day repeats or leaves out never alters
a period. A shorter interval has the period of the hour that holds its start.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from vatio.dates import written
from vatio.refusal import Refused
from vatio.tariffs.calendars import TARIFFS, TIME_ZONES, Of, PeriodCalendar, calendars
from vatio.tariffs.holidays import is_off_peak

ONE_DAY = timedelta(days=1)


class UnknownTariff(Refused):
    """A tariff has no periods: it is none of electricity, or none at all."""


class UnknownTerritory(Refused):
    """A territory is none of those whose hours are known."""


class NoPeriods(Refused):
    """A day is before the first whose periods are known."""


def periods(year: int, tariff: str, territory: str, *, of: Of = "energy") -> bytes:
    """Return the period of each hour of a year's days, 24 bytes a day, 1 January first.

    Hour h of the n-th day of the year, both counted from 0, is at 24 * n + h.

    :raises UnknownTariff, UnknownTerritory: if nothing is known of the one or the other.
    :raises NoPeriods: if the year begins before the first day whose periods are known.
    """
    known = _calendars(tariff, territory, of)
    first, last = date(year, 1, 1), date(year, 12, 31)
    _ensure_known(first, known)
    days: list[bytes] = []
    for calendar, ends in zip(known, [*(each.valid_from for each in known[1:]), None], strict=True):
        since = max(first, calendar.valid_from)
        until = last if ends is None else min(last, ends - ONE_DAY)
        days += _days(calendar, since, until)
    return b"".join(days)


@lru_cache(maxsize=20_000)
def periods_of_day(day: date, tariff: str, territory: str, *, of: Of = "energy") -> bytes:
    """Return the period of each of the 24 hours of a day of the local clock.

    :raises UnknownTariff, UnknownTerritory: if nothing is known of the one or the other.
    :raises NoPeriods: if the day is before the first whose periods are known.
    """
    known = _calendars(tariff, territory, of)
    _ensure_known(day, known)
    calendar = next(each for each in reversed(known) if each.valid_from <= day)
    if is_off_peak(day):
        return calendar.off_day()
    return calendar.working_days()[day.month - 1]


def period_of(instant: datetime, tariff: str, territory: str, *, of: Of = "energy") -> int:
    """Return the period, 1 to 6, of the local hour that holds an instant, its start included.

    :raises UnknownTariff, UnknownTerritory: if nothing is known of the one or the other.
    :raises NoPeriods: if its day is before the first whose periods are known.
    :raises ValueError: if the instant has no offset from UTC.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no offset from UTC")
    local = instant.astimezone(ZoneInfo(time_zone_of(territory)))
    return periods_of_day(local.date(), tariff, territory, of=of)[local.hour]


def time_zone_of(territory: str) -> str:
    """Return the IANA time zone of the clock by which a territory's hours are counted.

    :raises UnknownTerritory: if it is none of those that are known.
    """
    time_zone = TIME_ZONES.get(territory)
    if time_zone is None:
        raise UnknownTerritory(
            _("There is no territory «%(name)s».") % {"name": territory}, field="territory"
        )
    return time_zone


def _days(calendar: PeriodCalendar, since: date, until: date) -> list[bytes]:
    """Return the hours of each day from one to another, both included."""
    working, off = calendar.working_days(), calendar.off_day()
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    return [off if is_off_peak(day) else working[day.month - 1] for day in days]


def _calendars(tariff: str, territory: str, of: Of) -> tuple[PeriodCalendar, ...]:
    if tariff not in TARIFFS:
        raise UnknownTariff(
            _("The tariff «%(name)s» has no periods.") % {"name": tariff}, field="tariff"
        )
    time_zone_of(territory)
    if of not in ("energy", "power"):
        raise ValueError(f"periods are of energy or of power, not of {of}")
    return calendars(tariff, territory, of)


def _ensure_known(day: date, known: tuple[PeriodCalendar, ...]) -> None:
    if day < known[0].valid_from:
        raise NoPeriods(
            _("The periods of days before %(day)s are not known.")
            % {"day": written(known[0].valid_from)}
        )
