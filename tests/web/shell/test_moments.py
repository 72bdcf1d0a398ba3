import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests import make
from vatio.accounts import inviting
from vatio.accounts.models import Account, AccountRole
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
MOMENT = re.compile(r'<time datetime="([^"]+)" title="([^"]+)">([^<]+)</time>')
FOOT = re.compile(r'<footer class="foot">.*?\(([A-Za-z_/]+)\)</span></footer>', re.S)


@pytest.fixture
def sur() -> Organisation:
    return make.organisation("Sur Energía", time_zone="Atlantic/Canary")


@pytest.fixture
def lucia(sur: Organisation) -> Person:
    return make.superadmin(sur, "Lucía Herrera")


@pytest.fixture
def hotel(sur: Organisation) -> Account:
    return make.account("Hotel Teguise", organisation=sur, time_zone="Europe/Madrid")


@pytest.fixture
def order(hotel: Account, lucia: Person) -> Order:
    return make.renewal_order(hotel, by=lucia, at=LATE)


def moments(client: Client, person: Person, address: str) -> set[tuple[str, str]]:
    """Read the zone and the words of each moment of a page, whose foot must name that zone."""
    client.force_login(person)
    page = client.get(address).content.decode()
    found = MOMENT.findall(page)
    assert found
    assert {zone for _iso, zone, _words in found} == {FOOT.findall(page)[0]}
    return {(zone, words) for iso, zone, words in found if datetime.fromisoformat(iso) == LATE}


def test_an_order_is_read_in_the_zone_of_whoever_reads_it(
    client: Client, order: Order, lucia: Person, sur: Organisation
) -> None:
    elena = make.commercial()

    assert moments(client, lucia, f"/orders/{order.uid}/") == {
        ("Atlantic/Canary", "24 nov 2026, 23:30")
    }
    assert moments(client, lucia, f"/o/{sur.slug}/orders/") == {
        ("Atlantic/Canary", "24 nov 2026, 23:30")
    }
    for address in (f"/orders/{order.uid}/", "/desk/"):
        assert moments(client, elena, address) == {("Europe/Madrid", "25 nov 2026, 00:30")}


def test_the_history_of_an_account_is_read_in_the_zone_of_the_page_too(
    client: Client, order: Order, hotel: Account, lucia: Person
) -> None:
    address = f"/accounts/{hotel.uid}/"

    assert moments(client, lucia, address) == {("Atlantic/Canary", "24 nov 2026, 23:30")}
    assert moments(client, make.commercial(), address) == {("Europe/Madrid", "25 nov 2026, 00:30")}


def test_the_people_of_an_account_read_the_time_where_it_stands(
    client: Client, sur: Organisation, lucia: Person
) -> None:
    account = make.account("Faro", organisation=sur, time_zone="Africa/Ceuta")
    marta = make.holder(account)
    inviting.invite_to_account(
        account, "brais@faro.example", role=AccountRole.Role.VIEWER, by=marta, at=LATE
    )
    client.force_login(marta)

    page = client.get(f"/accounts/{account.uid}/people/").content.decode()

    assert FOOT.findall(page) == ["Africa/Ceuta"]
    assert {zone for _iso, zone, _words in MOMENT.findall(page)} <= {"Africa/Ceuta"}
