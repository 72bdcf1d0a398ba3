import pytest
from django.test import Client

from tests import make
from tests.web.alerts.conftest import Watched

pytestmark = pytest.mark.django_db


def test_what_is_open_leads_to_its_episode_from_the_overview(
    client: Client, watched: Watched
) -> None:
    page = client.get(f"/accounts/{watched.account.uid}/overview/").content.decode()

    assert f'{watched.address}{watched.episodes()[2].uid}/">Alerta: Más de 10 kW</a>' in page


def test_the_portfolio_counts_open_alerts_and_sorts_by_them(
    client: Client, watched: Watched
) -> None:
    norte = watched.account.organisation
    make.account("Almacén sin alertas", organisation=norte)
    client.force_login(watched.nuria)

    page = client.get(f"/o/{norte.slug}/portfolio/?sort=-alerts").content.decode()
    text = client.get(f"/o/{norte.slug}/portfolio/?as=csv").content.decode("utf-8-sig")

    assert page.index("Hotel Lugo 012") < page.index("Almacén sin alertas")
    assert f'href="{watched.address}?state=open"' in page
    heading, *rows = [line.split(";") for line in text.splitlines()]
    place = heading.index("Alertas abiertas")
    assert {row[0]: row[place] for row in rows} == {
        "Almacén sin alertas": "0",
        "Hotel Lugo 012": "1",
    }
