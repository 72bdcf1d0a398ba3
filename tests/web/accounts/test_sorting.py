import re

import pytest
from django.test import Client

from tests import make
from tests.sheets import opened
from tests.web.accounts.test_account_list import NAME
from vatio import pagination
from vatio.accounts.models import Account

pytestmark = pytest.mark.django_db

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
