import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts.models import Account
from vatio.tenants.models import Person


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.NOON)


@pytest.fixture
def hotel() -> Account:
    version = make.licence("Tres", meters=3, supply_points=3, rtc_lines=2)
    return make.account("Hotel Lugo 012", version=version)


@pytest.fixture
def nuria(hotel: Account) -> Person:
    return make.superadmin(hotel.organisation)


@pytest.fixture
def signed(client: Client, nuria: Person) -> Client:
    client.force_login(nuria)
    return client
