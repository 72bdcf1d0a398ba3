"""A hotel with an alert that has found three episodes, the last of which is open."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.test import Client

from tests import make
from tests.alerts.watching import BEGIN, LATER, QUARTER, follow, point_of, rule
from tests.readings.stored import put, series
from vatio import clock
from vatio.accounts.models import Account
from vatio.alerts import telling
from vatio.alerts.models import AlertEpisode, AlertRule
from vatio.metering.models import DataPoint
from vatio.tenants.models import Person

VALUES = [3_000.0, 3_000.0, 1_000.0, 1_000.0, 3_000.0, 1_000.0, 1_000.0, 2_600.0]
"""Wh of quarters: 12, 4 and 10.4 kW."""


@dataclass
class Watched:
    """What the pages are about, and who looks at them."""

    account: Account
    point: DataPoint
    rule: AlertRule
    ana: Person
    nuria: Person

    @property
    def address(self) -> str:
        return f"/accounts/{self.account.uid}/alerts/"

    def episodes(self) -> Sequence[AlertEpisode]:
        return AlertEpisode.objects.filter(rule=self.rule).order_by("begins")


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def watched(client: Client) -> Watched:
    account = make.account("Hotel Lugo 012")
    key = series(15, of=account)
    put(
        key,
        [(BEGIN + n * QUARTER, value) for n, value in enumerate(VALUES)],
        at=LATER.timestamp(),
    )
    nuria = make.superadmin(account.organisation)
    ana = make.holder(account, "administrator", "Ana Souto")
    made = rule(point_of(key), name="Más de 10 kW", recipients=[ana])
    follow()
    AlertEpisode.objects.update(late=False)
    telling.tell([account.pk], at=LATER)
    client.force_login(ana)
    return Watched(account, point_of(key), made, ana, nuria)
