"""Accounts whose grave alerts tell somebody by SMS as soon as their gateway posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from benchmarks.ground import filling, gateways
from benchmarks.ground.gateways import Gateway
from vatio.accounts import adjusting
from vatio.accounts.models import Account, AccountRole, SmsWallet
from vatio.alerts.models import AlertRecipient, AlertRule
from vatio.metering.models import DataPoint
from vatio.people.models import Telephone
from vatio.tenants.models import Person
from vatio.units import Quantities

POWER = 401
"""The mean power of an interval."""


@dataclass(frozen=True)
class WarnedAccount:
    """A gateway, and the number of who is told of what it posts."""

    gateway: Gateway
    number: str


def install(accounts: Sequence[Account], by: Person, *, at: datetime) -> list[WarnedAccount]:
    """Give each account a gateway of one device, and a grave rule that whatever comes breaks."""
    return [_install(account, place, by, at=at) for place, account in enumerate(accounts)]


def _install(account: Account, place: int, by: Person, *, at: datetime) -> WarnedAccount:
    adjusting.adjust_quantities(
        account,
        Quantities(meters=10, supply_points=0),
        reason="Medida",
        by=by,
        at=filling.NOW,
    )
    gateway = gateways.install(account, f"P{place}", by, devices=1, quantities=(POWER,))
    number = f"+34600{place:06}"
    warned = Person.objects.create(
        email=f"aviso{place}@norte.example", name=f"Marta Vega {place}", created_at=at
    )
    Telephone.objects.create(person=warned, number=number, confirmed_at=at)
    owned = {"account": account, "organisation_id": account.organisation_id}
    AccountRole.objects.create(**owned, person=warned, role="viewer", created_at=at)
    SmsWallet.objects.filter(account=account).update(balance=100, last_added=100)
    rule = AlertRule.objects.create(
        **owned,
        name="Potencia",
        kind="above",
        data_point=DataPoint.objects.get(account=account),
        threshold=0.0,
        severity="high",
        made_at=at,
        looks_from=at - timedelta(days=1),
    )
    AlertRecipient.objects.create(**owned, rule=rule, person=warned, by_mail=False, by_sms=True)
    return WarnedAccount(gateway, number)
