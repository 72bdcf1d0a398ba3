import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from vatio import clock
from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person
from vatio.web import keyset

pytestmark = pytest.mark.django_db

NAME = re.compile(r'<a class="name" href="[^"]+">([^<]+)')
STEP = re.compile(r'<a href="(\?[^"]+)"(?: rel="\w+")?>(\w+)</a>')


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation, client: Client) -> Person:
    person = make.superadmin(norte)
    client.force_login(person)
    return person


def fill(norte: Organisation, count: int, *, ends_in: int = 100) -> None:
    today = clock.today("Europe/Madrid")
    for number in range(count):
        starts_on = today - timedelta(days=30) + timedelta(days=ends_in % 7)
        make.account(f"Hotel {count - number:03}", organisation=norte, starts_on=starts_on)


def names(client: Client, address: str) -> list[str]:
    return NAME.findall(client.get(address).content.decode())


def steps(client: Client, address: str) -> dict[str, str]:
    page = client.get(address).content.decode().replace("&amp;", "&")
    return {words: query for query, words in STEP.findall(page)}


@pytest.mark.parametrize("sort", ["name", "-name", "ends", "-ends", "created", "-created"])
def test_every_account_is_on_one_page_whichever_way_one_walks(
    norte: Organisation, nuria: Person, client: Client, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset.page, "__kwdefaults__", {"size": 3})
    fill(norte, 8)
    base = f"/o/{norte.slug}/accounts/"

    address, forwards = f"{base}?sort={sort}", []
    while True:
        forwards.append(names(client, address))
        onwards = steps(client, address).get("Siguiente")
        if onwards is None:
            break
        address = base + onwards
    backwards = [names(client, address)]
    while (back := steps(client, address).get("Anterior")) is not None:
        address = base + back
        backwards.insert(0, names(client, address))

    assert [len(page) for page in forwards] == [3, 3, 2]
    assert sorted(sum(forwards, [])) == [f"Hotel {n:03}" for n in range(1, 9)]
    assert sum(backwards, []) == sum(forwards, [])
    last = steps(client, f"{base}?sort={sort}")["Última"]
    assert names(client, base + last) == sum(forwards, [])[-3:]
    first = steps(client, base + last)["Primera"]
    assert names(client, base + first) == forwards[0]


@pytest.mark.parametrize(
    "place",
    [
        "after=x",
        "before=%00",
        "after=W10",
        "after=WyJhIiwgInsifQ",
        "at=nowhere",
        "after=" + "A" * 5000,
    ],
)
def test_a_place_that_cannot_be_read_is_the_first_page(
    norte: Organisation, nuria: Person, client: Client, place: str
) -> None:
    fill(norte, 2)

    answer = client.get(f"/o/{norte.slug}/accounts/?{place}")

    assert answer.status_code == 200
    assert len(NAME.findall(answer.content.decode())) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("malaga", ["Hotel Málaga"]),
        ("MÁLAGA", ["Hotel Málaga"]),
        ("hotel mál", ["Hotel Málaga"]),
        ("muralla", ["Hotel Málaga", "Bodegas Úbeda"]),
        ("B30189138", ["Hotel Málaga"]),
        ("ub", ["Bodegas Úbeda"]),
        ("ga", []),
        ("100%", []),
        ("_", []),
        ("nada de esto", []),
    ],
)
def test_search_ignores_case_and_accents_and_takes_every_word(
    norte: Organisation, nuria: Person, client: Client, text: str, found: list[str]
) -> None:
    hotel = make.account("Hotel Málaga", organisation=norte)
    bodegas = make.account("Bodegas Úbeda", organisation=norte)
    Account.objects.filter(pk=hotel.pk).update(client="Muralla, S.A.", nif="B30189138")
    Account.objects.filter(pk=bodegas.pk).update(client="Grupo Muralla")

    shown = names(client, f"/o/{norte.slug}/accounts/?sort=-name&q={text.replace('%', '%25')}")

    assert shown == sorted(found, reverse=True)


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


@pytest.mark.parametrize("page", ["accounts/", "accounts/?q=hotel", "orders/?show=all", "people/"])
def test_a_list_takes_as_many_queries_for_forty_rows_as_for_one(
    norte: Organisation, nuria: Person, client: Client, page: str
) -> None:
    address = f"/o/{norte.slug}/{page}"
    counts = []
    for more in (1, 39):
        fill(make.organisation(), 1)
        for _ in range(more):
            account = make.account(organisation=norte, starts_on=date(2026, 5, 3))
            make.renewal_order(account, by=nuria)
            make.superadmin(norte)
        counts.append(queries(client, address))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["/desk/", "/desk/organisations/", "/desk/licences/"])
def test_a_page_of_the_desk_takes_as_many_queries_for_many_as_for_one(
    client: Client, page: str
) -> None:
    client.force_login(make.commercial())
    counts = []
    for more in (1, 20):
        for _ in range(more):
            norte = make.organisation()
            make.opening_order(norte)
            make.licence(f"Licencia {Order.objects.count()}")
        counts.append(queries(client, page))

    assert counts[0] == counts[1]


def test_the_zones_agree_with_their_lists(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    today = clock.today("Europe/Madrid")
    make.account("Activa", organisation=norte, starts_on=today)
    make.account("Por empezar", organisation=norte, starts_on=today + timedelta(days=9))
    make.account(
        "Caducada hoy",
        organisation=norte,
        starts_on=date(today.year - 1, today.month, min(today.day, 28)),
    )
    make.account("De otros")

    active = names(client, f"/o/{norte.slug}/accounts/")
    expired = names(client, f"/o/{norte.slug}/accounts/expired/")
    page = client.get(f"/o/{norte.slug}/accounts/").content.decode()

    assert set(active) == {"Activa", "Por empezar"}
    assert expired == ["Caducada hoy"]
    assert re.findall(r'class="count">(\d+)', page)[:3] == ["2", "1", "0"]
    assert "empieza el" in page


def test_what_people_wrote_is_shown_and_never_run(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    make.account("<script>alert(1)</script>", organisation=norte)

    page = client.get(f"/o/{norte.slug}/accounts/?q=<b>x").content.decode()
    listed = client.get(f"/o/{norte.slug}/accounts/").content.decode()

    assert "<b>x" not in page
    assert "<script>alert" not in listed
    assert "&lt;script&gt;alert" in listed


def test_the_answers_forbid_what_our_pages_never_do(client: Client) -> None:
    answer = client.get("/sign-in/")

    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert re.search(r"<[^>]+\s(style|on\w+)=", answer.content.decode()) is None
