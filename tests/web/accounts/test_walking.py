import re

import pytest
from django.test import Client

from tests import make
from tests.web.accounts.test_account_list import fill, names
from vatio import pagination
from vatio.portfolios import listing
from vatio.tenants.models import Organisation

pytestmark = pytest.mark.django_db

STEP = re.compile(r'<a href="(\?[^"]+)"(?: rel="\w+")?>(\w+)</a>')


@pytest.fixture(scope="module")
def eight(module_transaction: None) -> Organisation:
    norte = make.organisation("Norte Eficiente")
    make.superadmin(norte)
    fill(norte, 8)
    return norte


def steps(client: Client, address: str) -> dict[str, str]:
    page = client.get(address).content.decode().replace("&amp;", "&")
    return {words: query for query, words in STEP.findall(page)}


@pytest.mark.parametrize("sort", [f"{way}{sort}" for sort in listing.SORTS for way in ("", "-")])
def test_every_account_is_on_one_page_whichever_way_one_walks(
    eight: Organisation, client: Client, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for paged in (pagination.page, pagination.page_of):
        monkeypatch.setattr(paged, "__kwdefaults__", {"size": 3})
    client.force_login(eight.memberships.get().person)
    base = f"/o/{eight.slug}/accounts/"

    address, forwards = f"{base}?sort={sort}", []
    while True:
        forwards.append(names(client, address))
        onwards = steps(client, address).get("Siguiente")
        if onwards is None:
            break
        address = base + onwards
    backwards = [names(client, address)]
    while (back := steps(client, address).get("Anterior")) is not None:
        address = base + back
        backwards.insert(0, names(client, address))

    assert [len(page) for page in forwards] == [3, 3, 2]
    assert sorted(sum(forwards, [])) == [f"Hotel {n:03}" for n in range(1, 9)]
    assert sum(backwards, []) == sum(forwards, [])
    last = steps(client, f"{base}?sort={sort}")["Última"]
    assert names(client, base + last) == sum(forwards, [])[-3:]
    first = steps(client, base + last)["Primera"]
    assert names(client, base + first) == forwards[0]
