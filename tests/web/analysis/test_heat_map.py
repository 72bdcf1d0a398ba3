import pytest
from django.test import Client

from tests import make
from tests.readings.stored import series
from tests.web.analysis.looked import WEEK, look, measured, speak
from vatio.accounts.models import Account
from vatio.metering.models import DataPoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_heat_map_is_read_in_both_languages(
    client: Client, hotel: Account, language: str
) -> None:
    measured(hotel)
    speak(client, hotel, language)

    page = look(client, hotel, WEEK, "heat-map/")

    assert ("Mapa de calor" in page) == (language == "es")
    assert ("Potencia por horas del día" in page) == (language == "es")
    assert "heat-cells" in page


def test_of_whole_days_there_is_no_heat_map(client: Client, hotel: Account) -> None:
    measured(hotel, minutes=1440, each=24_000.0)

    page = look(client, hotel, WEEK, "heat-map/")

    assert "Solo se conocen días enteros" in page


@pytest.mark.parametrize("minutes", [60, 1440])
def test_of_what_was_never_read_it_says_so(client: Client, hotel: Account, minutes: int) -> None:
    measured(hotel)
    key = series(minutes, meter=make.meter(hotel, "Cargadores"))
    point = DataPoint.objects.get(pk=key.data_point_id)

    page = look(client, hotel, f"{WEEK}&what=point:{point.uid}", "heat-map/")

    assert "De esto no se ha leído nunca nada" in page
    assert "Hay lecturas de otros días" not in page
    assert "Solo se conocen días enteros" not in page
