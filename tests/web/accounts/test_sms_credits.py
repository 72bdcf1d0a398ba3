import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.accounts.test_texting import reachable, warning
from vatio.accounts import adjusting, texting
from vatio.accounts.models import Account
from vatio.accounts.sms_movements import DayBalance, balances
from vatio.accounts.sms_spending import give_back
from vatio.notifications.models import Message
from vatio.tenants.models import Person
from vatio.web.accounts import sms_chart

pytestmark = pytest.mark.django_db

WORDS = "Vatio: exceso de potencia en Nave 3"


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> Any:
    settings.SMS_URL = "http://127.0.0.1:1/"
    with time_machine.travel(make.NOON, tick=False):
        yield


@pytest.fixture
def hotel() -> Account:
    hotel = make.account("Hotel Lugo", sms_credits=20)
    ana = reachable(hotel)
    own = [warning(hotel, ana), warning(hotel, ana, WORDS * 5)]
    texting.text(own, at=make.NOON)
    long = Message.objects.get(channel="sms", context__text=WORDS * 5)
    give_back([long.pk], at=make.NOON)
    adjusting.adjust_credits(hotel, -1, reason="Error", by=make.commercial(), at=make.NOON)
    return hotel


def read(person: Person, address: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_its_leaders_read_what_each_credit_was_for_and_the_way_to_more(hotel: Account) -> None:
    nuria = make.superadmin(hotel.organisation)

    shown = read(nuria, f"/accounts/{hotel.uid}/sms/")

    assert "Créditos SMS" in shown
    assert "Saldo 18" in shown
    assert WORDS in shown
    assert "Ampliar" in shown
    assert shown.index("Ajuste") < shown.index("Devueltos") < shown.index("Gastados")


def test_each_movement_tells_the_balance_after_it(hotel: Account) -> None:
    nuria = make.superadmin(hotel.organisation)
    client = Client()
    client.force_login(nuria)

    page = client.get(f"/accounts/{hotel.uid}/sms/").content.decode()

    told = re.findall(r'data-label="Saldo">([^<]*)<', page)
    moved = re.findall(r'data-label="Créditos">([^<]*)<', page)
    assert told == ["18", "19", "17", "19", "20"]
    assert [each.replace("\u2212", "-") for each in moved] == ["-1", "+2", "-2", "-1", "+20"]


def test_the_department_reads_who_and_how_many_and_no_text(hotel: Account) -> None:
    shown = read(make.commercial(), f"/accounts/{hotel.uid}/sms/")

    assert "Aviso" in shown
    assert WORDS not in shown
    assert "+34600" not in shown.replace(" ", "")


def test_its_own_people_see_no_orders_and_no_way_to_expand(hotel: Account) -> None:
    viewer = make.holder(hotel, "viewer")

    shown = read(viewer, f"/accounts/{hotel.uid}/sms/")

    assert WORDS in shown
    assert "Ampliar" not in shown


def test_the_page_costs_the_same_for_one_movement_as_for_many(hotel: Account) -> None:
    nuria = make.superadmin(hotel.organisation)
    client = Client()
    client.force_login(nuria)
    client.get(f"/accounts/{hotel.uid}/sms/")
    counted = []
    for _each in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/accounts/{hotel.uid}/sms/")
        counted.append(len(asked))
        people = [reachable(hotel) for _each in range(15)]
        texting.text([warning(hotel, each) for each in people], at=make.NOON)

    assert counted[0] == counted[1]


def test_the_balance_is_drawn_at_the_end_of_each_day_of_the_account() -> None:
    hotel = make.account(sms_credits=10, starts_on=date(2026, 11, 20))
    ana = reachable(hotel)
    late = make.NOON.replace(day=21, hour=23, minute=30)
    texting.text([warning(hotel, ana)], at=late)
    texting.text([warning(hotel, ana)], at=late + timedelta(hours=1))

    assert balances(hotel) == [
        DayBalance(date(2026, 11, 20), 10, True),
        DayBalance(date(2026, 11, 22), 8, False),
    ]


def test_the_chart_steps_down_and_up_and_says_so_in_words() -> None:
    drawn = sms_chart.draw(
        [
            DayBalance(date(2026, 1, 1), 100, True),
            DayBalance(date(2026, 1, 6), 40, False),
            DayBalance(date(2026, 1, 9), 90, True),
        ],
        today=date(2026, 1, 10),
    )

    assert drawn is not None
    assert drawn.path == "M56.0 40.0H422.0V133.6H641.6V55.6H788.0"
    assert [(knot.x, knot.words) for knot in drawn.knots] == [(56.0, "100"), (641.6, "90")]
    assert [value for _y, value in drawn.grid] == [0, 50, 100]
    assert drawn.told == (
        "Créditos SMS después de cada compra: 100 el 1 ene 2026 y 90 el 9 ene 2026; ahora 90."
    )


def test_a_wallet_in_which_nothing_moved_has_no_chart() -> None:
    assert sms_chart.draw([], today=date(2026, 1, 10)) is None


def test_the_department_sees_who_spent_how_many_in_a_month(hotel: Account) -> None:
    playa = make.account("Hotel Playa", sms_credits=9)
    texting.text([warning(playa, reachable(playa)) for _each in range(3)], at=make.NOON)
    elena = make.commercial()

    shown = read(elena, "/desk/sms/")
    before = read(elena, "/desk/sms/?month=2026-10")
    odd = read(elena, "/desk/sms/?month=x")

    assert shown.index("Hotel Playa") < shown.index("Hotel Lugo")
    assert "2 cuentas" in shown
    assert "Nadie gastó un crédito" in before
    assert odd == shown
