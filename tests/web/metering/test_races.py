from datetime import date

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.counts import full_or_tenth
from tests.races import together
from vatio.entitlements.question import entitlement
from vatio.metering import checking
from vatio.metering.models import Meter
from vatio.units import Unit

pytestmark = pytest.mark.django_db(transaction=True)


@time_machine.travel(make.NOON, tick=True)
def test_twenty_installers_who_press_at_once_fill_ten_places_and_read_the_limit() -> None:
    version = make.licence("Diez", meters=10)
    for _round in range(full_or_tenth(100)):
        hotel = make.account(version=version, starts_on=date(2026, 5, 3))
        clients = []
        for _each in range(20):
            client = Client()
            client.force_login(make.holder(hotel))
            clients.append(client)
        path = f"/accounts/{hotel.uid}/installation/meters/new/"

        answers, refused = together(
            [
                lambda client=client, number=number: client.post(
                    path, {"name": f"Contador {number}"}
                )
                for number, client in enumerate(clients)
            ]
        )

        assert refused == []
        done = [answer for answer in answers if answer.status_code == 302]
        full = [answer for answer in answers if answer.status_code != 302]
        assert (len(done), len(full)) == (10, 10)
        assert all("Límite de medidores: 10 de 10" in answer.content.decode() for answer in full)
        assert Meter.objects.filter(account=hotel).count() == 10
        assert entitlement(hotel, at=make.NOON).rooms[Unit.METERS].used == 10
        assert checking.recount() == []
