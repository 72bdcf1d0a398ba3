"""Keeps whole days of a series, as the store would write them."""

from collections.abc import Sequence
from datetime import date

from vatio.readings.days import StoredDay, Value, settled
from vatio.readings.ranks import Origin, quality
from vatio.readings.series import SeriesKey
from vatio.readings.slots import local_day
from vatio.readings.storing import write_days

MEASURED = quality(Origin.INSERTION)


def keep(
    key: SeriesKey, day: date, values: Sequence[Value], qualities: Sequence[int] | int = MEASURED
) -> StoredDay:
    """Write a day of a series: a value for each slot, None for a gap."""
    local = local_day(day, key.time_zone)
    each = [qualities] * len(values) if isinstance(qualities, int) else list(qualities)
    made = settled(StoredDay(local, key.minutes, list(values), each[0], each, float(local.ends), 1))
    write_days(key.account_id, {(key.id, day): made})
    return made


def whole(key: SeriesKey, day: date, value: float = 1.0, qualities: int = MEASURED) -> StoredDay:
    """Write a day of a series that lacks nothing: the same value in each slot."""
    count = local_day(day, key.time_zone).count(key.minutes)
    return keep(key, day, [value] * count, qualities)
