"""What the store has to know of a series: its resolution, its days, and what it measures."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from vatio.metering.models import Series
from vatio.metering.quantities import QUANTITIES, Adding, Quantity

COLUMNS = """
series.id, series.account_id, series.minutes, series.time_zone, series.kind,
series.data_point_id, point.quantity
"""

FIND = f"""
SELECT {COLUMNS} FROM metering_series series
JOIN metering_datapoint point ON point.id = series.data_point_id
WHERE series.account_id = %(account)s AND series.id = ANY(%(series)s)
"""  # noqa: S608


@dataclass(frozen=True)
class SeriesKey:
    """A series: `minutes` is its resolution, `time_zone` that of its days."""

    id: int
    account_id: int
    minutes: int
    time_zone: str
    kind: str
    data_point_id: int
    quantity: int

    @property
    def measures(self) -> Quantity:
        """The quantity that the series measures; one of no published code is a plain number."""
        return QUANTITIES.get(self.quantity) or unknown(self.quantity)

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
