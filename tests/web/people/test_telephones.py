import re
from datetime import time
from typing import Any

import pytest
from django.test import Client

from tests import make
from vatio.accounts.models import Account, SmsWallet
from vatio.clock import now
from vatio.notifications.models import Message
from vatio.people.models import QuietHours, Telephone
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"


@pytest.fixture
def hotel() -> Account:
    return make.account("Hotel Lugo", starts_on=now().date(), sms_credits=12)


@pytest.fixture
def ana(hotel: Account) -> Person:
    return make.holder(hotel, "viewer", "Ana Pérez")


@pytest.fixture
def client(ana: Person) -> Client:
    client = Client()
    client.force_login(ana)
    return client


def code() -> str:
    text = Message.objects.filter(channel="sms").latest("id").context["text"]
    return re.findall(r"\d{6}", text)[0]


def test_a_telephone_is_confirmed_on_the_profile(
    client: Client, hotel: Account, ana: Person
) -> None:
    first = client.get("/profile/").content.decode()
    client.post("/profile/telephone/", {"number": "612 345 678", "account": hotel.uid})
    second = client.get("/profile/").content.decode()
    client.post("/profile/telephone/confirm/", {"code": code()})
    third = client.get("/profile/").content.decode()

    assert "cuesta 1 crédito SMS de la cuenta" in first
    assert "Hotel Lugo (12 créditos)" in first
    assert "Se ha enviado un código a +34 612 34 56 78." in second
    assert "Su teléfono está confirmado." in third
    assert "Confirmado" in third
    assert Telephone.objects.get(person=ana).number == "+34612345678"
    assert SmsWallet.objects.get(account=hotel).balance == 11


def test_what_is_refused_is_said_beside_its_field(client: Client, hotel: Account) -> None:
    number = client.post("/profile/telephone/", {"number": "803123456", "account": hotel.uid})
    account = client.post("/profile/telephone/", {"number": "612345678", "account": ""})
    other = make.account("Ajena", starts_on=now().date(), sms_credits=5)
    foreign = client.post("/profile/telephone/", {"number": "612345678", "account": other.uid})
    wrong = client.post("/profile/telephone/confirm/", {"code": "123456"})

    assert [each.status_code for each in (number, account, foreign, wrong)] == [422] * 4
    assert "No se puede usar un número de esta clase" in number.content.decode()
    assert 'value="803123456"' in number.content.decode()
    assert "Elija una cuenta activa" in foreign.content.decode()
    assert "No hay ningún código por confirmar" in wrong.content.decode()
    assert not Message.objects.filter(channel="sms").exists()


def test_a_wrong_code_counts_although_the_page_refuses_it(
    client: Client, hotel: Account, ana: Person
) -> None:
    client.post("/profile/telephone/", {"number": "612345678", "account": hotel.uid})
    wrong = f"{(int(code()) + 1) % 10**6:06}"

    said = [
        client.post("/profile/telephone/confirm/", {"code": wrong}).content.decode()
        for _each in range(5)
    ]
    last = client.post("/profile/telephone/confirm/", {"code": code()})

    assert "quedan 4 intentos" in said[0]
    assert "pida otro" in said[4]
    assert last.status_code == 422
    assert Telephone.objects.get(person=ana).number == ""


def test_a_telephone_is_taken_away(client: Client, ana: Person) -> None:
    Telephone.objects.create(person=ana, number="+34612345678", confirmed_at=now())

    client.post("/profile/telephone/take-away/")

    assert Telephone.objects.get(person=ana).number == ""


def test_quiet_hours_are_set_and_taken_away(client: Client, ana: Person) -> None:
    about = {"quiet_from": "22:00", "quiet_until": "07:30", "time_zone": "Atlantic/Canary"}

    client.post("/profile/quiet-hours/", about)
    own = QuietHours.objects.get(person=ana)
    shown = client.get("/profile/").content.decode()
    client.post("/profile/quiet-hours/", {**about, "quiet_from": "", "quiet_until": ""})

    assert (own.starts, own.ends, own.time_zone) == (time(22), time(7, 30), "Atlantic/Canary")
    assert 'value="22:00"' in shown
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "zone"),
    [
        ("22:00", "", "Europe/Madrid"),
        ("22:00", "22:00", "Europe/Madrid"),
        ("22:00", "25:00", "Europe/Madrid"),
        ("22:00", "07:00", "Europe/Lugo"),
    ],
)
def test_hours_that_are_none_are_refused(client: Client, starts: str, ends: str, zone: str) -> None:
    about = {"quiet_from": starts, "quiet_until": ends, "time_zone": zone}

    assert client.post("/profile/quiet-hours/", about).status_code == 422
    assert not QuietHours.objects.exists()


def test_where_no_texts_are_sent_the_profile_says_so(client: Client, settings: Any) -> None:
    settings.SMS_URL = ""

    assert "Esta plataforma no envía SMS." in client.get("/profile/").content.decode()


def test_the_department_reads_on_mensajes_that_a_code_went_and_nothing_of_it(
    client: Client, hotel: Account
) -> None:
    client.post("/profile/telephone/", {"number": "612345678", "account": hotel.uid})
    message = Message.objects.get(channel="sms")
    desk = Client()
    desk.force_login(make.commercial())

    pages = [
        desk.get(address).content.decode()
        for address in ("/desk/messages/", f"/desk/messages/{message.pk}/")
    ]

    for page in pages:
        assert "SMS: Código para confirmar un teléfono" in page
        assert code() not in page
        assert "612345678" not in page.replace(" ", "")
