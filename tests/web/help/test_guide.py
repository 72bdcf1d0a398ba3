import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


def read(client: Client, person: object, language: str) -> str:
    person.language = language  # type: ignore[attr-defined]
    person.save()  # type: ignore[attr-defined]
    client.force_login(person)  # type: ignore[arg-type]
    return client.get("/help/").content.decode()


@pytest.mark.parametrize("role", ["administrator", "viewer"])
@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("es", "Su trabajo en una cuenta", "«Añadir medidor»"),
        ("en", "Your work in an account", "«Add a meter»"),
    ],
)
def test_people_of_an_account_read_about_their_work_alone(
    client: Client, role: str, language: str, heading: str, words: str
) -> None:
    page = read(client, make.holder(make.account(), role), language)

    assert heading in page
    assert words in page
    assert 'id="crear"' not in page
    assert 'id="create"' not in page


@pytest.mark.parametrize(
    ("language", "places"),
    [("es", ["crear", "instalacion"]), ("en", ["create", "installation"])],
)
def test_who_leads_reads_about_the_life_of_an_account_and_what_is_installed(
    client: Client, language: str, places: list[str]
) -> None:
    page = read(client, make.superadmin(make.organisation()), language)

    assert all(f'id="{place}"' in page and f'href="#{place}"' in page for place in places)
