"""Where the demo's registers stand, read from the store, so that none is summed from its start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from vatio.demo.energy.values import values
from vatio.demo.measured import MeasuredSeries
from vatio.readings.slots import place

STANDS = """
SELECT series_id, extract(epoch FROM register_at)::float8, register FROM readings_state
WHERE account_id = %(account)s AND series_id = ANY(%(series)s) AND register_at IS NOT NULL
"""


@dataclass(frozen=True)
class Counter:
    """A register that stood at `first`, in base units, at the first instant of a local day."""

    first: float
    since: date


def counters(measured: Sequence[MeasuredSeries], *, begins: date) -> Mapping[int, Counter]:
    """Return, by series, from which register those that are registers go on.

    :param begins: the first day of series that have no register yet.
    """
    own = [each for each in measured if each.series.is_register]
    if not own:
        return {}
    asked: dict[str, Any] = {
        "account": own[0].series.account_id,
        "series": [each.series.id for each in own],
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDS, asked)
        stands = {series: (at, register) for series, at, register in cursor.fetchall()}
    return {each.series.id: _counter(each, stands.get(each.series.id), begins) for each in own}


def _counter(measured: MeasuredSeries, stands: tuple[float, float] | None, begins: date) -> Counter:
    """Return a register at the start of the day of the last one that is stored."""
    if stands is None:
        return Counter(measured.first_register, begins)
    at, register = stands
    key = measured.series
    local, slot, _seconds = place(at, key.time_zone, key.minutes)
    made = values(measured.profile, day=local.day, time_zone=key.time_zone, minutes=key.minutes)
    return Counter(register - sum(made[:slot]), local.day)
