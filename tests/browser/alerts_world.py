"""A hotel with ninety days of quarters of an hour, alerts, and what they have found."""

from datetime import timedelta
from math import sin

from tests import make
from tests.browser.conftest import Platform
from tests.consumption import world
from tests.readings.stored import put, series
from vatio import clock
from vatio.accounts.models import Account
from vatio.alerts import making, telling
from vatio.alerts.details import AlertDetails, RecipientDetails
from vatio.alerts.evaluating import evaluate_anew
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.metering import installing, sites
from vatio.metering.models import DataPoint
from vatio.readings.slots import local_day
from vatio.tenants.models import Person
from vatio.units import Quantities

MADRID = "Europe/Madrid"
DAYS = 90


def furnish(platform: Platform, name: str = "Hotel Ribadavia 021") -> tuple[Account, Person]:
    """Open an account with readings, four alerts and their episodes; return an administrator."""
    today = clock.today(MADRID)
    account = make.account(
        name,
        organisation=platform.norte,
        starts_on=today - timedelta(days=DAYS + 10),
        totals=Quantities(50, 50),
    )
    ana = make.holder(account, "administrator", "Ana Souto")
    make.holder(account, "viewer", "Luis Rey")
    place = sites.add_site(
        account,
        sites.SiteDetails("Edificio principal", working_hours="L-V 8:00-20:00"),
        by=ana,
        at=clock.now(),
    )
    supply = world.supply(account, "Acometida general", place, kilowatts=40)
    meter = world.meter(account, "Contador general", place, measures=supply)
    key = series(15, of=account, meter=meter)
    put(key, list(_readings()), at=clock.now().timestamp())
    installing.add_source(account, name="Pasarela", kind="insertion", by=ana, at=clock.now())
    point = DataPoint.objects.get(pk=key.data_point_id)
    _alert(supply, "power", "Exceso de potencia", ana, severity="high")
    _alert(point, "above", "Más de 35 kW", ana, threshold=35_000.0, minutes=30)
    muted = _alert(supply, "day sum", "Día caro", ana, threshold=480_000.0)
    _alert(place, "night", "Base nocturna", ana)
    making.mute_alert(muted, until=clock.now() + timedelta(days=3), by=ana, at=clock.now())
    evaluate_anew(at=clock.now(), account=account)
    latest = AlertEpisode.objects.filter(account=account, rule__kind="above").order_by("-begins")
    AlertEpisode.objects.filter(pk__in=[each.pk for each in latest[:3]]).update(late=False)
    telling.tell([account.pk], at=clock.now())
    second = latest[1]
    making.acknowledge(second, by=ana, at=clock.now())
    return account, ana


def _alert(
    thing: making.AlertThing, kind: str, name: str, by: Person, **about: object
) -> AlertRule:
    rule = making.make_alert(
        thing,
        kind,
        AlertDetails(name, **about),  # type: ignore[arg-type]
        recipients=[RecipientDetails(by)],
        by=by,
        at=clock.now(),
    )
    AlertRule.objects.filter(pk=rule.pk).update(looks_from=clock.now() - timedelta(days=DAYS - 2))
    rule.refresh_from_db()
    return rule


def _readings() -> list[tuple[float, float]]:
    today = clock.today(MADRID)
    found = []
    for number in range(DAYS, -1, -1):
        local = local_day(today - timedelta(days=number), MADRID)
        for at in range(local.begins, min(local.ends, int(clock.now().timestamp())), 900):
            hour = (at - local.begins) / 3600
            peak = 9 if number % 11 == 3 and 10 <= hour < 12.5 else 0
            last = 12 if number == 0 and hour > 1 else 0
            kw = 8 + (20 + 3 * sin(number)) * max(0, sin((hour - 6) / 16 * 3.14)) + peak + last * 3
            found.append((at, round(kw * 250, 1)))
    return found
