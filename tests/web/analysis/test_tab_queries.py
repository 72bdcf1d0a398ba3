import re

import pytest
from django.test import Client

from tests import make
from tests.web.analysis.looked import WEEK, look, measured, supplied
from vatio.accounts.models import Account
from vatio.metering.models import DataPoint, Meter
from vatio.metering.sites import SiteDetails, add_site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]

VIEWS = ("Consumo", "Mapa de calor", "Calidad de datos", "Entregas")


def tabs(page: str) -> list[str]:
    """Return the query strings of the tabs, in the order of `VIEWS`."""
    nav = page[page.index('id="energy-tabs"') :]
    found = re.findall(r'<a href="[^"?]+([^"]*)"[^>]*>([^<]+)</a>', nav[: nav.index("</nav>")])
    assert tuple(words for _query, words in found) == VIEWS
    return [query for query, _words in found]


@pytest.mark.parametrize("view", ["", "heat-map/"])
def test_a_supply_point_and_its_week_go_along(client: Client, hotel: Account, view: str) -> None:
    supply = supplied(hotel, "Acometida")
    query = f"?what=supply%3A{supply.uid}&from=2026-10-19&to=2026-10-25&versus=weekday"
    meter = Meter.objects.get(name="Contador de Acometida")

    found = tabs(look(client, hotel, query, view))

    assert found == [query, query, f"{query}&meter={meter.uid}&period=2026-10", ""]


def test_the_filters_of_the_quality_keep_what_led_to_a_meter(
    client: Client, hotel: Account
) -> None:
    supply = supplied(hotel, "Acometida")
    there = tabs(look(client, hotel, f"?what=supply%3A{supply.uid}"))[2]

    page = look(client, hotel, there, "data-quality/")

    assert f'<input type="hidden" name="what" value="supply:{supply.uid}">' in page


def test_without_a_choice_each_view_has_its_own_span(client: Client, hotel: Account) -> None:
    measured(hotel)

    assert tabs(look(client, hotel)) == ["", "", "", ""]


def test_a_data_point_goes_to_its_quality_and_back(client: Client, hotel: Account) -> None:
    key = measured(hotel)
    point = DataPoint.objects.get(pk=key.data_point_id)
    way = f"?what=point%3A{point.uid}"
    month = f"{way}&from=2026-09-01&to=2026-09-30"

    assert tabs(look(client, hotel, way))[2] == f"{way}&point={point.uid}"
    back = tabs(look(client, hotel, f"?point={point.uid}&period=2026-09", "data-quality/"))
    assert back == [month, month, "", ""]


def test_a_site_and_a_year_go_to_the_quality_and_back(client: Client, hotel: Account) -> None:
    site = add_site(hotel, SiteDetails("Spa"), by=make.commercial(), at=make.NOON)
    measured(hotel)
    query = f"?what=site%3A{site.uid}&from=2026-01-01&to=2026-10-28"

    there = tabs(look(client, hotel, query))[2]

    assert there == f"{query}&site={site.uid}&period=2026"
    assert tabs(look(client, hotel, there, "data-quality/"))[:2] == [query, query]


def test_of_two_years_the_quality_has_its_usual_span(client: Client, hotel: Account) -> None:
    measured(hotel)

    found = tabs(look(client, hotel, "?from=2025-12-01&to=2026-01-31"))

    assert "period" not in found[2]


def test_what_somebody_wrote_into_an_address_stays_in_its_place(
    client: Client, hotel: Account
) -> None:
    measured(hotel)

    page = look(client, hotel, f'{WEEK}&what="><b>&by=%22%3E%3Cb%3E')

    assert "<b>" not in page[page.index('id="energy-tabs"') :][:3000]
