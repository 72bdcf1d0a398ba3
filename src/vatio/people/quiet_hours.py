"""Quiet hours: from when to when, on the clock of a person's own time zone, nothing is sent."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from vatio.people.models import QuietHours
from vatio.refusal import Refused
from vatio.tenants.models import Person


class EmptyHours(Refused):
    """The hours begin when they end."""


def set_hours(person: Person, starts: time, ends: time, *, time_zone: str) -> None:
    """Set a person's quiet hours: from `starts` up to, and not including, `ends`.

    Hours whose end is before their start end on the next day.

    :raises EmptyHours: if they begin when they end.
    """
    if starts == ends:
        raise EmptyHours(_("Choose an end that is not the beginning."), field="quiet_until")
    QuietHours.objects.update_or_create(
        person=person, defaults={"starts": starts, "ends": ends, "time_zone": time_zone}
    )


def forget_hours(person: Person) -> None:
    """Let a person be told at any hour."""
    QuietHours.objects.filter(person=person).delete()


def quiet_until(hours: QuietHours | None, at: datetime) -> datetime | None:
    """Return the instant at which the quiet hours around `at` end; None outside of them.

    In a night in which the clocks change they are up to an hour longer, never shorter.
    """
    if hours is None:
        return None
    zone = ZoneInfo(hours.time_zone)
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        last = day + timedelta(days=hours.ends < hours.starts)
        if min(_instants(day, hours.starts, zone)) <= at < max(_instants(last, hours.ends, zone)):
            return max(_instants(last, hours.ends, zone))
    return None


def _instants(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """Return the instants that a time of a day may mean: two where it is repeated or left out."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
