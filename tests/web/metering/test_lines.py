from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.collection.called import KEY, by_modem, call, details, spellings
from tests.web.metering.installing import at, used
from vatio.accounts.models import Account
from vatio.collection.iec102.asdus import MeterKey
from vatio.collection.models import LineSettings
from vatio.collection.setting_up import add_line, change_line, key_of
from vatio.history.models import Act
from vatio.metering.models import RtcLine
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _modems(settings) -> None:
    settings.COLLECT_MODEMS = {"Lugo": "/dev/ttyUSB0"}


@pytest.fixture
def line(hotel: Account, nuria: Person) -> RtcLine:
    point, meter = make.supply_point(hotel, "Acometida"), make.meter(hotel)
    return add_line(point, meter, details(), by=nuria, at=make.NOON)


def written(**more: str) -> dict[str, str]:
    """Return what somebody writes into the form, but for what is said."""
    known = {
        "transport": "ip",
        "host": "8.8.8.8",
        "port": "4001",
        "telephone": "",
        "modem": "",
        "night_from": "00:30",
        "night_until": "06:00",
        "link_address": "7",
        "measuring_point": "3",
        "key": str(KEY),
    }
    return known | more


def added(signed: Client, hotel: Account, **more: str) -> Any:
    point, meter = make.supply_point(hotel), make.meter(hotel)
    form = written(supply_point=str(point.uid), meter=str(meter.uid), **more)
    return signed.post(at(hotel, "lines/new/"), form)


def test_a_line_is_added_with_how_it_is_called(signed: Client, hotel: Account) -> None:
    answer = added(signed, hotel)

    settings = LineSettings.objects.select_related("line").get()
    assert answer.status_code == 302
    assert answer["Location"] == at(hotel, f"lines/{settings.line.uid}/")
    assert (settings.endpoint, settings.link_address, settings.measuring_point) == (
        "8.8.8.8:4001",
        7,
        3,
    )
    assert key_of(settings) == MeterKey(KEY)
    assert used(hotel)["rtc_lines"] == 1


def test_a_line_is_added_by_modem(signed: Client, hotel: Account) -> None:
    added(signed, hotel, transport="modem", telephone="982 10 20 30", modem="Lugo", host="")

    settings = LineSettings.objects.get()
    assert (settings.endpoint, settings.modem, settings.port) == ("+34982102030", "Lugo", None)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"host": "127.0.0.1"}, "Desde aquí no se puede llamar a esta dirección"),
        ({"host": "0x7f.1"}, "cuatro números de 0 a 255"),
        ({"host": ""}, "Escriba la dirección del contador"),
        ({"port": "80"}, "El puerto es un número de 1024 a 65535"),
        ({"key": ""}, "Escriba la clave de acceso"),
        ({"key": "4294967296"}, "La clave de acceso es un número entero"),
        ({"link_address": "65536"}, "Escriba un número de 0 a 65.535"),
        ({"night_until": "00:30"}, "La noche termina a una hora distinta"),
        ({"transport": "modem"}, "Escriba el teléfono del contador"),
        ({"transport": "modem", "telephone": "803123456", "modem": "Lugo"}, "de coste especial"),
    ],
)
def test_what_cannot_be_called_is_refused_beside_its_field(
    signed: Client, hotel: Account, more: dict[str, str], words: str
) -> None:
    answer = added(signed, hotel, **more)

    assert answer.status_code == 422
    assert words in answer.text
    assert not RtcLine.objects.exists()
    assert not [number for number in spellings() if number in answer.text]


def test_how_it_is_called_can_be_said_later(signed: Client, hotel: Account) -> None:
    point, meter = make.supply_point(hotel), make.meter(hotel)

    signed.post(at(hotel, "lines/new/"), {"supply_point": str(point.uid), "meter": str(meter.uid)})

    line = RtcLine.objects.get()
    page = signed.get(at(hotel, f"lines/{line.uid}/")).text
    assert "Falta decir cómo se llega al contador" in page
    signed.post(at(hotel, f"lines/{line.uid}/change/"), written())
    page = signed.get(at(hotel, f"lines/{line.uid}/")).text
    assert "Falta decir" not in page
    assert "guardada" in page


def test_an_empty_key_keeps_the_one_that_is_stored(
    signed: Client, hotel: Account, line: RtcLine
) -> None:
    form = signed.get(at(hotel, f"lines/{line.uid}/change/")).text
    answer = signed.post(
        at(hotel, f"lines/{line.uid}/change/"), written(measuring_point="4", key="")
    )

    settings = LineSettings.objects.select_related("line").get()
    assert answer.status_code == 302
    assert "Guardada: si se deja vacía, se conserva, salvo que se llame a otra dirección." in form
    assert settings.measuring_point == 4
    assert key_of(settings) == MeterKey(KEY)
    assert not Act.objects.filter(verb="line.key_changed").exists()


def test_an_empty_key_goes_to_no_other_address(
    signed: Client, hotel: Account, line: RtcLine
) -> None:
    answer = signed.post(at(hotel, f"lines/{line.uid}/change/"), written(host="8.8.4.4", key=""))

    assert answer.status_code == 422
    assert "Se llama a otra dirección: vuelva a escribir la clave de acceso." in answer.text
    assert LineSettings.objects.get().host == "8.8.8.8"


@pytest.mark.parametrize("key", ["", str(KEY)])
def test_an_empty_form_of_how_it_is_called_says_what_lacks(
    signed: Client, hotel: Account, key: str
) -> None:
    point, meter = make.supply_point(hotel), make.meter(hotel)
    signed.post(at(hotel, "lines/new/"), {"supply_point": str(point.uid), "meter": str(meter.uid)})
    line = RtcLine.objects.get()
    nothing = {"transport": "ip", "night_from": "00:30", "night_until": "06:00", "key": key}

    answer = signed.post(at(hotel, f"lines/{line.uid}/change/"), nothing)

    assert answer.status_code == 422
    assert answer.text.count("Este campo es obligatorio.") >= 2
    assert not LineSettings.objects.exists()


def test_the_key_is_on_no_page_for_anybody(
    client: Client, hotel: Account, nuria: Person, line: RtcLine
) -> None:
    call(line, by=nuria, at=make.NOON)
    shown = []

    for person in (nuria, make.holder(hotel, "viewer"), make.commercial()):
        client.force_login(person)
        for page in ("lines/", f"lines/{line.uid}/", f"lines/{line.uid}/change/"):
            answer = client.get(at(hotel, page))
            shown.append((answer.status_code, answer.text))

    assert [status for status, _text in shown] == [200, 200, 200, 200, 200, 404, 200, 200, 404]
    sealed = bytes(LineSettings.objects.get().sealed_key)
    forms = [*spellings(), sealed.hex(), repr(sealed)[2:-1]]
    assert not [number for _status, text in shown for number in forms if number in text]
    assert "Llegaron las lecturas" in shown[1][1]


def test_a_telephone_is_seen_whole_by_administrators_alone(
    client: Client, hotel: Account, nuria: Person, line: RtcLine
) -> None:
    change_line(line, by_modem(), by=nuria, at=make.NOON)
    shown = []

    for person in (nuria, make.holder(hotel, "administrator"), make.holder(hotel, "viewer"),
                   make.commercial()):  # fmt: skip
        client.force_login(person)
        page = client.get(at(hotel, f"lines/{line.uid}/")).text
        shown.append(("+34 982 10 20 30" in page, "+34 ··· 030" in page))

    assert shown == [(True, False), (True, False), (False, True), (False, True)]


def test_another_accounts_line_is_not_found(signed: Client, hotel: Account, line: RtcLine) -> None:
    other = make.account("Hotel Vigo", organisation=hotel.organisation)

    for page in (f"lines/{line.uid}/", f"lines/{line.uid}/change/"):
        assert signed.get(at(other, page)).status_code == 404
