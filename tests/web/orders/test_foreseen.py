import re
from uuid import uuid4

import pytest
from django.test import Client

from tests import make
from vatio import clock
from vatio.accounts.models import Account
from vatio.catalogue.models import LicenceVersion
from vatio.orders.models import Order
from vatio.tenants.models import Organisation
from vatio.units import Quantities
from vatio.web.orders.opening import written_by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def norte(client: Client) -> Organisation:
    norte = make.organisation("Norte Eficiente")
    client.force_login(make.superadmin(norte))
    return norte


@pytest.fixture
def basica() -> LicenceVersion:
    return make.licence("Básica Mtr", meters=10, supply_points=5)


@pytest.fixture
def starter() -> LicenceVersion:
    return make.licence("Starter DP", data_points=250)


def foreseen(client: Client, norte: Organisation, **written: object) -> str:
    answer = client.get(f"/o/{norte.slug}/accounts/new/foreseen/", written)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def values(page: str) -> dict[str, str]:
    inputs = re.findall(r'<input[^>]* name="(\w+)"[^>]*? value="([^"]*)"', page)
    return dict(inputs)


def test_the_first_look_fills_in_what_the_licence_includes(
    client: Client, norte: Organisation, basica: LicenceVersion
) -> None:
    page = foreseen(client, norte, licence=basica.uid, filled="", months="12")

    assert "10 medidores y 5 CUPS durante 12 meses" in page
    assert values(page) == {
        "filled": str(basica.uid),
        "meters": "10",
        "supply_points": "5",
        "data_points": "",
        "months": "12",
        "rtc_lines": "0",
        "sms_credits": "",
    }


def test_what_somebody_wrote_stays_when_the_licence_changes(
    client: Client, norte: Organisation, basica: LicenceVersion
) -> None:
    avanzada = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)

    page = foreseen(
        client,
        norte,
        licence=avanzada.uid,
        filled=basica.uid,
        meters="60",
        supply_points="5",
        rtc_lines="0",
        months="6",
    )

    shown = values(page)
    assert (shown["meters"], shown["supply_points"], shown["rtc_lines"]) == ("60", "25", "2")
    assert "60 medidores y 25 CUPS durante 6 meses" in page
    assert "50 de la licencia y 10 más" in page


def test_another_billing_empties_what_it_does_not_sell(
    client: Client, norte: Organisation, basica: LicenceVersion, starter: LicenceVersion
) -> None:
    page = foreseen(client, norte, licence=starter.uid, filled=basica.uid, meters="12", months="6")

    shown = values(page)
    assert (shown["meters"], shown["data_points"]) == ("", "250")
    assert "250 DP durante 6 meses" in page


def test_fields_are_left_alone_while_the_licence_stays(
    client: Client, norte: Organisation, basica: LicenceVersion
) -> None:
    page = foreseen(
        client, norte, licence=basica.uid, filled=basica.uid, meters="1.200", months="1"
    )

    assert values(page) == {}
    assert "1.200 medidores y 5 CUPS durante 1 mes" in page


@pytest.mark.parametrize(
    "written",
    [
        {"meters": "9"},
        {"meters": "muchos"},
        {"months": "0"},
        {"months": "121"},
        {"sms_credits": "-5"},
    ],
)
def test_figures_that_would_be_refused_are_said_at_once(
    client: Client, norte: Organisation, basica: LicenceVersion, written: dict[str, str]
) -> None:
    page = foreseen(
        client, norte, **{"licence": basica.uid, "filled": basica.uid, "months": "12", **written}
    )

    assert "Revise las cifras" in page


def test_a_form_sent_before_its_fields_followed_the_licence_means_the_licences_own(
    client: Client, norte: Organisation, basica: LicenceVersion
) -> None:
    professional = make.licence("Professional DP", data_points=1000, rtc_lines=2)

    client.post(
        f"/o/{norte.slug}/accounts/new/",
        {
            "account_name": "Balneario",
            "client": "Aguas",
            "sector": "hotels",
            "licence": professional.uid,
            "filled": basica.uid,
            "meters": "10",
            "supply_points": "5",
            "data_points": "1.250",
            "rtc_lines": "0",
            "months": "12",
            "time_zone": "Europe/Madrid",
            "token": uuid4(),
        },
    )

    assert Order.objects.get().quantities == Quantities(None, 0, 1250, 2)


def test_what_was_written_by_hand_is_refused_and_not_dropped(
    client: Client, norte: Organisation, basica: LicenceVersion
) -> None:
    professional = make.licence("Professional DP", data_points=1000, rtc_lines=2)

    sent = {"licence": str(professional.uid), "filled": str(basica.uid), "meters": "12"}

    assert written_by_hand(sent) == sent


@pytest.mark.parametrize("licence", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_licence_that_nobody_offers_foresees_nothing(
    client: Client, norte: Organisation, licence: str
) -> None:
    assert foreseen(client, norte, licence=licence, filled="", months="12").strip() == ""


def expanded(client: Client, account: Account, **written: object) -> str:
    answer = client.get(f"/accounts/{account.uid}/expand/foreseen/", written)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def test_an_expansion_says_what_it_comes_to(client: Client, norte: Organisation) -> None:
    hotel = make.account("Hotel Lugo", organisation=norte, starts_on=clock.today("Europe/Madrid"))

    assert "Todavía no añade nada" in expanded(client, hotel)
    page = expanded(client, hotel, meters="5", supply_points="2", sms_credits="100", rtc_lines="x")
    assert "De 10 a 15 medidores, de 5 a 7 CUPS y de 0 a 100 créditos SMS" in page


def test_one_of_a_unit_is_said_as_one(client: Client, norte: Organisation) -> None:
    small = make.licence("Mínima", meters=1, supply_points=1)

    page = foreseen(client, norte, licence=small.uid, filled="", months=1)

    assert "1 medidor y 1 CUPS durante 1 mes" in page
