import pytest
from django.test import Client

from tests import make
from tests.web.metering.installing import CUPS, at, used
from vatio.accounts.models import Account
from vatio.metering import installing, retiring
from vatio.metering.models import DataPoint, Meter

pytestmark = pytest.mark.django_db


def furnished(hotel: Account) -> tuple[Meter, DataPoint]:
    meter = make.meter(hotel, "General", serial="A-1")
    point = installing.add_data_point(
        meter, quantity=402, minutes=15, by=make.commercial(), at=make.NOON
    )
    return meter, point


def test_retiring_asks_first_and_says_what_goes_along(signed: Client, hotel: Account) -> None:
    meter, point = furnished(hotel)
    page = at(hotel, f"meters/{meter.uid}/retire/")

    asked = signed.post(page)
    assert asked.status_code == 200
    assert point.name in asked.text
    assert "Libera 1 medidor y 1 DP." in asked.text
    assert used(hotel) == {"meters": 1, "data_points": 1}
    signed.post(page, {"sure": "yes"})

    assert used(hotel) == {}
    assert signed.post(page, {"sure": "yes"}).status_code == 409


def test_what_takes_nothing_along_is_retired_at_once_and_put_back(
    signed: Client, hotel: Account
) -> None:
    point = make.supply_point(hotel, cups=CUPS)
    page = at(hotel, f"supply-points/{point.uid}/")

    gone = signed.post(f"{page}retire/", {"back": "/lists/?page=2"})
    assert gone["Location"] == "/lists/?page=2"
    assert used(hotel) == {}
    assert "Volver a poner en servicio" in signed.get(page).text
    back = signed.post(f"{page}return/")

    assert back["Location"] == page
    assert used(hotel) == {"supply_points": 1}


def test_a_line_that_goes_says_that_its_meter_counts_again(signed: Client, hotel: Account) -> None:
    line = installing.add_rtc_line(
        make.supply_point(hotel), make.meter(hotel), by=make.commercial(), at=make.NOON
    )
    for _each in range(3):
        make.meter(hotel)
    page = at(hotel, f"lines/{line.uid}/retire/")

    asked, refused = signed.post(page), signed.post(page, {"sure": "yes"})

    assert "Toma 1 medidor: quedan 0 de 3." in asked.text
    assert refused.status_code == 409
    assert "Límite de medidores: 3 de 3" in refused.text
    line.refresh_from_db()
    assert line.is_in_service


def test_what_finds_no_room_stays_retired(signed: Client, hotel: Account) -> None:
    meter, _point = furnished(hotel)
    retiring.retire(meter, by=make.commercial(), at=make.NOON)
    for _each in range(3):
        make.meter(hotel)

    answer = signed.post(at(hotel, f"meters/{meter.uid}/return/"))

    assert answer.status_code == 409
    assert "Límite de medidores: 3 de 3" in answer.text
    assert f"/accounts/{hotel.uid}/expand/" in answer.text
    meter.refresh_from_db()
    assert meter.service == "retired"


def test_a_point_is_not_put_back_before_its_meter(signed: Client, hotel: Account) -> None:
    meter, point = furnished(hotel)
    retiring.retire(meter, by=make.commercial(), at=make.NOON)

    answer = signed.post(at(hotel, f"data-points/{point.uid}/return/"))

    assert answer.status_code == 409
    point.refresh_from_db()
    assert point.service == "retired"


@pytest.mark.parametrize("kind", ["sites", "sources", "nothing"])
def test_what_has_no_service_is_not_retired(kind: str, signed: Client, hotel: Account) -> None:
    meter, _point = furnished(hotel)

    assert signed.post(at(hotel, f"{kind}/{meter.uid}/retire/")).status_code == 404
    assert signed.post(at(hotel, f"lines/{meter.uid}/retire/")).status_code == 404
