import re

import pytest
from django.test import Client

from tests import make
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r'<a class="name" href="/orders/[^"]+">([^<]+)')


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation) -> Person:
    return make.superadmin(norte)


def numbers(client: Client, address: str) -> list[str]:
    return NUMBER.findall(client.get(address).content.decode())


@pytest.mark.parametrize("text", ["malaga", "MÁL soria", "teruel", "TERUEL"])
def test_orders_are_found_by_the_words_of_their_accounts(
    norte: Organisation, nuria: Person, client: Client, text: str
) -> None:
    hotel = make.account("Hotel Málaga Soria", organisation=norte)
    renewal = make.renewal_order(hotel, by=nuria)
    opening = make.opening_order(norte, "Bodega Teruel", by=nuria)
    expected = [opening.number if "teruel" in text.lower() else renewal.number]

    client.force_login(nuria)
    own = numbers(client, f"/o/{norte.slug}/orders/?q={text}")
    client.force_login(make.commercial())
    desk = numbers(client, f"/desk/?q={text}")

    assert Order.objects.count() == 2
    assert own == expected
    assert desk == expected


@pytest.mark.parametrize("state", ["offered", "declined"])
def test_no_list_offers_a_state_that_no_order_can_have(
    norte: Organisation, nuria: Person, client: Client, state: str
) -> None:
    order = make.renewal_order(make.account("Hotel Soria", organisation=norte), by=nuria)

    client.force_login(nuria)
    own = client.get(f"/o/{norte.slug}/orders/?show=all&state={state}").content.decode()
    client.force_login(make.commercial())
    desk = client.get(f"/desk/?state={state}").content.decode()

    for page in (own, desk):
        assert order.number in page
        assert "Con oferta" not in page
        assert "Declinada" not in page
        assert "Rechazada" in page
