import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.sheets import HOSTILE, opened
from vatio import clock
from vatio.accounts import adjusting
from vatio.accounts.models import Account
from vatio.orders.models import Order
from vatio.tenants.models import Organisation, Person
from vatio.units import Quantities

pytestmark = pytest.mark.django_db

NAME = re.compile(r'<a class="name" href="[^"]+">([^<]+)')


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


LISTS = [
    "accounts/",
    "accounts/?q=hotel",
    "accounts/?sort=-meters",
    "accounts/?sector=hotels&ends=90&order=open",
    "accounts/expired/",
    "orders/?show=all",
    "people/",
]


def test_a_list_takes_as_many_queries_for_forty_rows_as_for_one(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    counts = []
    for more in (1, 39):
        fill(make.organisation(), 1)
        for _ in range(more):
            account = make.account(organisation=norte, starts_on=date(2026, 5, 3))
            make.renewal_order(account, by=nuria)
            make.superadmin(norte)
        counts.append({page: queries(client, f"/o/{norte.slug}/{page}") for page in LISTS})

    assert counts[0] == counts[1]


def test_a_page_of_the_desk_takes_as_many_queries_for_many_as_for_one(client: Client) -> None:
    pages = ["/desk/", "/desk/accounts/", "/desk/organisations/", "/desk/licences/"]
    client.force_login(make.commercial())
    counts = []
    for more in (1, 20):
        for _ in range(more):
            norte = make.organisation()
            make.opening_order(norte)
            make.licence(f"Licencia {Order.objects.count()}")
        counts.append({page: queries(client, page) for page in pages})

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


def test_filters_narrow_together_and_their_count_agrees(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    today = clock.today("Europe/Madrid")
    avanzada = make.licence("Avanzada Mtr", meters=50, supply_points=25, rtc_lines=2)
    soon = today - timedelta(days=340)
    hotel = make.account("Hotel Lugo", organisation=norte, starts_on=soon)
    make.account("Nave Sil", organisation=norte, starts_on=soon, version=avanzada)
    make.account("Hotel Soria", organisation=norte, starts_on=today, version=avanzada)
    Account.objects.filter(name="Nave Sil").update(sector="industry")
    make.renewal_order(hotel, by=nuria, at=clock.now())
    base = f"/o/{norte.slug}/accounts/?sort=name"

    def shown(more: str) -> tuple[list[str], str]:
        page = client.get(base + more).content.decode()
        return NAME.findall(page), re.findall(r'class="total">([^<]+)', page)[0]

    assert shown("&ends=30") == (["Hotel Lugo", "Nave Sil"], "2 cuentas")
    assert shown("&sector=hotels") == (["Hotel Lugo", "Hotel Soria"], "2 cuentas")
    assert shown("&order=open") == (["Hotel Lugo"], "1 cuenta")
    assert shown(f"&licence={avanzada.licence.uid}") == (["Hotel Soria", "Nave Sil"], "2 cuentas")
    assert shown(f"&licence={avanzada.licence.uid}&ends=30") == (["Nave Sil"], "1 cuenta")
    assert shown("&sector=nonsense&ends=31&licence=x&order=x")[1] == "3 cuentas"


def test_the_export_holds_what_is_filtered_in_its_order_and_no_formula(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    today = clock.today("Europe/Madrid")
    make.account("Hotel Lugo", organisation=norte, starts_on=today)
    make.account("=1+1", organisation=norte, starts_on=today, totals=Quantities(12, 5, None, 0))
    make.account("Nave", organisation=norte, starts_on=today)
    Account.objects.filter(name="Nave").update(sector="industry")

    answer = client.get(f"/o/{norte.slug}/accounts/?sector=hotels&sort=-meters&as=xlsx")

    rows = opened(b"".join(answer.streaming_content)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["Cuenta", "NIF", "Cliente", "Licencia"]
    assert [row[0] for row in rows[1:]] == ["=1+1", "Hotel Lugo"]
    assert [row[5] for row in rows[1:]] == [12, 10]
    assert [row[6] for row in rows[1:]] == [0, 0]
    assert rows[1][-2] == today


def test_whatever_an_account_is_called_stays_a_text_in_the_export(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    names = {text.strip() for text in HOSTILE}
    for name in names:
        make.account(name, organisation=norte, starts_on=clock.today("Europe/Madrid"))

    answer = client.get(f"/o/{norte.slug}/accounts/?as=xlsx")

    rows = opened(b"".join(answer.streaming_content)).get_sheet_by_index(0).to_python()
    assert {row[0] for row in rows[1:]} == names


def test_hidden_columns_are_kept_for_the_person(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    make.account(organisation=norte, starts_on=clock.today("Europe/Madrid"))
    address = f"/o/{norte.slug}/accounts/"

    client.post("/columns/", {"column": ["name", "ends"], "back": address})

    nuria.refresh_from_db()
    assert "ends" not in nuria.hidden_columns
    page = client.get(address).content.decode()
    assert "?sort=ends" in page.replace("sort=-ends", "sort=ends")
    assert "sort=client" not in page


def test_ticked_accounts_are_renewed_and_the_report_is_shown_once(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    today = clock.today("Europe/Madrid")
    mine = [make.account(name, organisation=norte, starts_on=today) for name in ("Uno", "Dos")]
    foreign = make.account("De otros", starts_on=today)
    ticked = [f"{each.uid}|{each.covered_until}" for each in (*mine, foreign)]

    client.post(f"/o/{norte.slug}/accounts/renew/", {"ticked": [*ticked, "x|y", "z"]})

    assert set(Order.objects.values_list("account__name", flat=True)) == {"Uno", "Dos"}
    first = client.get(f"/o/{norte.slug}/accounts/").content.decode()
    assert "2 cuentas marcadas" in first
    assert "2 cuentas marcadas" not in client.get(f"/o/{norte.slug}/accounts/").content.decode()


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


def test_each_quantity_is_told_as_used_of_contracted_once_something_is_installed(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    version = make.licence("Doce Mtr", meters=12, supply_points=4)
    hotel = make.account("Hotel", organisation=norte, version=version)
    make.account("Nave", organisation=norte, version=version)
    for _each in range(9):
        make.meter(hotel)
    page = f"/o/{norte.slug}/accounts/"

    cells = re.findall(
        r'class="number"(?: data-used="(\d+)")? data-label="(?:Medidores|CUPS)">([^<]*)',
        rows_of(client, page),
    )

    assert cells == [("7", "9 / 12"), ("0", "0 / 4"), ("", "12"), ("", "4")]


def test_more_used_than_contracted_is_said_in_words(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    hotel = make.account("Hotel", organisation=norte)
    for _each in range(3):
        make.meter(hotel)
    less = Quantities(2, 5, None, 0)
    adjusting.adjust_quantities(hotel, less, reason="Menos", by=make.commercial(), at=make.NOON)

    rows = rows_of(client, f"/o/{norte.slug}/accounts/")

    assert 'data-used="10"' in rows
    assert "<b>3 / 2</b><i>, 1 por encima de lo contratado</i>" in rows


def test_the_share_in_use_sorts_the_list_once_something_is_used(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    address = f"/o/{norte.slug}/accounts/"
    for name, meters, used in (("Mitad", 4, 2), ("Llena", 1, 1), ("Poco", 10, 1), ("Nada", 5, 0)):
        version = make.licence(name, meters=meters)
        account = make.account(name, organisation=norte, version=version)
        assert used or "meters_used" in client.get(address).content.decode()
        for _each in range(used):
            make.meter(account)

    assert names(client, f"{address}?sort=-meters_used") == ["Llena", "Mitad", "Poco", "Nada"]
    assert names(client, f"{address}?sort=meters_used") == ["Nada", "Poco", "Mitad", "Llena"]


def rows_of(client: Client, address: str) -> str:
    return client.get(address).content.decode().partition("<tbody")[2]
