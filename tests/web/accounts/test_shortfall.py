import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.catalogue.models import LicenceVersion
from vatio.entitlements.question import entitlement
from vatio.units import Quantities, Unit

pytestmark = pytest.mark.django_db

LESS = "quedará por debajo de lo instalado: {}; no se quita nada, no se podrá añadir."


def installed(*, meters: int, version: LicenceVersion | None = None) -> Account:
    hotel = make.account(version=version)
    for _each in range(meters):
        make.meter(hotel)
    return hotel


def words(client: Client, address: str) -> str:
    page = unescape(client.get(address).content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def adjust(account: Account, meters: int) -> None:
    totals = Quantities(meters, 5, None, 0)
    adjusting.adjust_quantities(account, totals, reason="Menos", by=make.commercial(), at=make.NOON)


def test_an_adjustment_below_what_is_installed_is_said_before_and_is_legal(client: Client) -> None:
    hotel = installed(meters=4)
    client.force_login(make.commercial())
    address = f"/accounts/{hotel.uid}/adjust/"

    before, less = words(client, address), words(client, f"{address}?meters=3")
    sent = {"change": "quantities", "reason": "Menos", "seen": "10/5//0", "token": str(uuid4())}
    answer = client.post(address, {**sent, "meters": 3, "supply_points": 5, "rtc_lines": 0})

    assert "Hoy 10, de los que 4 en uso." in before
    assert "por debajo de lo instalado" not in before
    assert f"Medidores: {LESS.format('4 de 3')}" in less
    assert answer.status_code == 302
    room = entitlement(hotel, at=clock.now()).rooms[Unit.METERS]
    assert (room.used, room.held, room.left) == (4, 3, -1)


def test_a_better_licence_that_still_holds_less_than_is_installed_says_so(client: Client) -> None:
    make.licence("Avanzada Mtr", meters=12, supply_points=25)
    hotel = installed(meters=9, version=make.licence("Básica Mtr", meters=10))
    adjust(hotel, 3)
    client.force_login(make.superadmin(hotel.organisation))

    said = words(client, f"/accounts/{hotel.uid}/licence/")

    assert f"Medidores: {LESS.format('9 de 5')}" in said


def test_the_account_shows_what_is_over(client: Client) -> None:
    hotel = installed(meters=4)
    adjust(hotel, 3)
    client.force_login(make.superadmin(hotel.organisation))

    assert "4 de 3 1 por encima de lo contratado" in words(client, f"/accounts/{hotel.uid}/")


def test_the_desk_reads_what_is_used_and_whether_the_order_leaves_less(client: Client) -> None:
    hotel = installed(meters=9)
    adjust(hotel, 3)
    small = make.expansion_order(hotel, meters=2)
    client.force_login(make.commercial())

    said = words(client, f"/orders/{small.uid}/")

    assert "Medidores 3 9 en uso +2 5" in said
    assert f"Medidores: {LESS.format('9 de 5')}" in said


def test_an_order_that_makes_room_says_nothing_of_it(client: Client) -> None:
    hotel = installed(meters=9)
    adjust(hotel, 3)
    enough = make.expansion_order(hotel, meters=6)
    client.force_login(make.commercial())

    assert "por debajo de lo instalado" not in words(client, f"/orders/{enough.uid}/")
