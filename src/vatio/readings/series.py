"""What the store has to know of a series: its resolution, its days, and what it measures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from vatio.metering.models import Series
from vatio.metering.quantities import QUANTITIES, Adding, Quantity

COLUMNS = """
series.id, series.account_id, series.minutes, series.time_zone, series.kind,
series.data_point_id, point.quantity,
CASE WHEN point.quantity IN (402, 452) THEN (
    SELECT max(power) * 5000
    FROM metering_measurement measured
    JOIN metering_supplycontract contract ON contract.account_id = series.account_id
        AND contract.supply_point_id = measured.supply_point_id
    CROSS JOIN unnest(contract.powers) AS power
    WHERE measured.account_id = series.account_id AND measured.meter_id = point.meter_id
      AND power > 0
)::float8 END
"""
"""The last one is what in an hour is more than can be believed: 5 × the highest contracted power,
for the active energy that goes in or out."""

FIND = f"""
SELECT {COLUMNS} FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
WHERE series.account_id = %(account)s AND series.id = ANY(%(series)s)
"""  # noqa: S608


OF_POINTS = f"""
SELECT {COLUMNS}, series.first_reading_on,
    CASE WHEN point.service = 'retired' THEN
        (greatest(point.service_since, own.last_at) AT TIME ZONE series.time_zone)::date + 1 END
FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
LEFT JOIN readings_state own ON own.account_id = %(account)s AND own.series_id = series.id
WHERE series.account_id = %(account)s AND series.data_point_id = ANY(%(points)s)
  AND series.kind <> 'register'
"""  # noqa: S608


@dataclass(frozen=True)
class SeriesKey:
    """A series: `minutes` is its resolution, `time_zone` that of its days.

    `doubtful_over`: more base units than that in an hour are doubtful; None where no power is
    contracted, or the quantity has none.
    """

    id: int
    account_id: int
    minutes: int
    time_zone: str
    kind: str
    data_point_id: int
    quantity: int
    doubtful_over: float | None = None

    @property
    def measures(self) -> Quantity:
        """The quantity that the series measures; one of no published code is a plain number."""
        return QUANTITIES.get(self.quantity) or unknown(self.quantity)

    def is_doubtful(self, value: float) -> bool:
        """Return whether the value of an interval is more than can be believed."""
        over = self.doubtful_over
        return over is not None and not self.is_register and value * 60 > over * self.minutes

    @property
    def is_register(self) -> bool:
        """Whether the values are states of a register."""
        return self.kind == Series.Kind.REGISTER


def unknown(code: int) -> Quantity:
    """Return a quantity of a code that is not published: a number without a unit."""
    return Quantity(code, str(code), "", "", 1, Adding.LAST, signed=True)


def find(account_id: int, ids: Collection[int]) -> dict[int, SeriesKey]:
    """Return series of an account by their keys."""
    asked: dict[str, Any] = {"account": account_id, "series": list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(FIND, asked)
        return {row[0]: SeriesKey(*row) for row in cursor.fetchall()}


class SeriesLife(NamedTuple):
    """A series, the day of its first reading, and that on which nothing is expected any more.

    Both are days of the series, None before there is a reading, and while its data point is in
    service. What came for a retired one after all still counts: then it is the day after that.
    """

    series: SeriesKey
    first_on: date | None
    over_on: date | None


def of_points(account_id: int, points: Collection[int]) -> list[SeriesLife]:
    """Return the series of data points that say what each interval was; registers do not.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(OF_POINTS, {"account": account_id, "points": list(points)})
        return [
            SeriesLife(SeriesKey(*row), first_on, over_on)
            for *row, first_on, over_on in cursor.fetchall()
        ]
