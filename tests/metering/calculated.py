"""Data points, and calculated series of them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from tests import make
from vatio.accounts.models import Account
from vatio.metering import calculating, installing
from vatio.metering.calculating import TermDetails
from vatio.metering.models import CalculatedSeries, DataPoint

FOREVER = (date(2000, 1, 1), date(2100, 1, 1))


def point(of: Account, name: str = "", *, quantity: int = 402, minutes: int = 15) -> DataPoint:
    """Add a data point to a meter of its own."""
    return installing.add_data_point(
        make.meter(of),
        quantity=quantity,
        minutes=minutes,
        name=name,
        by=make.commercial(),
        at=make.NOON,
    )


def plus(of: DataPoint, factor: str = "1") -> TermDetails:
    """Add a data point."""
    return TermDetails(of, 1, Decimal(factor))


def less(of: DataPoint, factor: str = "1") -> TermDetails:
    """Take a data point away."""
    return TermDetails(of, -1, Decimal(factor))


def calculated(
    of: Account,
    terms: Sequence[TermDetails] = (),
    *,
    name: str = "Resto",
    since: date | None = None,
    at: datetime = make.NOON,
) -> CalculatedSeries:
    """Add a calculated series: of one new data point, unless said."""
    return calculating.add_calculated(
        of,
        name=name,
        terms=terms or [plus(point(of))],
        since=since,
        by=make.commercial(),
        at=at,
    )
