import re
from datetime import date

import pytest
from django.test import Client

from tests import make
from vatio.accounts.models import Account
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


def nav(client: Client, address: str, name: str = "Páginas de la cuenta") -> list[tuple[str, str]]:
    """Read the links of a navigation: each address and its words."""
    page = client.get(address).content.decode()
    found = re.search(rf'<nav[^>]*aria-label="{name}"[^>]*>(.*?)</nav>', page, re.DOTALL)
    if found is None:
        return []
    links = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', found[1], re.DOTALL)
    return [(where, re.sub(r"<svg.*?</svg>|<[^>]*>", "", words)) for where, words in links]


def words(client: Client, address: str) -> list[str]:
    return [each for _where, each in nav(client, address)]


def person_of(role: str, account: Account) -> Person:
    if role == "superadmin":
        return make.superadmin(account.organisation)
    return make.commercial() if role == "commercial" else make.holder(account, role)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("superadmin", ["Resumen", "Consumo", "Instalación", "Alertas", "Personas", "Contrato"]),
        ("administrator", ["Resumen", "Consumo", "Instalación", "Alertas", "Personas", "Contrato"]),
        ("viewer", ["Resumen", "Consumo", "Instalación", "Alertas", "Contrato"]),
        ("commercial", ["Resumen", "Consumo", "Instalación", "Alertas", "Contrato"]),
    ],
)
def test_each_sees_the_pages_of_an_account_that_they_may_open(
    role: str, expected: list[str], client: Client
) -> None:
    hotel = make.account(starts_on=date(2026, 11, 1))
    client.force_login(person_of(role, hotel))

    assert words(client, f"/accounts/{hotel.uid}/") == expected
    for where, _words in nav(client, f"/accounts/{hotel.uid}/"):
        assert words(client, where) == expected


def test_nobody_sees_a_line_of_links_where_they_may_not_enter(client: Client) -> None:
    hotel = make.account(starts_on=date(2024, 2, 29))
    client.force_login(make.holder(hotel))

    assert client.get(f"/accounts/{hotel.uid}/").status_code == 403
    assert words(client, f"/accounts/{hotel.uid}/") == []
    client.force_login(make.superadmin(make.organisation()))
    assert words(client, f"/accounts/{hotel.uid}/") == []
    assert words(client, "/my-accounts/") == []


def test_the_contract_answers_at_both_addresses(client: Client) -> None:
    hotel = make.account("Hotel Lugo 012", starts_on=date(2026, 11, 1))
    for role in ("superadmin", "commercial", "viewer"):
        client.force_login(person_of(role, hotel))

        own, contract = (
            client.get(f"/accounts/{hotel.uid}/{each}").content.decode()
            for each in ("", "contract/")
        )

        heading = r"<h1>Hotel Lugo 012</h1>"
        assert re.findall(heading, own) == re.findall(heading, contract) == [heading]


def test_the_way_back_to_a_list_is_kept_on_every_page_of_an_account(client: Client) -> None:
    hotel = make.account(starts_on=date(2026, 11, 1))
    client.force_login(make.superadmin(hotel.organisation))
    back = f"%2Fo%2F{hotel.organisation.slug}%2Faccounts%2F%3Fq%3Dhotel"

    found = nav(client, f"/accounts/{hotel.uid}/?back={back}")

    assert len(found) == 6
    assert all(where.endswith(f"?back={back}") for where, _words in found)


def test_a_person_of_several_accounts_changes_between_them_by_name(client: Client) -> None:
    hotel = make.account("Hotel Ñora", starts_on=date(2026, 11, 1))
    marta = make.holder(hotel)
    client.force_login(marta)
    assert nav(client, f"/accounts/{hotel.uid}/", "Sus cuentas") == []

    for name in ("Nuevo", "Álamo"):
        other = make.account(name, starts_on=date(2026, 11, 1))
        make.role(other, marta, "viewer")

    found = nav(client, f"/accounts/{hotel.uid}/", "Sus cuentas")
    assert [each for _where, each in found] == ["Álamo", "Hotel Ñora", "Nuevo"]
    assert found[1][0] == f"/accounts/{hotel.uid}/"


def test_of_more_than_ten_accounts_the_rest_is_searched_for(client: Client) -> None:
    first = make.account("Cuenta 00", starts_on=date(2026, 11, 1))
    marta = make.holder(first)
    for number in range(1, 12):
        other = make.account(
            f"Cuenta {number:02}", organisation=first.organisation, starts_on=date(2026, 11, 1)
        )
        make.role(other, marta, "viewer")
    client.force_login(marta)

    found = nav(client, f"/accounts/{first.uid}/", "Sus cuentas")

    assert len(found) == 11
    assert found[-1] == ("/my-accounts/", "Mis cuentas")
