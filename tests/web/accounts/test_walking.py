import re

import pytest
from django.test import Client

from tests import make
from tests.web.accounts.test_account_list import NAME, fill
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


def read(client: Client, address: str) -> tuple[list[str], dict[str, str]]:
    """Read the names on a page, and where its steps lead."""
    page = client.get(address).content.decode()
    steps = STEP.findall(page.replace("&amp;", "&"))
    return NAME.findall(page), {words: query for query, words in steps}


@pytest.mark.parametrize("sort", [f"{way}{sort}" for sort in listing.SORTS for way in ("", "-")])
def test_every_account_is_on_one_page_whichever_way_one_walks(
    eight: Organisation, client: Client, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for paged in (pagination.page, pagination.page_of):
        monkeypatch.setattr(paged, "__kwdefaults__", {"size": 3})
    client.force_login(eight.memberships.get().person)
    base = f"/o/{eight.slug}/accounts/"

    first, steps = read(client, f"{base}?sort={sort}")
    to_the_last, forwards = steps["Última"], [first]
    while "Siguiente" in steps:
        page, steps = read(client, base + steps["Siguiente"])
        forwards.append(page)
    backwards = forwards[-1:]
    while "Anterior" in steps:
        page, steps = read(client, base + steps["Anterior"])
        backwards.insert(0, page)
    last, steps = read(client, base + to_the_last)
    first_again, _steps = read(client, base + steps["Primera"])

    assert [len(page) for page in forwards] == [3, 3, 2]
    assert sorted(sum(forwards, [])) == [f"Hotel {n:03}" for n in range(1, 9)]
    assert sum(backwards, []) == sum(forwards, [])
    assert last == sum(forwards, [])[-3:]
    assert first_again == first
