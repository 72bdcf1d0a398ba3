"""Reading back: a year of one series, as it was known, added up; many accounts; «Cartera»."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from benchmarks import http
from benchmarks.ground import filling, gateways, measuring, platform, portfolio, processes
from vatio.accounts.models import Account
from vatio.catalogue.models import LicenceVersion
from vatio.metering import contracting, installing
from vatio.metering.contracting import ContractDetails
from vatio.metering.cups import parse_cups
from vatio.metering.installing import Measures, MeterDetails, SupplyDetails
from vatio.metering.models import DataPoint, SupplyPoint
from vatio.readings import curves, deliveries, stretches, sums
from vatio.readings import series as all_series
from vatio.readings.arrivals import Arrivals
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.receiving import receive
from vatio.readings.series import SeriesKey
from vatio.tenants.models import Person

YEAR = 365
REVISIONS = 4
"""How often each day of the series that was corrected was."""

SINCE = filling.TODAY - timedelta(days=YEAR + 30)
UNTIL = SINCE + timedelta(days=YEAR)

BY_MONTHS = """
SELECT own.account_id, own.month, sum(own.total), sum(own.present)
FROM readings_monthtotals own
WHERE own.account_id = ANY(%(accounts)s) AND own.month >= %(since)s AND own.month < %(until)s
GROUP BY own.account_id, own.month
"""

FROM_DAYS = """
SELECT own.account_id, date_trunc('month', own.day), sum(own.total), sum(own.present)
FROM readings_day own
WHERE own.account_id = ANY(%(accounts)s) AND own.day >= %(since)s AND own.day < %(until)s
GROUP BY own.account_id, date_trunc('month', own.day)
"""


def supplied(account: Account, by: Person) -> DataPoint:
    """Install a supply point of 3.0TD whose principal meter counts its energy by quarters."""
    at = filling.NOW
    cups = parse_cups("ES0031406123450017SZ")
    details = SupplyDetails("Nave", "electricity", cups=cups, territory="peninsula")
    point = installing.add_supply_point(account, details, by=by, at=at)
    contract = ContractDetails(since=SINCE - timedelta(days=400), tariff="3.0TD")
    contracting.add_contract(point, contract, by=by, at=at)
    meter = installing.add_meter(
        account, MeterDetails("Principal", measures=Measures(point)), by=by, at=at
    )
    return installing.add_data_point(meter, quantity=402, minutes=15, by=by, at=at)


def plain(account: Account, by: Person) -> DataPoint:
    """Install a meter of its own that counts energy by quarters."""
    meter = installing.add_meter(account, MeterDetails("Corregido"), by=by, at=filling.NOW)
    return installing.add_data_point(meter, quantity=402, minutes=15, by=by, at=filling.NOW)


def series_of(point: DataPoint) -> SeriesKey:
    """Return the series of a data point."""
    (key,) = point.series.values_list("id", flat=True)
    return all_series.find(point.account_id, [key])[key]


def fill_year(series: SeriesKey, *, shift: int, at: datetime) -> None:
    """Store a year of quarters, or correct all of it by another `shift`."""
    arrivals = Arrivals()
    own = quality(Origin.DISTRIBUTOR, How.MEASURED, Flag.NONE)
    begin = int(gateways.begin_of(SINCE).timestamp())
    until = int(gateways.begin_of(UNTIL).timestamp())
    for number, instant in enumerate(range(begin, until, 900)):
        arrivals.add(series, instant, 200.0 + number % 400 + shift, own)
    delivery = deliveries.open_file(
        series.account_id, origin=Origin.DISTRIBUTOR, name="año", sha256="", at=at
    )
    receive(
        series.account_id,
        {series.id: series},
        arrivals,
        origin=Origin.DISTRIBUTOR,
        delivery=delivery,
        at=at.timestamp(),
    )


def of_a_series(
    once: SeriesKey, corrected: SeriesKey, known: datetime
) -> dict[str, Callable[[], object]]:
    """Return what is asked of one series, by its name in the table."""
    point = DataPoint.objects.get(pk=once.data_point_id)
    at = known.timestamp()

    def added(by: str) -> Callable[[], None]:
        def add() -> None:
            made = sums.add_up(once.account_id, stretches.of_data_point(point, SINCE, UNTIL), by=by)
            assert not made.missing

        return add

    return {
        "a year of quarters": lambda: curves.curve(once, SINCE, UNTIL),
        "a year of quarters, corrected": lambda: curves.curve(corrected, SINCE, UNTIL),
        "a year as it was known": lambda: curves.curve(corrected, SINCE, UNTIL, known_at=at),
        "sums of a year by day": added("day"),
        "sums of a year by month": added("month"),
        "sums of a year by period": added("period"),
    }


def by_months(statement: str, accounts: list[int], since: date, until: date) -> Callable[[], None]:
    """Return a function that asks many accounts for their months, in one statement."""

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"accounts": accounts, "since": since, "until": until})
            assert len(cursor.fetchall()) == 24 * len(accounts)

    return ask


def year_over_http(once: SeriesKey, by: Person, *, times: int) -> dict[str, object]:
    """Measure a year of quarters of a supply point as the browser fetches it, one at a time.

    It is what «Consumo» draws: values, what is estimated, tariff periods and contracted power.
    """
    point = SupplyPoint.objects.get(account_id=once.account_id)
    leader = filling.person("curva@vatio.example", "Nuria Vidal")
    filling.lead(point.organisation, leader)
    asked = f"what=supply:{point.uid}&from={SINCE}&to={UNTIL - timedelta(days=1)}"
    address = f"/accounts/{point.account.uid}/consumption/curve/?{asked}"
    curve, nothing = http.request(address, leader), http.request("/healthz", leader)
    connection.close()
    with processes.web_processes(1) as ports:
        http.run(ports, curve, connections=1, seconds=3)
        floor = http.run(ports, nothing, connections=1, seconds=1)
        driven = http.run(ports, curve, connections=1, seconds=max(times // 5, 3))
    return {"values": YEAR * 96, **driven, "floor_median_ms": floor["median_ms"]}


def portfolio_page(accounts: int, series: int, by: Person, *, times: int) -> dict[str, object]:
    """Measure «Cartera» of an organisation over HTTP, one request after the other.

    Each account has `series` series, of which every other one is the active energy of a supply
    point; its months are there up to the running one.
    """
    filling.forget_readings()
    organisation = filling.organisation("Cartera", by)
    leader = filling.person("cartera@vatio.example", "Nuria Vidal")
    filling.lead(organisation, leader)
    due_on = filling.TODAY + timedelta(days=100)
    versions = list(LicenceVersion.objects.order_by("pk")[: len(filling.LICENCES)])
    filling.accounts_ending(organisation, accounts, versions, due_on=due_on, every=5)
    keys = list(organisation.accounts.values_list("pk", flat=True))
    since = filling.TODAY.replace(year=filling.TODAY.year - 2, day=1)
    until = (filling.TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)
    portfolio.fill(keys, series=series, since=since, until=until, with_days=[])
    portfolio.install(keys, series=series, at=filling.NOW)
    filling.settle()
    page = http.request(f"/o/{organisation.slug}/portfolio/", leader)
    nothing = http.request("/healthz", leader)
    connection.close()
    seconds = max(times // 5, 3)
    with processes.web_processes(1) as ports:
        http.run(ports, page, connections=1, seconds=3)
        floor = http.run(ports, nothing, connections=1, seconds=1)
        driven = http.run(ports, page, connections=1, seconds=seconds)
    return {"accounts": accounts, **driven, "floor_median_ms": floor["median_ms"]}


def main() -> None:
    """Measure one series, and `--accounts` accounts of `--series` series."""
    options = measuring.arguments(__doc__ or "", accounts=200, with_days=20, series=50, times=50)
    platform.fresh()
    boss = filling.person("boss@vatio.example", "Elena Cid", commercial=True)
    account = gateways.account("Norte Eficiente", boss)
    once, corrected = series_of(supplied(account, boss)), series_of(plain(account, boss))
    first = datetime.combine(UNTIL, datetime.min.time(), UTC)
    fill_year(once, shift=0, at=first)
    for shift in range(REVISIONS + 1):
        fill_year(corrected, shift=shift, at=first + shift * timedelta(days=3))
    since = filling.TODAY.replace(year=filling.TODAY.year - 2, day=1)
    until = filling.TODAY.replace(day=1)
    keys = [account.pk + 1 + number for number in range(options.accounts)]
    few = keys[: options.with_days]
    portfolio.fill(keys, series=options.series, since=since, until=until, with_days=few)
    filling.settle()
    measuring.calm()
    known = first + timedelta(days=1)
    asked: dict[str, Callable[[], object]] = of_a_series(once, corrected, known)
    many: dict[str, Callable[[], object]] = {
        f"{len(keys)} accounts from months": by_months(BY_MONTHS, keys, since, until),
        f"{len(few)} accounts from months": by_months(BY_MONTHS, few, since, until),
        f"{len(few)} accounts from days": by_months(FROM_DAYS, few, since, until),
    }
    timed = measuring.side_by_side(asked, times=options.times, warm=3)
    timed |= measuring.side_by_side(many, times=max(options.times // 5, 1), warm=1)
    statements = {name: measuring.statements(action) for name, action in {**asked, **many}.items()}
    year = year_over_http(once, boss, times=options.times)
    page = portfolio_page(options.accounts, options.series, boss, times=options.times)
    measuring.report(
        {
            "measured": "reading_back",
            "series": options.series,
            "rows": {
                name: {"statements": count, **timed[name]} for name, count in statements.items()
            },
            "year_over_http": year,
            "portfolio": page,
            "machine": measuring.machine(),
        },
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
