import re

import pytest
from django.test import Client

from tests import make
from vatio.web.help.guide import PICTURES

pytestmark = pytest.mark.django_db

PORTFOLIO = "help/cartera"
HISTORY = {"es": '<h2 id="consultas">', "en": '<h2 id="looking">'}


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


ENERGY = {
    "es": [
        "lineas-rtc",
        *("primeros-minutos", "resumen", "consumo", "valores", "base-nocturna"),
        *("mapa-de-calor", "calidad-de-datos", "series-calculadas"),
        *("alertas", "avisos"),
    ],
    "en": [
        "rtc-lines",
        *("first-minutes", "overview", "consumption", "values", "night-base"),
        *("heat-map", "data-quality", "calculated-series"),
        *("alerts", "notices"),
    ],
}


def chapters(page: str) -> list[str]:
    return re.findall(r'<li><a href="#([\w-]+)">', page)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_people_of_an_account_read_about_its_energy_and_not_about_the_work_of_others(
    client: Client, language: str, role: str
) -> None:
    page = read(client, make.holder(make.account(), role), language)

    assert chapters(page)[1:] == ENERGY[language]
    assert all(f'<h2 id="{place}">' in page for place in chapters(page))
    assert PORTFOLIO not in page
    assert HISTORY[language] not in page


@pytest.mark.parametrize("language", ["es", "en"])
def test_who_leads_reads_about_the_portfolio_besides(client: Client, language: str) -> None:
    page = read(client, make.superadmin(make.organisation()), language)

    assert chapters(page)[4:-1] == ENERGY[language]
    assert all(f'<h2 id="{place}">' in page for place in chapters(page))
    assert PORTFOLIO in page
    assert HISTORY[language] not in page


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_commercial_department_reads_what_a_look_leaves_in_the_history(
    client: Client, language: str
) -> None:
    page = read(client, make.commercial(), language)

    assert chapters(page)[4:-1] == ENERGY[language]
    assert all(f'<h2 id="{place}">' in page for place in chapters(page))
    assert PORTFOLIO not in page
    assert HISTORY[language] in page


def test_every_picture_is_there_and_is_shown_in_both_languages(client: Client) -> None:
    person = make.superadmin(make.organisation())

    shown = {
        language: re.findall(r"help/([\w-]+?)(?:\.\w+)?\.png", read(client, person, language))
        for language in ("es", "en")
    }

    assert shown["es"] == shown["en"]
    assert set(shown["es"]) == set(PICTURES)


def test_the_guide_does_not_exclaim(client: Client) -> None:
    person = make.superadmin(make.organisation())
    person.is_commercial = True

    pages = [read(client, person, language) for language in ("es", "en")]

    words = [re.sub(r"<[^>]+>", "", page[page.index("<article") :]) for page in pages]
    assert not any(mark in each for each in words for mark in "!¡")
