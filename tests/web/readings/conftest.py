from datetime import UTC, datetime

import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts.models import Account

AT = datetime(2026, 10, 28, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_the_end_of_october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def hotel(client: Client) -> Account:
    version = make.licence("Nueve", meters=9, supply_points=9)
    account = make.account("Hotel Lugo", version=version)
    client.force_login(make.holder(account, "administrator"))
    return account
