import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.readings.devices import Gateway, gateway
from tests.web.metering.installing import at, used
from vatio.accounts.models import Account
from vatio.metering import installing
from vatio.metering.models import DataPoint, Meter
from vatio.readings.models import PendingQuantity, PendingReading
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

HOSTILE = [
    '<script>alert("x")</script>',
    "\"><img src=x onerror=alert('x')>",
    "מונה 7 عداد",
    "W" * 120,
    "a/b?c=d&e=%00#{{ f }}",
    " 7 ",
]


@pytest.fixture
def own(hotel: Account) -> Gateway:
    made = gateway(hotel)
    made.sends((0, 48_212.182), (1, 48_214))
    return made


def page(own: Gateway, what: str) -> str:
    return at(own.account, f"sources/{own.source.uid}/{what}/")


def filled(**written: object) -> dict[str, object]:
    return {
        "did": "7",
        "name": "Cuadro 7",
        "role": "principal",
        "take_402": "yes",
        "minutes_402": "60",
        **written,
    }


def test_the_installation_shows_what_waits(signed: Client, own: Gateway) -> None:
    shown = signed.get(at(own.account, "")).text

    assert '<h2 id="waiting-heading">Por aceptar</h2><p>1 dispositivo</p>' in shown
    assert "Energía activa" in shown
    assert "48.214 kWh" in shown
    assert len(re.findall(r"<button[^>]*>(Aceptar|Rechazar)<span", shown)) == 2


def test_in_english_too(signed: Client, own: Gateway, nuria: Person) -> None:
    nuria.language = "en"
    nuria.save(update_fields=["language"])

    shown = signed.get(at(own.account, "")).text
    form = signed.get(page(own, "accept"), {"did": "7"}).text

    assert "To be accepted" in shown
    assert "48,214 kWh" in shown
    assert "It takes 1 meter: 3 of 3 are left." in form


def test_without_a_gateway_there_is_no_such_section(signed: Client, hotel: Account) -> None:
    assert "Por aceptar" not in signed.get(at(hotel, "")).text


def test_of_many_the_first_are_shown_and_the_rest_on_their_page(
    signed: Client, own: Gateway
) -> None:
    for number in range(12):
        own.sends((0, 1), did=f"D{number:02}")

    shown, every = signed.get(at(own.account, "")), signed.get(at(own.account, "waiting/"))

    assert "13 dispositivos" in shown.text
    assert ("D08" in shown.text, "D09" in shown.text) == (True, False)
    assert "D11" in every.text


def test_statements_do_not_grow_with_what_waits(signed: Client, own: Gateway) -> None:
    counts = []
    for number in range(2):
        own.sends((0, 1), (1, 2), did=f"D{number}")
        own.sends((0, 1), p=301)
        with CaptureQueriesContext(connection) as ran:
            signed.get(at(own.account, "waiting/"))
        counts.append(len(ran))

    assert counts[0] == counts[1]


def test_the_form_proposes_and_says_what_it_takes(signed: Client, own: Gateway) -> None:
    shown = signed.get(page(own, "accept"), {"did": "7"}).text

    assert "Toma 1 medidor: quedan 3 de 3." in shown
    assert 'name="name" type="text" value="7"' in shown
    assert '<option value="60" selected>' in shown
    assert "2 lecturas retenidas" in shown
    assert "último valor: 48.214 kWh" in shown
    for words in ("Nombre", "Emplazamiento", "Suministro que mide", "Papel", "Resolución"):
        assert f">{words}</label>" in shown
    assert ">Guardar</button>" in shown


def test_accepting_makes_the_meter_and_says_how_many_readings_came_in(
    signed: Client, own: Gateway
) -> None:
    answer = signed.post(page(own, "accept"), filled())

    meter = Meter.objects.get()
    assert answer["Location"] == at(own.account, f"meters/{meter.uid}/")
    assert "Cuadro 7 aceptado: han entrado 2 lecturas." in signed.get(answer["Location"]).text
    assert used(own.account) == {"meters": 1, "data_points": 1}
    assert "Cuadro 7 · Energía activa" in signed.get(answer["Location"]).text


def test_readings_that_fit_no_interval_are_said(signed: Client, own: Gateway) -> None:
    own.sends((0, 20), (0.5, 21), p=301)

    answer = signed.post(page(own, "accept"), filled(take_301="yes", minutes_301="60"))

    shown = signed.get(answer["Location"]).text
    assert "Se ha rechazado 1 lectura. En ese instante no empieza" in shown


def test_an_existing_meter_can_be_chosen(signed: Client, own: Gateway) -> None:
    meter = make.meter(own.account, "General")

    answer = signed.post(page(own, "accept"), filled(meter=str(meter.uid)))

    assert answer["Location"] == at(own.account, f"meters/{meter.uid}/")
    assert used(own.account) == {"meters": 1, "data_points": 1}


def test_another_quantity_of_a_known_device_names_its_meter(signed: Client, own: Gateway) -> None:
    signed.post(page(own, "accept"), filled())
    own.sends((0, 20), p=301)

    form = signed.get(page(own, "accept"), {"did": "7"}).text
    signed.post(page(own, "accept"), {"did": "7", "take_301": "yes", "minutes_301": "60"})

    assert "Cuadro 7</a>" in form
    assert 'name="supply_point"' not in form
    assert "Toma 1 medidor" not in form
    assert DataPoint.objects.count() == 2


def test_without_a_name_or_a_quantity_the_form_says_so(signed: Client, own: Gateway) -> None:
    nameless = signed.post(page(own, "accept"), filled(name=""))
    nothing = signed.post(page(own, "accept"), filled(take_402=""))

    assert (nameless.status_code, nothing.status_code) == (422, 422)
    assert "Dé un nombre al medidor nuevo." in nameless.text
    assert "Elija al menos una magnitud." in nothing.text
    assert used(own.account) == {}


def test_a_limit_is_said_with_what_has_to_be_freed(signed: Client, own: Gateway) -> None:
    for _each in range(3):
        make.meter(own.account)

    answer = signed.post(page(own, "accept"), filled())

    assert answer.status_code == 422
    assert "Límite de medidores: 3 de 3" in answer.text
    assert "Falta sitio para 1 medidor." in answer.text
    assert "Ampliar" in answer.text
    assert PendingReading.objects.count() == 2
    assert used(own.account) == {"meters": 3}


def test_a_second_principal_stands_beside_the_role(signed: Client, own: Gateway) -> None:
    point = make.supply_point(own.account)
    installing.measure(make.meter(own.account), installing.Measures(point))

    answer = signed.post(page(own, "accept"), filled(supply_point=str(point.uid)))

    assert answer.status_code == 422
    assert 'id="id_role-error"' in answer.text


def test_who_comes_second_is_told_and_led_to_what_waits(signed: Client, own: Gateway) -> None:
    signed.post(page(own, "accept"), filled())

    answers = [
        signed.post(page(own, "accept"), filled()),
        signed.get(page(own, "accept"), {"did": "7"}),
        signed.post(page(own, "reject"), {"did": "7", "sure": "yes"}),
        signed.get(page(own, "accept"), {"did": "\0"}),
    ]

    for answer in answers:
        assert answer["Location"] == at(own.account, "waiting/")
    assert "Esto ya no está por aceptar" in signed.get(at(own.account, "waiting/")).text
    assert Meter.objects.count() == 1


def test_rejecting_asks_first_and_can_be_undone(signed: Client, own: Gateway) -> None:
    asked = signed.post(page(own, "reject"), {"did": "7"})
    assert asked.status_code == 200
    assert "Las lecturas retenidas se eliminan" in asked.text
    assert PendingReading.objects.exists()

    sure = {"did": "7", "sure": "yes", "quantity": "402", "listed": "402"}
    answer = signed.post(page(own, "reject"), sure)
    shown = signed.get(answer["Location"]).text
    assert "Dispositivos rechazados" in shown
    assert "Todo lo que envía" in shown
    assert "Deshacer" in shown
    assert own.sends((2, 3), p=301).refused[0].code == "rejected"

    signed.post(page(own, "take-back"), {"did": "7"})
    assert not PendingQuantity.objects.exists()
    assert own.sends((2, 3), p=301).counts.held == 1


def test_one_of_several_quantities_can_be_rejected(signed: Client, own: Gateway) -> None:
    own.sends((0, 20), p=301)

    none = signed.post(page(own, "reject"), {"did": "7", "sure": "yes", "quantity": "x"})
    signed.post(
        page(own, "reject"),
        {"did": "7", "sure": "yes", "quantity": "301", "listed": ["301", "402"]},
    )

    assert none.status_code == 422
    rejected = PendingQuantity.objects.exclude(rejected_at=None)
    assert list(rejected.values_list("quantity", flat=True)) == [301]


def test_a_code_that_is_not_published_stays_held_and_is_said(signed: Client, own: Gateway) -> None:
    own.sends((0, 20), p=999, did="8")

    form = signed.get(page(own, "accept"), {"did": "8"}).text
    answer = signed.post(page(own, "accept"), filled(did="8", take_999="yes", minutes_999="60"))

    assert "Código 999 no está en la lista publicada" in form
    assert answer.status_code == 422
    assert PendingQuantity.objects.filter(quantity=999).exists()


@pytest.mark.parametrize("did", HOSTILE)
def test_a_hostile_device_id_is_text_on_every_page(signed: Client, own: Gateway, did: str) -> None:
    own.sends((0, 1), (1, 2), did=did)

    shown = [
        signed.get(at(own.account, "")),
        signed.get(at(own.account, "waiting/")),
        signed.get(page(own, "accept"), {"did": did}),
        signed.post(page(own, "reject"), {"did": did}),
    ]
    made = signed.post(page(own, "accept"), filled(did=did, name="Otro"))
    sure = {"did": "7", "sure": "yes", "quantity": "402", "listed": "402"}
    signed.post(page(own, "reject"), sure)
    shown.append(signed.get(made["Location"]))

    assert [each.status_code for each in shown] == [200] * 5
    for each in shown:
        assert "<script>alert" not in each.text
        assert "<img src=x" not in each.text
    assert Meter.objects.get().devices.get().did == did


def test_the_source_says_how_many_devices_wait(signed: Client, own: Gateway) -> None:
    shown = signed.get(at(own.account, f"sources/{own.source.uid}/")).text

    assert re.search(r"<dt>Por aceptar</dt><dd><a [^>]*>1</a></dd>", shown)


def test_viewers_look_and_press_nothing(client: Client, own: Gateway) -> None:
    client.force_login(make.holder(own.account, "viewer"))

    shown = client.get(at(own.account, "")).text

    assert "Por aceptar" in shown
    assert "Rechazar" not in shown
    assert client.get(page(own, "accept"), {"did": "7"}).status_code == 404


def test_another_accounts_device_is_not_found(signed: Client, own: Gateway) -> None:
    other = gateway(make.account())
    other.sends((0, 1))
    path = at(own.account, f"sources/{other.source.uid}/accept/")

    assert signed.get(path, {"did": "7"}).status_code == 404
    assert signed.post(path, filled()).status_code == 404
