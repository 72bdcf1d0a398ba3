"""Makes accounts whose readings the demo fills in."""

from dataclasses import asdict
from datetime import date, timedelta

from tests import make
from vatio.accounts.models import Account
from vatio.demo.filling import FillStep
from vatio.demo.measured import MeasuredSeries, measured
from vatio.demo_clock.models import Fill
from vatio.metering import installing
from vatio.metering.models import Measurement, Series, SourceDevice

TODAY = date(2026, 11, 2)


def account(
    name: str,
    *,
    kind: str,
    minutes: int,
    days: int,
    quantities: tuple[int, ...] = (402,),
    today: date = TODAY,
) -> Account:
    """Add an account with a general meter, whose history of some days is planned."""
    made = make.account(name, months=240)
    by = make.commercial()
    source = installing.add_source(made, name="Fuente", kind=kind, by=by, at=make.NOON)
    meter = make.meter(made, "Contador general")
    for quantity in quantities:
        installing.add_data_point(
            meter, quantity=quantity, minutes=minutes, source=source, by=by, at=make.NOON
        )
    if kind == "insertion":
        SourceDevice.objects.create(
            account=made, organisation_id=made.organisation_id, source=source, did="7", meter=meter
        )
    plan(made, days=days, daily=len(quantities) * 1440 // minutes, today=today)
    return made


def plan(of: Account, *, days: int, daily: int, today: date = TODAY) -> None:
    """Plan a history up to a day."""
    since = today - timedelta(days=days)
    step = FillStep(of.pk, since.isoformat(), today.isoformat(), daily)
    Fill.objects.create(made_on=today, steps=[asdict(step)], wanted=days * daily)


def the_series(of: Account, quantity: int = 402) -> MeasuredSeries:
    """Return what is measured of a quantity of the account's meter."""
    return next(each for each in measured(of, made_on=TODAY) if each.profile.quantity == quantity)


def interval(of: Account, quantity: int = 402) -> Series:
    """Return the series of intervals of a quantity of the account's meter."""
    return Series.objects.get(account=of, data_point__quantity=quantity, kind="interval")


def measure(of: Account) -> None:
    """Make the account's meter the principal one of a supply point."""
    Measurement.objects.create(
        account=of,
        organisation_id=of.organisation_id,
        meter=interval(of).data_point.meter,
        supply_point=make.supply_point(of, "Acometida"),
        role="principal",
    )
