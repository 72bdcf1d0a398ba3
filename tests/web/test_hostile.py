import base64
import json
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests import make
from vatio.accounts.models import Agreement, SmsWallet
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation, client: Client) -> Person:
    person = make.superadmin(norte)
    client.force_login(person)
    return person


def token(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "after=" + base64.urlsafe_b64encode(b"[" * 3000).decode(),
        f"sort=meters&after={token([True, 1])}",
        f"sort=licence&after={token([1, 1])}",
        f"sort=name&after={token([{}, 1])}",
    ],
)
def test_an_address_that_makes_no_sense_is_the_list(
    norte: Organisation, nuria: Person, client: Client, query: str
) -> None:
    make.account("Hotel Lugo 012", organisation=norte, starts_on=date(2026, 5, 3), months=120)

    answer = client.get(f"/o/{norte.slug}/accounts/?{query}")

    assert answer.status_code == 200
    assert "Hotel Lugo 012" in answer.content.decode()


@pytest.mark.parametrize("end", ["2026-02-30", "", "never", "9" * 5000])
def test_a_day_that_is_none_renews_nothing(
    norte: Organisation, nuria: Person, client: Client, end: str
) -> None:
    hotel = make.account(organisation=norte, starts_on=date(2026, 5, 3), months=120)
    uid = str(hotel.uid)

    one = client.post(f"/accounts/{uid}/renew/", {"end": end})
    several = client.post(
        f"/o/{norte.slug}/accounts/renew/", {"ticked": [f"{uid.upper()}|{end}", end]}
    )

    assert (one.status_code, several.status_code) == (302, 302)
    assert not Order.objects.exists()


def test_a_number_of_many_figures_is_nobody(client: Client) -> None:
    client.force_login(make.commercial())

    assert client.post("/desk/people/remove/", {"person": "9" * 5000}).status_code == 404


def test_nul_in_a_form_is_refused_in_words(client: Client, norte: Organisation) -> None:
    client.force_login(make.commercial())
    order = make.opening_order(norte)

    answer = client.post(f"/orders/{order.uid}/reject/", {"reason": "a\0b"})

    assert answer.status_code == 400
    assert "no se entiende" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == "pending"


def adjust(client: Client, uid: object, **sent: object) -> int:
    return client.post(f"/accounts/{uid}/adjust/", {"reason": "Se pidió mal.", **sent}).status_code


def test_an_adjustment_sent_twice_is_done_once(client: Client) -> None:
    hotel = make.account(starts_on=date(2026, 5, 3), months=120, sms_credits=15)
    client.force_login(make.commercial())
    sent = {"change": "credits", "credits": "100", "token": str(uuid4())}

    assert adjust(client, hotel.uid, **sent) == 302
    assert adjust(client, hotel.uid, **sent) == 422

    assert SmsWallet.objects.get(account=hotel).balance == 115
    assert Agreement.objects.filter(account=hotel, kind="adjustment").count() == 1


def test_an_adjustment_of_what_has_changed_meanwhile_is_refused(client: Client) -> None:
    hotel = make.account(starts_on=date(2026, 5, 3), months=120)
    client.force_login(make.commercial())
    stale = {"change": "quantities", "meters": "10", "rtc_lines": "3", "seen": "10/5//0"}
    assert adjust(client, hotel.uid, change="quantities", meters="25") == 302

    assert adjust(client, hotel.uid, **stale) == 422
    assert adjust(client, hotel.uid, **{**stale, "seen": "25/5//0", "meters": "25"}) == 302


@pytest.mark.parametrize("name", ["\u200b", "\u202e\u3164", "\x01"])
def test_a_name_that_nobody_sees_is_none(
    norte: Organisation, nuria: Person, client: Client, name: str
) -> None:
    answer = client.post("/profile/", {"name": name, "language": "es"})

    assert answer.status_code == 422
    nuria.refresh_from_db()
    assert nuria.name == "Nuria Vidal"


def test_somebody_who_may_no_longer_enter_is_told_so(client: Client) -> None:
    gone = make.person()
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    answer = client.post("/sign-in/", {"login": gone.email, "password": make.PASSWORD}, follow=True)

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session
