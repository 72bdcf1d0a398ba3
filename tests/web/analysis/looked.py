"""What the tests of the pages of energy share: readings of a few days, and the table they make."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape

from django.test import Client

from tests import make
from tests.consumption.kept import whole
from tests.readings.stored import series
from vatio.accounts.models import Account
from vatio.metering import contracting, installing
from vatio.metering.contracting import ContractDetails
from vatio.metering.models import DataPoint, SupplyPoint
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey
from vatio.tenants.models import Person

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)
TODAY = date(2026, 10, 28)
ONE_DAY = timedelta(days=1)
WEEK = "?from=2026-10-19&to=2026-10-25"
ESTIMATED = quality(Origin.INVOICE, How.ESTIMATED, Flag.FIRM)
DOUBTFUL = quality(Origin.INSERTION, How.MEASURED, Flag.DOUBTFUL)
GAS_VOLUME, TEMPERATURE = 419, 301


def address(of: Account, query: str = "", page: str = "") -> str:
    return f"/accounts/{of.uid}/consumption/{page}{query}"


def look(client: Client, of: Account, query: str = "", page: str = "") -> str:
    answer = client.get(address(of, query, page))
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def speak(client: Client, of: Account, language: str) -> None:
    """Sign somebody in who reads a language."""
    person = make.holder(of, "viewer")
    Person.objects.filter(pk=person.pk).update(language=language)
    client.force_login(Person.objects.get(pk=person.pk))


def measured(
    of: Account,
    name: str = "Contador",
    *,
    days: int = 10,
    minutes: int = 60,
    each: float = 1_000.0,
    quantity: int = 402,
    last: date = date(2026, 10, 27),
    time_zone: str = "Europe/Madrid",
) -> SeriesKey:
    """Add a meter whose series has the same value in each interval of some days."""
    key = series(minutes, quantity=quantity, time_zone=time_zone, meter=make.meter(of, name))
    for number in range(days):
        whole(key, last - number * ONE_DAY, each)
    begins(key, last - (days - 1) * ONE_DAY)
    return key


def begins(key: SeriesKey, day: date) -> None:
    """Write down the day of a series' first reading, as the store does when readings come."""
    point = DataPoint.objects.get(pk=key.data_point_id)
    point.series.update(first_reading_on=day)


def supplied(of: Account, name: str, *, each: float = 250.0, minutes: int = 15) -> SupplyPoint:
    """Add a supply point with a contract and a principal meter that has a week of readings."""
    point = make.supply_point(of, name)
    powers = [Decimal(20)] * 5 + [Decimal(30)]
    details = ContractDetails(date(2026, 1, 1), None, "", "3.0TD", powers)
    contracting.add_contract(point, details, by=make.commercial(), at=make.NOON)
    meter = installing.add_meter(
        of,
        installing.MeterDetails(
            f"Contador de {name}", measures=installing.Measures(point, since=date(2026, 1, 1))
        ),
        by=make.commercial(),
        at=make.NOON,
    )
    key = series(minutes, meter=meter)
    for number in range(7):
        whole(key, date(2026, 10, 19) + number * ONE_DAY, each)
    begins(key, date(2026, 10, 19))
    return point


def rows_of(page: str) -> list[list[str]]:
    """Return the cells of the table under the picture, its heading first and its sums last."""
    table = page[page.index("energy-table") :]
    table = table[: table.index("</table>")]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


def data(client: Client, of: Account, query: str) -> dict:
    answer = client.get(address(of, query, "curve/"))
    assert answer.status_code == 200
    return answer.json()
