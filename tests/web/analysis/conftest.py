"""The account whose energy is looked at, at the end of an October."""

import pytest
from django.test import Client

from tests import make
from tests.web.analysis.looked import AT
from vatio import clock
from vatio.accounts.models import Account


@pytest.fixture
def october(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def hotel(client: Client) -> Account:
    account = make.account(
        "Hotel Lugo", version=make.licence("Noventa", meters=90, supply_points=90)
    )
    client.force_login(make.holder(account, "administrator"))
    return account
