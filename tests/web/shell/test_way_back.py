import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.html import escape

from tests import make
from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

HERE = "/desk/?organisation=sur-energia&kind=renewal"


@pytest.fixture
def elena() -> Person:
    return make.commercial()


@pytest.fixture
def sur() -> Organisation:
    return make.organisation("Sur Energía")


def renewals(of: Organisation, *names: str) -> list[Order]:
    return [make.renewal_order(make.account(name, organisation=of)) for name in names]


def link_of(page: str, order: Order) -> str:
    (address,) = re.findall(rf'class="name" href="(/orders/{order.uid}/[^"]*)"', page)
    return address.replace("&amp;", "&")


def field(page: str, form: str) -> str:
    found = re.search(rf'action="[^"]*/{form}/">.*?name="back" value="([^"]*)"', page)
    assert found, form
    return found[1].replace("&amp;", "&")


def test_the_desk_shows_the_organisation_that_it_filters_by(
    client: Client, elena: Person, sur: Organisation
) -> None:
    (order,) = renewals(sur, "Hotel Rota")
    (other,) = renewals(make.organisation("Norte Eficiente"), "Hotel Lugo")
    client.force_login(elena)

    page = client.get(HERE).content.decode()

    assert order.number in page
    assert other.number not in page
    assert '<option value="sur-energia" selected>Sur Energía</option>' in page
    assert page.count(" selected>") == 2


def test_an_organisation_that_does_not_exist_filters_nothing(client: Client, elena: Person) -> None:
    (order,) = renewals(make.organisation("Norte Eficiente"), "Hotel Lugo")
    client.force_login(elena)

    page = client.get("/desk/?organisation=nobody").content.decode()

    assert order.number in page


@pytest.mark.parametrize("act", ["accept", "reject"])
def test_a_decision_leads_back_to_the_desk_as_it_was_filtered(
    client: Client, elena: Person, sur: Organisation, act: str
) -> None:
    first, second = renewals(sur, "Hotel Rota", "Hotel Cádiz")
    client.force_login(elena)

    address = link_of(client.get(HERE).content.decode(), first)
    page = client.get(address).content.decode()
    sent = client.post(
        f"/orders/{first.uid}/{act}/", {"back": field(page, act), "reason": "Falta el NIF."}
    )
    desk = client.get(sent["Location"]).content.decode()

    assert address == f"/orders/{first.uid}/?back={quote(HERE, safe='')}"
    assert f'<li><a href="{escape(HERE)}">Bandeja comercial</a></li>' in page
    assert sent["Location"] == HERE
    assert re.findall(r'class="name" href="/orders/[^"]*">([^<]+)', desk) == [second.number]
    assert f"{first.number} de Hotel Rota (Sur Energía)" in desk


def test_what_is_done_on_the_way_to_a_decision_keeps_the_way_back(
    client: Client, elena: Person, sur: Organisation
) -> None:
    (order,) = renewals(sur, "Hotel Rota")
    client.force_login(elena)
    page = client.get(f"/orders/{order.uid}/", {"back": HERE}).content.decode()

    for act in ("take", "comment", "note"):
        sent = client.post(
            f"/orders/{order.uid}/{act}/", {"back": field(page, act), "words": "¿Y el NIF?"}
        )
        assert sent["Location"].startswith(f"/orders/{order.uid}/?back={quote(HERE, safe='')}")
    refused = client.post(f"/orders/{order.uid}/reject/", {"back": HERE, "reason": ""})

    assert refused.status_code == 409
    assert field(refused.content.decode(), "reject") == HERE


def test_the_way_back_never_leads_to_another_host(
    client: Client, elena: Person, sur: Organisation
) -> None:
    (order,) = renewals(sur, "Hotel Rota")
    client.force_login(elena)

    for elsewhere in ("https://evil.example/desk/", "//evil.example/", "javascript:alert(1)"):
        page = client.get(f"/orders/{order.uid}/", {"back": elsewhere}).content.decode()
        assert '<li><a href="/desk/">Bandeja comercial</a></li>' in page
        assert field(page, "accept") == ""
    sent = client.post(f"/orders/{order.uid}/accept/", {"back": "https://evil.example/"})

    assert sent["Location"] == "/desk/"


def test_the_forms_of_an_account_lead_back_to_the_list_as_it_was(client: Client) -> None:
    norte = make.organisation("Norte Eficiente")
    make.account("Hotel Lugo", organisation=norte)
    account = Account.objects.get()
    here = f"/o/{norte.slug}/accounts/?q=lugo&sort=-name"
    client.force_login(make.superadmin(norte))

    rows = client.get(here).content.decode()
    form = f"/accounts/{account.uid}/expand/?back={quote(here, safe='')}"
    page = client.get(form).content.decode()
    sent = client.post(form, {"meters": "5"})
    back = client.get(sent["Location"]).content.decode()

    assert f'href="{form}"' in rows
    assert f'<li><a href="{escape(here)}">Gestionar cuentas</a></li>' in page
    assert f'<a class="button quiet" href="{escape(here)}">Cancelar</a>' in page
    assert sent["Location"] == here
    assert "Ampliación pendiente" in back


def test_a_page_two_steps_away_still_finds_its_list(client: Client) -> None:
    norte = make.organisation("Norte Eficiente")
    make.account("Hotel Lugo", organisation=norte)
    account = Account.objects.get()
    here = f"/o/{norte.slug}/accounts/?q=lugo"
    own_page = f"/accounts/{account.uid}/?back={quote(here, safe='')}"
    client.force_login(make.superadmin(norte))

    form = f"/accounts/{account.uid}/configure/?back={quote(own_page, safe='')}"
    assert f'href="{form}"' in client.get(own_page).content.decode()
    page = client.get(form).content.decode()

    assert f'<li><a href="{escape(here)}">Gestionar cuentas</a></li>' in page
    assert f'<li><a href="{escape(own_page)}">Hotel Lugo</a></li>' in page


def test_going_round_in_circles_makes_no_address_longer(client: Client, elena: Person) -> None:
    hotel = make.account("Hotel Rota")
    order = make.renewal_order(hotel)
    client.force_login(elena)
    address, lengths = f"/orders/{order.uid}/?back={quote(HERE, safe='')}", []

    for _turn in range(5):
        for other in (rf"/accounts/{hotel.uid}/", rf"/orders/{order.uid}/"):
            page = client.get(address).content.decode()
            assert f'<li><a href="{escape(HERE)}">Bandeja comercial</a></li>' in page
            address = re.findall(rf'href="({other}\?back=[^"]*)"', page)[0]
        lengths.append(len(address))

    assert len(set(lengths)) == 1


def test_a_list_that_shows_everything_adds_nothing_to_its_links(
    client: Client, elena: Person, sur: Organisation
) -> None:
    (order,) = renewals(sur, "Hotel Rota")
    client.force_login(elena)

    page = client.get("/desk/").content.decode()

    assert link_of(page, order) == f"/orders/{order.uid}/"
