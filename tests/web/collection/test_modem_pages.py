import re
from datetime import time, timedelta

import pytest
from django.test import Client

from tests import make
from tests.collection.lines import call_of, called_line, roomy
from tests.web.accounts.test_account_list import queries
from vatio import clock

pytestmark = pytest.mark.django_db

NIGHT = make.NOON - timedelta(hours=10)
SOCKET = "socket://10.0.0.9:7000"


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.NOON)
    settings.COLLECT_MODEMS = {"Lugo": SOCKET, "Vigo & Co": "/dev/ttyUSB1"}


@pytest.fixture
def elena(client: Client) -> Client:
    client.force_login(make.commercial())
    return client


def words(client: Client, onward: str = "") -> str:
    answer = client.get(f"/desk/lines/modems/{onward}")
    assert answer.status_code == 200
    assert "10.0.0.9" not in answer.text
    assert "ttyUSB1" not in answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))


def test_a_modem_says_how_many_calls_its_night_holds(elena: Client) -> None:
    called_line(roomy(), modem=True)

    page = words(elena)

    assert "cerca de 90 a la hora" in page
    assert "Lugo 25 nov 2026, 00:30 hasta el 25 nov 2026, 06:00 1 495 Caben" in page
    assert "Vigo &amp; Co – 0 – Sin líneas" in page


def test_a_night_that_is_too_short_is_warned_of(elena: Client) -> None:
    hotel = roomy()
    for _each in range(3):
        called_line(hotel, modem=True, night_from=time(1), night_until=time(1, 1))

    assert "No caben Sobran 2 líneas" in words(elena)


def test_the_calls_of_last_night_stand_in_their_order(elena: Client) -> None:
    hotel = roomy("Hotel")
    first, then = called_line(hotel, "Zaguán", modem=True), called_line(hotel, "Azotea", modem=True)
    call_of(first, "engaged", at=NIGHT, seconds=31)
    call_of(then, at=NIGHT + timedelta(seconds=31), seconds=48)

    page = words(elena)

    assert re.search(r"Zaguán Hotel .*31 s La línea comunicaba .*Azotea Hotel .*48 s", page)


def test_another_modem_can_be_chosen(elena: Client) -> None:
    line = called_line(roomy(), modem=True)
    call_of(line, at=NIGHT)

    page = words(elena, "?modem=Vigo+%26+Co")

    assert "La última noche: Vigo &amp; Co" in page
    assert "La última noche no hubo llamadas" in page


def test_a_modem_that_is_not_named_any_more_calls_nobody(elena: Client, settings) -> None:
    called_line(roomy(), modem=True)
    settings.COLLECT_MODEMS = {}

    assert "Lugo" in words(elena)
    assert "a sus líneas no se las llama" in words(elena)


def test_without_modems_the_page_says_how_they_are_named(elena: Client, settings) -> None:
    settings.COLLECT_MODEMS = {}

    assert "Los módems se nombran en COLLECT_MODEMS" in words(elena)


def test_many_lines_and_calls_take_as_many_statements_as_one(elena: Client) -> None:
    hotel = roomy()
    call_of(called_line(hotel, modem=True), at=NIGHT)
    one = queries(elena, "/desk/lines/modems/")
    for _each in range(20):
        call_of(called_line(hotel, modem=True), at=NIGHT)

    assert queries(elena, "/desk/lines/modems/") == one
