import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.web.accounts.test_account_list import queries
from vatio import pagination
from vatio.accounts import non_renewal, renewal
from vatio.accounts.models import Account
from vatio.dates import add_months
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

ROW = re.compile(r'<tr><th scope="row"[^>]*>(.*?)</tr>', re.S)
CELL = re.compile(r'<td role="cell" class="number [^>]+>(?:<span aria-hidden="true">)?([\d.–]+)')
NAME = re.compile(r'<a class="name" href="/accounts/[^"]+">([^<]+)')
NEXT = re.compile(r'<a href="(\?[^"]+)" rel="next">')
TOTAL = re.compile(r'<text class="strong"[^>]*text-anchor="middle">(\d+)</text>')


@pytest.fixture(autouse=True)
def noon() -> object:
    with time_machine.travel(make.NOON + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation, client: Client) -> Person:
    person = make.superadmin(norte)
    client.force_login(person)
    return person


def ending(on: date, name: str, of: Organisation, **about: object) -> Account:
    start = add_months(on, -12, anchor_day=on.day)
    return make.account(name, organisation=of, starts_on=start, **about)  # type: ignore[arg-type]


def table(page: str) -> dict[str, list[str]]:
    """Read the table of the months: the figures of each row that are not nothing."""
    found = {}
    for row in ROW.findall(page):
        words = re.sub(r"<[^>]+>", "", row.split("</th>")[0])
        found[words] = [cell.replace("–", "0") for cell in CELL.findall(row)]
    return found


def listed(page: str) -> list[str]:
    """Read the accounts listed under the months."""
    return NAME.findall(page[page.index('id="accounts"') :])


def furnish(norte: Organisation) -> None:
    ending(date(2026, 11, 10), "Caducada", norte)
    ending(date(2026, 12, 3), "Por decidir", norte)
    renewed = ending(date(2026, 12, 5), "Renovada", norte)
    asked = ending(date(2026, 12, 9), "Pedida", norte)
    left = ending(date(2027, 2, 28), "Se va", norte)
    boss = make.commercial()
    renewal.renew(renewed, asked_at=make.NOON, at=make.NOON, by=boss)
    make.renewal_order(asked, at=make.NOON)
    non_renewal.leave(left, by=boss, at=make.NOON)
    ending(date(2026, 10, 31), "Del mes pasado", norte)
    ending(date(2027, 11, 1), "Más allá", norte)
    ending(date(2026, 12, 3), "De otros", make.organisation("Sur Energía"))


def test_a_month_tells_how_many_end_and_what_is_known_of_them(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    furnish(norte)

    page = client.get(f"/o/{norte.slug}/renewals/").content.decode()

    figures = table(page)
    assert list(figures)[:3] == ["nov 2026", "dic 2026", "ene 2027"]
    assert len(figures) == 13
    assert figures["nov 2026"] == ["1", "0", "0", "0", "1"]
    assert figures["dic 2026"] == ["3", "1", "1", "0", "1"]
    assert figures["feb 2027"] == ["1", "0", "0", "1", "0"]
    assert figures["12 meses"] == ["5", "1", "1", "1", "2"]
    assert TOTAL.findall(page) == ["1", "2026", "3", "2027", "1"]
    assert listed(page) == ["Caducada", "Por decidir", "Renovada", "Pedida", "Se va"]
    assert "Renovada hasta el 5 dic 2027" in page


def test_the_department_sees_the_accounts_of_every_organisation(
    norte: Organisation, client: Client
) -> None:
    furnish(norte)
    client.force_login(make.commercial())

    page = client.get("/desk/renewals/").content.decode()

    assert table(page)["12 meses"] == ["6", "1", "1", "1", "3"]
    assert "De otros" in page
    assert "Crear un enlace" not in page


@pytest.mark.parametrize(
    ("month", "names"),
    [
        ("2026-12", ["Por decidir", "Renovada", "Pedida"]),
        ("2027-02", ["Se va"]),
        ("2027-03", []),
        ("2026-10", ["Caducada", "Por decidir", "Renovada", "Pedida", "Se va"]),
        ("2026-13", ["Caducada", "Por decidir", "Renovada", "Pedida", "Se va"]),
        ("%00", ["Caducada", "Por decidir", "Renovada", "Pedida", "Se va"]),
    ],
)
def test_a_month_that_is_asked_shows_its_accounts_and_no_month_shows_all(
    norte: Organisation, nuria: Person, client: Client, month: str, names: list[str]
) -> None:
    furnish(norte)

    page = client.get(f"/o/{norte.slug}/renewals/?month={month}").content.decode()

    assert listed(page) == names
    assert table(page)["12 meses"] == ["5", "1", "1", "1", "2"]


def test_every_account_is_on_one_page(
    norte: Organisation, nuria: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagination.page_of, "__kwdefaults__", {"size": 2})
    furnish(norte)
    base = f"/o/{norte.slug}/renewals/"

    address, found = base, []
    while True:
        page = client.get(address).content.decode()
        found.append(listed(page))
        onwards = NEXT.findall(page)
        if not onwards:
            break
        address = base + onwards[0].replace("&amp;", "&")

    assert found == [["Caducada", "Por decidir"], ["Renovada", "Pedida"], ["Se va"]]


@pytest.mark.parametrize("place", ["after=x", "after=WyJ4IiwgMV0", "after=WzEsIDFd", "before=%00"])
def test_a_place_that_cannot_be_read_is_the_first_page(
    norte: Organisation, nuria: Person, client: Client, place: str
) -> None:
    furnish(norte)

    answer = client.get(f"/o/{norte.slug}/renewals/?{place}")

    assert answer.status_code == 200
    assert len(listed(answer.content.decode())) == 5


def test_the_page_asks_as_often_for_forty_accounts_as_for_one(norte: Organisation) -> None:
    leading, deciding = Client(), Client()
    leading.force_login(make.superadmin(norte))
    deciding.force_login(make.commercial())
    asked = []
    for more in (1, 39):
        for number in range(more):
            hotel = ending(date(2026, 12, 3), f"Hotel {more} {number}", norte)
            make.renewal_order(hotel, at=make.NOON)
        here = queries(leading, "/o/norte-eficiente/renewals/")
        asked.append((here, queries(deciding, "/desk/renewals/")))

    assert asked[0] == asked[1]


def test_the_figures_that_are_near_stand_on_top(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    for day in (date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 24), date(2026, 12, 25)):
        ending(day, f"Hotel {day}", norte)

    page = client.get(f"/o/{norte.slug}/renewals/").content.decode()

    tiles = re.findall(r'class="tile"><dt>([^<]+)</dt><dd>(\d+)', page)
    assert tiles == [
        ("Caducan en 30 días", "2"),
        ("Ya renovadas, 12 meses", "0"),
        ("Pedidas, sin decidir", "0"),
        ("Por decidir, este mes", "2"),
    ]
    assert "1 ya ha caducado" in page


def test_the_months_begin_by_the_organisations_zone(client: Client) -> None:
    sur = make.organisation("Sur Energía", time_zone="Atlantic/Canary")

    with time_machine.travel("2026-12-31T23:30:00+00:00", tick=False):
        client.force_login(make.superadmin(sur))
        canary = client.get(f"/o/{sur.slug}/renewals/").content.decode()
        client.force_login(make.commercial())
        madrid = client.get("/desk/renewals/").content.decode()

    assert next(iter(table(canary))) == "dic 2026"
    assert next(iter(table(madrid))) == "ene 2027"


def test_what_people_wrote_is_shown_and_never_run(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    ending(date(2026, 12, 3), "<script>alert(1)</script>", norte)

    page = client.get(f"/o/{norte.slug}/renewals/?month=<b>x").content.decode()

    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert re.search(r"<[^>]+\s(style|on\w+)=", page) is None


def test_it_is_reached_from_the_accounts_and_from_the_departments_menu(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    ending(date(2026, 12, 3), "Hotel", norte)

    accounts = client.get(f"/o/{norte.slug}/accounts/").content.decode()
    client.force_login(make.commercial())
    desk = client.get("/desk/").content.decode()

    assert f'href="/o/{norte.slug}/renewals/"' in accounts
    assert 'href="/desk/renewals/"' in desk


@pytest.mark.parametrize("month", ["", "?month=2026-11", "?month=2027-06"])
def test_the_page_begins_with_the_accounts_in_grace_whatever_the_month(
    norte: Organisation, nuria: Person, client: Client, month: str
) -> None:
    ending(date(2026, 11, 23), "Ayer", norte)
    ending(date(2026, 10, 26), "El último día", norte)
    ending(date(2026, 10, 25), "Ya no", norte)
    ending(date(2026, 11, 25), "Mañana", norte)
    renewal_asked = ending(date(2026, 11, 2), "Pedida en plazo", norte)
    make.renewal_order(renewal_asked, at=make.noon(date(2026, 11, 1)))
    ending(date(2026, 11, 20), "De otros", make.organisation("Sur Energía"))

    page = client.get(f"/o/{norte.slug}/renewals/{month}").content.decode()
    grace = page[page.index('id="grace"') : page.index('<dl class="tiles">')]

    assert NAME.findall(grace) == ["El último día", "Pedida en plazo", "Ayer"]
    assert "Renovación solicitada" in grace
    assert NAME.findall(page)[:3] == NAME.findall(grace)


def test_who_is_in_grace_is_a_matter_of_the_day_where_the_account_stands(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    for time_zone in ("Pacific/Kiritimati", "Europe/Madrid", "Pacific/Niue"):
        ending(date(2026, 11, 24), f"Hoy {time_zone}", norte, time_zone=time_zone)
        ending(date(2026, 10, 25), f"Hace 30 {time_zone}", norte, time_zone=time_zone)
    with time_machine.travel(datetime(2026, 11, 24, 10, 30, tzinfo=UTC), tick=False):
        page = client.get(f"/o/{norte.slug}/renewals/").content.decode()
    grace = page[page.index('id="grace"') : page.index('<dl class="tiles">')]

    assert sorted(NAME.findall(grace)) == [
        "Hace 30 Pacific/Niue",
        "Hoy Europe/Madrid",
        "Hoy Pacific/Kiritimati",
    ]
