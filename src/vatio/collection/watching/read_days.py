"""The latest days of a line's hourly curve: which are whole, and which are missing or have gaps."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from vatio.metering.models import RtcLine
from vatio.readings.slots import local_day

DAYS = 45
"""How many days the page of a line shows, and a call goes back at most."""

HOURLY = 60
ACTIVE_ENERGY = 402
ONE_DAY = timedelta(days=1)

OF_METER = """
SELECT series.time_zone, series.first_reading_on, stored.day, stored.present
FROM metering_datapoint point
JOIN metering_series series ON series.account_id = %(account)s
    AND series.data_point_id = point.id AND series.minutes = %(minutes)s
    AND series.kind = 'interval'
LEFT JOIN readings_day stored ON stored.account_id = %(account)s
    AND stored.series_id = series.id AND stored.day >= %(since)s AND stored.day < %(until)s
WHERE point.account_id = %(account)s AND point.meter_id = %(meter)s
  AND point.quantity = %(quantity)s AND point.service <> 'rejected'
"""


class LineDayState(StrEnum):
    """How much of a day is there."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    UNREAD = "unread"
    """It is not whole, and no good call has come as far yet."""

    EARLIER = "earlier"
    """It lies before the first reading of all, or before the meter was there."""


class LineDay(NamedTuple):
    """A day of the line's time zone, and how many of its hours are there."""

    day: date
    state: LineDayState
    present: int
    hours: int


def read_days(
    line: RtcLine, *, read_until: date | None, time_zone: str, today: date
) -> list[LineDay]:
    """Return the `DAYS` days before today, the earliest first; one statement.

    They are those of the hourly series of active energy of the line's meter.

    :param read_until: the day up to which, not including it, the line was read.
    :param time_zone: that of the line; a series has its own.
    """
    since = today - DAYS * ONE_DAY
    known: dict[str, Any] = {
        "account": line.account_id,
        "meter": line.meter_id,
        "quantity": ACTIVE_ENERGY,
        "minutes": HOURLY,
        "since": since,
        "until": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_METER, known)
        rows = cursor.fetchall()
    first = min((row[1] for row in rows if row[1]), default=None)
    begins = max((each for each in (first, line.meter.measured_from) if each), default=None)
    zone = rows[0][0] if rows else time_zone
    present: dict[date, int] = {}
    for _zone, _first, day, count in rows:
        if day is not None:
            present[day] = max(count, present.get(day, 0))
    return [
        _read(since + ONE_DAY * place, present, zone, begins=begins, read_until=read_until)
        for place in range(DAYS)
    ]


def gaps(days: list[LineDay]) -> list[LineDay]:
    """Return the days that were read and are not whole."""
    return [each for each in days if each.state in (LineDayState.INCOMPLETE, LineDayState.MISSING)]


def _read(
    day: date,
    present: dict[date, int],
    time_zone: str,
    *,
    begins: date | None,
    read_until: date | None,
) -> LineDay:
    hours, count = local_day(day, time_zone).count(HOURLY), present.get(day, 0)
    if count >= hours:
        state = LineDayState.COMPLETE
    elif read_until is None or day >= read_until:
        state = LineDayState.UNREAD
    elif begins is not None and day < begins:
        state = LineDayState.EARLIER
    else:
        state = LineDayState.INCOMPLETE if count else LineDayState.MISSING
    return LineDay(day, state, count, hours)
