"""Gives accounts of the demo a few alerts, and finds what they would have found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from vatio.accounts.expiry import has_started
from vatio.accounts.models import Account
from vatio.alerts import making
from vatio.alerts.details import AlertDetails, AlertThing, RecipientDetails
from vatio.alerts.evaluating import evaluate_anew
from vatio.alerts.foreseeing import foresee
from vatio.alerts.kinds import AlertKind, Severity
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.metering.models import DataSource
from vatio.tenants.models import Person

WATCHED = frozenset(
    (
        "Hotel Lugo 012",
        "Quesería Terra Chá 027",
        "Supermercado Oroso 008",
        "Piscina municipal de Teo 005",
    )
)
"""The accounts that have alerts from the start."""

LOOKED_BACK = timedelta(days=75)
"""How long ago the alerts of the demo were made, as it tells."""

TOLD_WITHIN = timedelta(days=60)
"""What began within that time was told when it happened; what began before counts as late."""

FEW = 3
"""How many of the highest days and hours the thresholds leave above them, about."""


def watch(account: Account, *, at: datetime) -> None:
    """Make the alerts of an account of the demo, once; nobody is written to of what they find."""
    made = AlertRule.objects.filter(account=account, made_by__isnull=False)
    if account.name not in WATCHED or made.exists():
        return
    leader = Person.objects.filter(memberships__organisation=account.organisation_id)
    by = leader.order_by("pk").first()
    supply = account.supplypoints.filter(energy="electricity").order_by("pk").first()
    if by is None or supply is None or account.ends_at is None or account.ends_at <= at:
        return
    people = [RecipientDetails(by), *(RecipientDetails(each) for each in _own(account, by))]
    sums = _values(account, supply, AlertKind.DAY_SUM, at=at)
    months = _values(account, supply, AlertKind.MONTH_SUM, at=at)
    wanted: list[tuple[AlertThing, str, AlertDetails]] = [
        (supply, AlertKind.POWER, AlertDetails("Exceso de potencia", severity=Severity.HIGH)),
        (supply, AlertKind.NIGHT, AlertDetails("Base nocturna alta")),
    ]
    if len(sums) > FEW:
        level = round(sorted(sums)[-FEW - 1], -4)
        wanted.append((supply, AlertKind.DAY_SUM, AlertDetails("Día de mucho consumo", level)))
    if months:
        budget = round(months[-1] * 0.9, -4)
        wanted.append((supply, AlertKind.MONTH_SUM, AlertDetails("Presupuesto del mes", budget)))
    gateway = account.datasources.filter(kind=DataSource.Kind.INSERTION).order_by("pk").first()
    if gateway is not None:
        wanted.append((gateway, AlertKind.SILENCE, AlertDetails("La pasarela calla")))
    before = at - LOOKED_BACK
    made_at = before if has_started(account, at=before) else at
    for thing, kind, details in wanted:
        since = at if kind == AlertKind.SILENCE else made_at
        making.make_alert(thing, kind, details, recipients=people, by=by, at=since)
    _look_back(account, by, at=at)


def _own(account: Account, by: Person) -> Sequence[Person]:
    return list(Person.objects.filter(account_roles__account=account).exclude(pk=by.pk).distinct())


def _values(account: Account, thing: AlertThing, kind: str, *, at: datetime) -> list[float]:
    """Return what an alert of a kind would have compared lately."""
    found = foresee(account, thing, kind, AlertDetails("–", threshold=0.0), at=at)
    return [value for _at, value in found.curve.slots if value] if found.curve else []


def _look_back(account: Account, by: Person, *, at: datetime) -> None:
    """Find what the alerts would have found; the latest was told, one acknowledged, one muted."""
    rules = AlertRule.objects.filter(account=account).exclude(kind=AlertKind.SILENCE)
    rules.update(looks_from=at - LOOKED_BACK)
    evaluate_anew(at=at, account=account)
    found = AlertEpisode.objects.filter(account=account)
    found.filter(begins__gte=at - TOLD_WITHIN).update(
        late=False, noticed_at=F("last_at"), told_opened_at=F("last_at")
    )
    found.filter(told_opened_at__isnull=False).update(
        told_closed_at=F("ends"), told_worsened_at=F("worsened_at")
    )
    last = found.filter(ends__isnull=False, late=False).order_by("-begins").first()
    if last is not None:
        making.acknowledge(last, by=by, at=min(last.last_at + timedelta(hours=1), at))
    muted = rules.filter(kind=AlertKind.NIGHT).first()
    if muted is not None:
        making.mute_alert(muted, until=at + timedelta(days=5), by=by, at=at)
