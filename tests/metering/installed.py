"""Installs something of everything in an account, by the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.metering.inventory.workbooks import written
from vatio.accounts.models import Account
from vatio.metering import calculating, changing, contracting, installing, retiring, sites, tokens
from vatio.metering.cups import parse_cups
from vatio.metering.inventory import drafts
from vatio.metering.models import (
    DataPoint,
    DataSource,
    Meter,
    RtcLine,
    Site,
    SourceDevice,
    SupplyPoint,
)
from vatio.tenants.models import Person

CUPS = "ES1234123456789012JY"
ELECTRICITY = 402


@dataclass(frozen=True)
class Installed:
    """One thing of each kind in service."""

    site: Site
    supply_point: SupplyPoint
    meter: Meter
    data_point: DataPoint
    line: RtcLine
    source: DataSource


def install(account: Account, *, by: Person, at: datetime) -> Installed:
    """Install one thing of each kind, and do to them whatever can be done."""
    since = at.date() - timedelta(days=30)
    site = sites.add_site(account, sites.SiteDetails("Edificio principal"), by=by, at=at)
    spare = sites.add_site(account, sites.SiteDetails("Caseta", parent=site), by=by, at=at)
    details = installing.SupplyDetails(
        "Acometida", "electricity", cups=parse_cups(CUPS), site=site, territory="peninsula"
    )
    point = installing.add_supply_point(account, details, by=by, at=at)
    contracting.add_contract(
        point,
        contracting.ContractDetails(since, None, "Comercial", "3.0TD", [Decimal(20)] * 6),
        by=by,
        at=at,
    )
    meter = installing.add_meter(
        account,
        installing.MeterDetails(
            "Contador general", "AB-1", "Circutor", site, installing.Measures(point, since=since)
        ),
        by=by,
        at=at,
    )
    source, _token = tokens.add_with_token(
        account, name="Pasarela", kind="insertion", by=by, at=at, issued_at=at
    )
    SourceDevice.objects.create(
        account=account, organisation=account.organisation, source=source, did="7", meter=meter
    )
    data_point = installing.add_data_point(
        meter, quantity=ELECTRICITY, minutes=15, source=source, by=by, at=at
    )
    line = installing.add_rtc_line(point, meter, by=by, at=at)
    changing.change_device(
        meter, changing.NewDevice(since + timedelta(days=9), "AB-2"), by=by, at=at
    )
    changing.change_meter(meter, name="Contador nuevo", make="", site=site, by=by, at=at)
    retiring.retire(line, by=by, at=at)
    retiring.put_back(line, by=by, at=at)
    sites.remove_site(spare, by=by, at=at)
    calculate(data_point, by=by, at=at)
    return Installed(site, point, meter, data_point, line, source)


def calculate(point: DataPoint, *, by: Person, at: datetime) -> None:
    """Add a calculated series of two versions, one more having been removed."""
    series = calculating.add_calculated(
        point.account,
        name="Todo el edificio",
        terms=[calculating.TermDetails(point)],
        by=by,
        at=at,
    )
    half = [calculating.TermDetails(point, factor=Decimal("0.5"))]
    for days in (9, 20):
        since = at.date() - timedelta(days=days)
        calculating.change_terms(series, half, since=since, by=by, at=at)
        if days == 9:
            version = series.versions.get(since=since)
            calculating.remove_version(version, by=by, at=at)


def import_inventory(account: Account, *, by: Person, at: datetime) -> None:
    """Import an inventory with one more site, and leave it uploaded once more."""
    sites = {"Emplazamientos": [["Emplazamiento"], ["Edificio principal"], ["Garaje"]]}
    for _each in range(2):
        kept = drafts.keep(account, "inventario.xlsx", written(sites), by=by, at=at)
        if not account.sites.filter(name="Garaje").exists():
            drafts.carry_out(kept, by=by, at=at)
