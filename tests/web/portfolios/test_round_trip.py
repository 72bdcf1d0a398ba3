from datetime import date

import pytest
from django.test import Client

from tests import make
from tests.sheets import HOSTILE
from vatio import clock
from vatio.accounts.holdings import held
from vatio.accounts.models import Account
from vatio.portfolios import importing, unread
from vatio.portfolios.importing import Plan
from vatio.tenants.models import Organisation
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

ALL = ("", "expired/")


def portfolio(norte: Organisation) -> None:
    """Fill an organisation with accounts in every state, and with names like formulas."""
    by_dp = make.licence("Starter DP", data_points=1250, rtc_lines=2)
    lugo = make.account(
        "Hotel Lugo", organisation=norte, starts_on=make.NOON.date(), sms_credits=1500
    )
    make.meter(lugo)
    make.account("Hotel Foz", organisation=norte, starts_on=date(2024, 2, 29), sms_credits=1500)
    make.account("Nave Sil", organisation=norte, starts_on=date(2026, 1, 31), version=by_dp)
    less = Quantities(meters=12, supply_points=5, rtc_lines=0)
    make.account("Molino", organisation=norte, starts_on=date(2026, 6, 30), totals=less)
    for number, name in enumerate(HOSTILE):
        make.account(f"{name.strip()} {number}", organisation=norte, starts_on=date(2026, 6, 1))


def exported(client: Client, norte: Organisation, language: str, part: str) -> bytes:
    person = make.superadmin(norte)
    person.language = language
    person.save(update_fields=["language"])
    client.force_login(person)
    answer = client.get(f"/o/{norte.slug}/accounts/{part}?as=xlsx")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def plan(organisation: Organisation, content: bytes) -> Plan:
    return importing.plan(organisation, content, licences={}, ends="", at=clock.now())


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_exported_can_be_imported_as_it_is(client: Client, language: str) -> None:
    norte, sur = make.organisation("Norte"), make.organisation("Sur")
    portfolio(norte)

    for part in ALL:
        found = plan(sur, exported(client, norte, language, part))
        assert found.faults == []
        assert unread.sentences(found.portfolio) == []
        importing.carry_out(found, by=None, at=clock.now())

    assert written(sur) == written(norte)


def written(organisation: Organisation) -> dict[str, tuple[object, ...]]:
    """Return what an organisation's accounts are called, and all that they hold."""
    found = {}
    for account in Account.objects.filter(organisation=organisation):
        holding = held(account, account.opened_on)
        assert holding is not None
        found[account.name] = (
            account.client,
            account.nif,
            account.sector,
            account.opened_on,
            account.covered_until,
            account.wallet.balance,
            holding.licence,
            holding.totals,
        )
    return found
