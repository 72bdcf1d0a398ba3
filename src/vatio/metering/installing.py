"""Adds supply points, meters, data points, RTC lines and data sources to an account."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vatio.accounts.models import Account
from vatio.dates import known_time_zones
from vatio.entitlements.limits import ensure_open
from vatio.metering.allocating import hold_in_service, settle
from vatio.metering.cups import Cups
from vatio.metering.models import (
    DataPoint,
    DataSource,
    Measurement,
    Meter,
    RtcLine,
    Series,
    Service,
    Site,
    SupplyPoint,
)
from vatio.metering.quantities import QUANTITIES
from vatio.metering.recording import record_installation
from vatio.metering.refusals import RetiredBefore, WrongChoice, in_words
from vatio.tenants.models import Person

CANARIES, MAINLAND = "Atlantic/Canary", "Europe/Madrid"
"""The time zones of electricity: that of Canarias there, else that of the peninsula."""


@dataclass(frozen=True)
class SupplyDetails:
    """What is known of a supply point."""

    name: str
    energy: str
    cups: Cups | None = None
    site: Site | None = None
    supplier: str = ""
    policy: str = ""
    territory: str = ""
    manages_bills: bool = True

    def columns(self) -> dict[str, Any]:
        """Return the values of the columns of a supply point."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        code, suffix = (self.cups.code, self.cups.suffix) if self.cups else ("", "")
        return values | {"cups": code, "cups_suffix": suffix}


@dataclass(frozen=True)
class Measures:
    """Which supply point a meter measures, in which role, from which day on."""

    supply_point: SupplyPoint
    role: str = Measurement.Role.PRINCIPAL
    since: date | None = None


@dataclass(frozen=True)
class MeterDetails:
    """What is known of a meter, and which supply point it measures, if any."""

    name: str
    serial: str = ""
    make: str = ""
    site: Site | None = None
    measures: Measures | None = None
    measured_from: date | None = None


@transaction.atomic
def add_supply_point(
    account: Account,
    details: SupplyDetails,
    *,
    by: Person | None,
    at: datetime,
    insist: bool = False,
) -> SupplyPoint:
    """Add a supply point; it takes a CUPS of the account if its bills are managed.

    :param insist: add it although one of the same CUPS is retired here.
    :raises LimitReached: if the account holds no more CUPS.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises CupsTaken: if a supply point in service has the CUPS.
    :raises RetiredBefore: if one of the same CUPS is retired here, unless insisted.
    """
    ensure_open(account, at=at)
    columns = details.columns()
    retired = account.supplypoints.filter(cups=columns["cups"], service=Service.RETIRED).first()
    if columns["cups"] and retired and not insist:
        raise RetiredBefore(retired)
    point = SupplyPoint(
        account=account,
        organisation_id=account.organisation_id,
        service_since=at,
        created_at=at,
        **columns,
    )
    _insert(point)
    settle(account, point, at=at)
    record_installation("added", point, name=point.name, by=by, at=at)
    return point


@transaction.atomic
def add_meter(
    account: Account,
    details: MeterDetails,
    *,
    by: Person | None,
    at: datetime,
    insist: bool = False,
) -> Meter:
    """Add a meter; it takes a meter of the account.

    :param insist: add it although one of the same serial number is retired here.
    :raises LimitReached: if the account holds no more meters.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises SerialTaken: if a meter in service has the serial number.
    :raises RetiredBefore: if one of the same serial is retired here, unless insisted.
    :raises PrincipalTaken: if another principal measures the supply point on those days.
    """
    ensure_open(account, at=at)
    retired = account.meters.filter(serial=details.serial, service=Service.RETIRED).first()
    if details.serial and retired and not insist:
        raise RetiredBefore(retired)
    meter = Meter(
        account=account,
        organisation_id=account.organisation_id,
        service_since=at,
        created_at=at,
        site=details.site,
        name=details.name,
        serial=details.serial,
        make=details.make,
        measured_from=details.measured_from,
    )
    _insert(meter)
    if details.measures is not None:
        measure(meter, details.measures)
    settle(account, meter, at=at)
    record_installation("added", meter, name=meter.name, by=by, at=at)
    return meter


def measure(meter: Meter, measures: Measures) -> Measurement:
    """Write which supply point a meter measures, from a day on.

    :raises PrincipalTaken: if another principal measures the supply point on those days.
    """
    measurement = Measurement(
        account_id=meter.account_id,
        organisation_id=meter.organisation_id,
        meter=meter,
        supply_point=measures.supply_point,
        role=measures.role,
        since=measures.since,
    )
    _insert(measurement)
    return measurement


@transaction.atomic
def add_data_point(
    meter: Meter,
    *,
    quantity: int,
    minutes: int,
    name: str = "",
    kind: str = Series.Kind.INTERVAL,
    source: DataSource | None = None,
    by: Person | None,
    at: datetime,
) -> DataPoint:
    """Add a data point with its series; it takes a data point of the account.

    A second resolution of a quantity that is there already is another series of the same data
    point, and takes nothing: see `add_series`.

    :param minutes: the resolution, one of `Series.MINUTES`.
    :raises LimitReached: if the account holds no more data points or, for an insertion's point
        of a meter that is called, no more meters.
    :raises QuantityTaken: if the meter has a data point of that quantity in service.
    :raises WrongChoice: if the quantity or the resolution is not of the published lists.
    """
    account = meter.account
    ensure_open(account, at=at)
    hold_in_service(meter, field="meter")
    if quantity not in QUANTITIES:
        raise WrongChoice(_("There is no such quantity."), field="quantity")
    point = DataPoint(
        account=account,
        organisation_id=meter.organisation_id,
        service_since=at,
        created_at=at,
        meter=meter,
        quantity=quantity,
        name=name or default_name(meter, quantity),
        source=source,
    )
    _insert(point)
    add_series(point, minutes=minutes, kind=kind, at=at)
    settle(account, point, at=at)
    settle(account, meter, at=at)
    record_installation("added", point, name=point.name, by=by, at=at)
    return point


def default_name(meter: Meter, quantity: int) -> str:
    """Return what a data point is called that nobody named: by its meter and its quantity."""
    return f"{meter.name} · {QUANTITIES[quantity].label}"[:120]


def add_series(
    point: DataPoint, *, minutes: int, kind: str = Series.Kind.INTERVAL, at: datetime
) -> Series:
    """Add a resolution to a data point, or return the series that it has already.

    :raises WrongChoice: if the resolution is not one of `Series.MINUTES`.
    """
    if minutes not in Series.MINUTES:
        raise WrongChoice(_("There is no such resolution."), field="minutes")
    series, _made = Series.objects.get_or_create(
        data_point=point,
        minutes=minutes,
        kind=kind,
        defaults={
            "account_id": point.account_id,
            "organisation_id": point.organisation_id,
            "time_zone": zone_of(point.meter),
            "created_at": at,
        },
    )
    return series


def zone_of(meter: Meter) -> str:
    """Return the time zone of the days of a meter's series.

    Electricity goes by the clock of its territory; everything else by that of its site or, where
    there is none, of the account.
    """
    measured = meter.measurements.select_related("supply_point").order_by("pk").first()
    if measured and measured.supply_point.energy == SupplyPoint.Energy.ELECTRICITY:
        return CANARIES if measured.supply_point.territory == "canarias" else MAINLAND
    zone = meter.site.time_zone if meter.site else meter.account.time_zone
    return zone if zone in known_time_zones() else MAINLAND


@transaction.atomic
def add_rtc_line(
    supply_point: SupplyPoint, meter: Meter, *, by: Person | None, at: datetime
) -> RtcLine:
    """Add an RTC line: it takes a line, and the meter costs that line from now on.

    :param by: None if a command adds it.
    :raises LimitReached: if the account holds no more lines.
    :raises WrongChoice: if the meter has a line in service, is of another account,
        or one of both is not in service.
    """
    account = supply_point.account
    ensure_open(account, at=at)
    if meter.account_id != supply_point.account_id:
        raise WrongChoice(_("The meter is not of this account."), field="meter")
    hold_in_service(supply_point, field="supply_point")
    hold_in_service(meter, field="meter")
    line = RtcLine(
        account=account,
        organisation_id=account.organisation_id,
        service_since=at,
        created_at=at,
        supply_point=supply_point,
        meter=meter,
    )
    _insert(line)
    settle(account, line, at=at)
    settle(account, meter, at=at)
    record_installation("added", line, name=meter.name, by=by, at=at)
    return line


@transaction.atomic
def add_source(
    account: Account, *, name: str, kind: str, by: Person | None, at: datetime
) -> DataSource:
    """Add a data source: it takes nothing.

    :param by: None if a command adds it.
    :raises NothingCanBeAdded: if the account has expired or has yet to start.
    :raises WrongChoice: if a source of the account has the name.
    """
    ensure_open(account, at=at)
    source = DataSource(
        account=account,
        organisation_id=account.organisation_id,
        name=name,
        kind=kind,
        created_at=at,
    )
    _insert(source)
    record_installation("added", source, name=name, by=by, at=at)
    return source


def _insert(
    row: SupplyPoint | Meter | Measurement | DataPoint | RtcLine | DataSource,
) -> None:
    """Insert a row; a constraint that refuses it is a refusal in words."""
    with in_words():
        row.save(force_insert=True)
