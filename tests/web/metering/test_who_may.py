from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from tests import make
from tests.web.metering.installing import CUPS, at, supply, used
from vatio import clock
from vatio.accounts.models import Account
from vatio.metering import installing, retiring
from vatio.metering.models import Meter, SupplyPoint
from vatio.metering.sites import SiteDetails, add_site
from vatio.tenants.models import Person

pytestmark = pytest.mark.django_db

FORMS = [
    "sites/new/",
    "sites/{site}/",
    "sites/{site}/remove/",
    "supply-points/new/",
    "supply-points/{point}/change/",
    "supply-points/{point}/contracts/new/",
    "meters/new/",
    "meters/{meter}/change/",
    "meters/{meter}/device/",
    "data-points/new/",
    "lines/new/",
    "sources/new/",
    "sources/{source}/change/",
]
ACTS = [
    "meters/{meter}/retire/",
    "supply-points/{point}/return/",
    "sources/{source}/rotate/",
    "sources/{source}/revoke/",
]
POSTED = ("/retire/", "/return/", "/rotate/", "/revoke/")
PAGES = ["supply-points/{point}/", "meters/{meter}/", "sources/{source}/"]


def pages(account: Account, which: list[str]) -> list[str]:
    by = make.commercial()
    things = {
        "site": add_site(account, SiteDetails("Nave"), by=by, at=make.NOON).uid,
        "point": make.supply_point(account, cups=CUPS).uid,
        "meter": make.meter(account).uid,
        "source": installing.add_source(
            account, name="Pasarela", kind="insertion", by=by, at=make.NOON
        ).uid,
    }
    return [each.format(**things) for each in which]


def test_an_administrator_changes_and_a_viewer_and_the_department_look(
    client: Client, hotel: Account
) -> None:
    shown, forms = pages(hotel, [*PAGES]), pages(make_other(hotel), [])
    assert forms == []
    for person in (make.holder(hotel, "viewer"), make.commercial()):
        client.force_login(person)
        for page in shown:
            answer = client.get(at(hotel, page))
            assert answer.status_code == 200
            assert '<form method="post" action="/accounts/' not in answer.text
            assert "Cambiar<" not in answer.text
    client.force_login(make.holder(hotel, "administrator"))
    for page in shown:
        text = client.get(at(hotel, page)).text
        assert "Retirar" in text or "Crear una clave" in text


def make_other(hotel: Account) -> Account:
    return make.account("Otra cuenta", organisation=hotel.organisation)


@pytest.mark.parametrize("role", ["viewer", "commercial", "of another", "nobody"])
def test_nobody_else_changes_anything(role: str, client: Client, hotel: Account) -> None:
    client.force_login(person_of(role, hotel))

    for page in pages(hotel, [*FORMS, *ACTS]):
        assert client.post(at(hotel, page), supply()).status_code == 404
        if not page.endswith(POSTED):
            assert client.get(at(hotel, page)).status_code == 404

    assert used(hotel) == {"meters": 1, "supply_points": 1}


def person_of(role: str, hotel: Account) -> Person:
    if role == "viewer":
        return make.holder(hotel, "viewer")
    if role == "commercial":
        return make.commercial()
    return make.superadmin(make.organisation()) if role == "of another" else make.person()


def test_a_thing_of_another_account_is_not_found(signed: Client, hotel: Account) -> None:
    other = make_other(hotel)

    for page in pages(other, [each for each in [*FORMS, *ACTS, *PAGES] if "{" in each]):
        ask = signed.post if page.endswith(POSTED) else signed.get
        assert ask(at(hotel, page)).status_code == 404


def test_what_is_of_another_account_cannot_be_chosen(signed: Client, hotel: Account) -> None:
    other = make_other(hotel)
    strange, meter = make.meter(other), make.meter(hotel)
    point = make.supply_point(hotel)

    signed.post(at(hotel, "lines/new/"), {"supply_point": point.uid, "meter": strange.uid})
    signed.post(
        at(hotel, "data-points/new/"), {"meter": strange.uid, "quantity": 402, "minutes": 15}
    )

    assert used(other) == {"meters": 1}
    assert used(hotel) == {"meters": 1, "supply_points": 1}
    assert meter.account == hotel


def test_the_limit_says_whom_to_ask_and_offers_more_to_who_may_ask(
    client: Client, hotel: Account, nuria: Person
) -> None:
    for _each in range(3):
        make.meter(hotel)
    expand = f"/accounts/{hotel.uid}/expand/"
    client.force_login(make.holder(hotel, "administrator"))
    told = client.post(at(hotel, "meters/new/"), {"name": "El cuarto"})
    client.force_login(nuria)
    led = client.post(at(hotel, "meters/new/"), {"name": "El cuarto"})

    for answer in (told, led):
        assert answer.status_code == 422
        assert "Límite de medidores: 3 de 3" in answer.text
        assert 'value="El cuarto"' in answer.text
    assert "Pida más a Nuria Vidal" in told.text
    assert expand not in told.text
    assert f'<a href="{expand}">Ampliar</a>' in led.text
    assert Meter.objects.count() == 3


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("meters/new/", "Toma 1 medidor: quedan 2 de 3."),
        ("supply-points/new/", "Toma 1 CUPS: quedan 3 de 3."),
        ("lines/new/", "Toma 1 línea RTC: quedan 2 de 2."),
        ("data-points/new/", "Toma 1 DP; la licencia no pone límite."),
        ("sites/new/", "No toma ninguno"),
        ("sources/new/", "No toma ninguno"),
    ],
)
def test_what_a_thing_takes_is_said_before(
    page: str, words: str, signed: Client, hotel: Account
) -> None:
    make.meter(hotel)

    assert words in signed.get(at(hotel, page)).text


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "caducó el"), (400, "empieza el")], ids=["expired", "to start"]
)
def test_where_nothing_can_be_added_the_page_says_so(
    days: int, words: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = date(2026, 11, 24) + timedelta(days=400) if days > 0 else date(2025, 11, 23)
    nave = make.account("Nave", starts_on=starts)
    client.force_login(make.superadmin(nave.organisation))

    page = client.get(at(nave, "meters/new/"))
    answer = client.post(at(nave, "meters/new/"), {"name": "General"})

    assert words in page.text
    assert "disabled" in page.text
    assert answer.status_code == 422
    assert not Meter.objects.exists()


def test_its_own_people_are_shut_out_once_it_has_expired(
    client: Client, hotel: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, forms = (
        pages(hotel, [*PAGES, *FORMS])[: len(PAGES)],
        ["meters/new/", "supply-points/new/"],
    )
    assert hotel.ends_at is not None
    after: datetime = hotel.ends_at
    monkeypatch.setattr(clock, "now", lambda: after)
    client.force_login(make.holder(hotel, "administrator"))

    for page in [*shown, *forms]:
        assert client.get(at(hotel, page)).status_code == 403


def test_names_of_things_are_written_and_never_run(signed: Client, hotel: Account) -> None:
    name = "<script>alert(1)</script>"
    signed.post(at(hotel, "supply-points/new/"), supply(name=name))
    point = SupplyPoint.objects.get()
    meter = installing.add_meter(
        hotel, installing.MeterDetails(name), by=make.commercial(), at=make.NOON
    )

    for page in (f"supply-points/{point.uid}/", f"meters/{meter.uid}/", "lines/new/"):
        answer = signed.get(at(hotel, page)).text
        assert name not in answer
        assert "&lt;script&gt;" in answer


def test_the_same_cups_elsewhere_is_told_to_the_commercial_department_alone(
    client: Client, hotel: Account, nuria: Person
) -> None:
    point = make.supply_point(hotel, cups=CUPS)
    make.supply_point(make.account("Hotel de otra empresa"), cups=CUPS)
    retired = make.supply_point(make.account("Hotel que lo dejó"), cups=CUPS)
    retiring.retire(retired, by=nuria, at=make.NOON)
    page = at(hotel, f"supply-points/{point.uid}/")

    client.force_login(make.commercial())
    told = client.get(page).text
    client.force_login(nuria)

    assert "Hotel de otra empresa" in told
    assert "Hotel que lo dejó" not in told
    assert "otra empresa" not in client.get(page).text
