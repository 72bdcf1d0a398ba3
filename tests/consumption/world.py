"""Installs things and stores the demo's own values in them, and remembers what was told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests import make
from tests.consumption.oracle import ONE_DAY, days, slots
from tests.readings.stored import put
from vatio.accounts.models import Account
from vatio.consumption import subjects
from vatio.consumption.subjects import EnergySubject
from vatio.demo.energy.profiles import Profile
from vatio.demo.energy.receiving import received
from vatio.metering import contracting, installing, sites
from vatio.metering.models import DataPoint, Meter, Series, Site, SupplyPoint
from vatio.readings import series as all_series
from vatio.readings.ranks import Flag, How, Origin, quality
from vatio.readings.series import SeriesKey
from vatio.units import Quantities

AT = make.NOON
CAME = AT.timestamp()
ESTIMATED = quality(Origin.INSERTION, How.ESTIMATED)
INVALID = quality(Origin.MENDED, How.MEASURED, Flag.INVALID)
SINCE = date(2020, 1, 1)


@dataclass
class Fed:
    """A series, what it was told that counts, and what of it is not measured or not believed."""

    key: SeriesKey
    told: dict[int, float] = field(default_factory=dict)
    estimated: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)

    @property
    def point(self) -> DataPoint:
        """The data point of the series."""
        return DataPoint.objects.get(pk=self.key.data_point_id)


def account(*, time_zone: str = "Europe/Madrid", sms_credits: int = 0) -> Account:
    """Open an account in which much can be installed."""
    return make.account(totals=Quantities(500, 500), time_zone=time_zone, sms_credits=sms_credits)


def site(of: Account, name: str, parent: Site | None = None, time_zone: str = "") -> Site:
    """Add a site."""
    details = sites.SiteDetails(name, parent=parent, time_zone=time_zone)
    return sites.add_site(of, details, by=make.commercial(), at=AT)


def supply(
    of: Account,
    name: str,
    place: Site | None = None,
    *,
    territory: str = "peninsula",
    tariff: str = "3.0TD",
    kilowatts: int = 60,
) -> SupplyPoint:
    """Add a supply point of electricity with a contract, if it has a tariff."""
    by = make.commercial()
    details = installing.SupplyDetails(
        name, "electricity", site=place, territory=territory, manages_bills=False
    )
    point = installing.add_supply_point(of, details, by=by, at=AT)
    if tariff:
        powers = [Decimal(kilowatts)] * 6
        contracting.add_contract(
            point, contracting.ContractDetails(SINCE, None, "C", tariff, powers), by=by, at=AT
        )
    return point


def meter(
    of: Account,
    name: str,
    place: Site | None = None,
    *,
    measures: SupplyPoint | None = None,
    since: date | None = None,
) -> Meter:
    """Add a meter, the principal one of a supply point if it measures one."""
    measured = installing.Measures(measures, since=since) if measures else None
    details = installing.MeterDetails(name, site=place, measures=measured)
    return installing.add_meter(of, details, by=make.commercial(), at=AT)


def point(of: Meter, minutes: int, *, quantity: int = 402, kind: str = "interval") -> Fed:
    """Add a data point with a series."""
    made = installing.add_data_point(
        of, quantity=quantity, minutes=minutes, kind=kind, by=make.commercial(), at=AT
    )
    return fed(Series.objects.get(data_point=made))


def another(of: Fed, minutes: int) -> Fed:
    """Add another resolution to a data point."""
    return fed(installing.add_series(of.point, minutes=minutes, at=AT))


def fed(row: Series) -> Fed:
    """Find a series that nothing was told yet."""
    return Fed(all_series.find(row.account_id, [row.pk])[row.pk])


def tell(
    to: Fed,
    readings: Iterable[tuple[float, float]],
    *,
    origin: Origin = Origin.INSERTION,
) -> None:
    """Store readings, and remember them."""
    listed = list(readings)
    put(to.key, listed, at=CAME, origin=origin)
    to.told.update({int(instant): value for instant, value in listed})


def tell_demo(
    to: Fed,
    profile: Profile,
    since: date,
    until: date,
    *,
    invalid: Iterable[int] = (),
    leaving: Collection[int] = (),
) -> None:
    """Store what arrives of the demo's values, and remember what of it counts.

    :param invalid: instants whose values a person has called invalid.
    :param leaving: instants whose values never came.
    """
    wrong, readings = set(invalid), []
    zone, minutes = to.key.time_zone, to.key.minutes
    for day in days(since, until):
        arrived = received(profile, day=day, time_zone=zone, minutes=minutes)
        for slot, (instant, value) in enumerate(
            zip(slots(day, zone, minutes), arrived.values, strict=True)
        ):
            if value is None or instant in leaving:
                continue
            if instant in wrong:
                readings.append((instant, value, INVALID))
                continue
            own = ESTIMATED if arrived.is_estimated else quality(Origin.INSERTION)
            readings.append((instant, value, own))
            to.told[instant] = value
            if arrived.is_estimated:
                to.estimated.add(instant)
            if arrived.doubtful == slot:
                to.doubtful.add(instant)
    put(to.key, readings, at=CAME)


def flat(
    to: Fed, since: date, until: date, value: float = 1.0, *, origin: Origin = Origin.INSERTION
) -> None:
    """Tell the same value for every interval of days."""
    zone, minutes = to.key.time_zone, to.key.minutes
    places = [each for day in days(since, until) for each in slots(day, zone, minutes)]
    tell(to, [(each, value) for each in places], origin=origin)


def of_point(which: Fed) -> EnergySubject:
    """Look at a data point."""
    found = which.point
    (subject,) = subjects.find(found.account, [f"point:{found.uid}"])
    return subject


def of_supply(which: SupplyPoint) -> EnergySubject:
    """Look at a supply point."""
    (subject,) = subjects.find(which.account, [f"supply:{which.uid}"])
    return subject


def of_site(which: Site) -> EnergySubject:
    """Look at a site."""
    (subject,) = subjects.find(which.account, [f"site:{which.uid}"])
    return subject


def before(day: date) -> date:
    """Tell the day before."""
    return day - ONE_DAY
