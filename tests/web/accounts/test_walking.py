import re

import pytest
from django.test import Client

from tests import make
from tests.sheets import opened
from tests.web.accounts.test_account_list import NAME, fill
from vatio import pagination
from vatio.accounts.models import Account
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


SPANISH = [
    f"{name} Sur" for name in ("Águila", "Azor", "Navarra", "Nutria", "Ñandú", "Oca", "Zorro")
]


@pytest.mark.parametrize("sort", ["name", "client", "organisation"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_enye_comes_after_n_on_every_page_and_in_the_workbook(
    client: Client, sort: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for paged in (pagination.page, pagination.page_of):
        monkeypatch.setattr(paged, "__kwdefaults__", {"size": 3})
    department = make.person("Elena Cid", commercial=True, language=language)
    for name in ("Oca Sur", "Ñandú Sur", "Azor Sur", "Nutria Sur", "Águila Sur", "Zorro Sur"):
        account = make.account(name, organisation=make.organisation(name))
        Account.objects.filter(pk=account.pk).update(client=name)
    account = make.account("Navarra Sur", organisation=make.organisation("Navarra Sur"))
    Account.objects.filter(pk=account.pk).update(client="Navarra Sur")
    client.force_login(department)

    walked: list[str] = []
    query = f"?sort={sort}"
    while query:
        page = client.get(f"/desk/accounts/{query}").content.decode().replace("&amp;", "&")
        walked += NAME.findall(page)
        later = re.search(r'<a href="(\?[^"]+)"(?: rel="next")?>(?:Siguiente|Next)</a>', page)
        query = later.group(1) if later else ""
    turned = NAME.findall(client.get(f"/desk/accounts/?sort=-{sort}").content.decode())
    answer = client.get(f"/desk/accounts/?sort={sort}&as=xlsx")
    rows = opened(b"".join(answer.streaming_content)).get_sheet_by_index(0).to_python()

    assert walked == SPANISH
    assert turned == SPANISH[:-4:-1]
    assert [row[0] for row in rows[1:]] == SPANISH


def test_people_and_organisations_are_listed_by_their_names(client: Client) -> None:
    organisation = make.organisation("Ñandú")
    for name in ("Zoe", "Ñuño", "Nuria", "Álvaro", "Olga"):
        make.superadmin(organisation, name)
    make.organisation("Nutria")
    make.organisation("Oca")
    client.force_login(make.commercial())

    people = client.get(f"/desk/organisations/{organisation.slug}/").content.decode()
    organisations = client.get("/desk/organisations/").content.decode()

    assert re.findall(r"<li><span>(\w+)</span>", people) == [
        *("Álvaro", "Nuria", "Ñuño", "Olga", "Zoe"),
    ]
    assert NAME.findall(organisations) == ["Nutria", "Ñandú", "Oca"]
