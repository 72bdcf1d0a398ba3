import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.readings.stored import put, series
from tests.sheets import opened
from vatio import clock
from vatio.accounts.models import Account
from vatio.metering.models import DataPoint, DataSource
from vatio.readings.models import State
from vatio.readings.slots import local_day
from vatio.tenants.models import Organisation, Person

pytestmark = pytest.mark.django_db

NAME = re.compile(r'<a class="name" href="[^"]+">([^<]+)')
MADRID = "Europe/Madrid"


@pytest.fixture
def norte() -> Organisation:
    return make.organisation("Norte Eficiente")


@pytest.fixture
def nuria(norte: Organisation, client: Client) -> Person:
    person = make.superadmin(norte)
    client.force_login(person)
    return person


def active(norte: Organisation, name: str) -> Account:
    starts_on = clock.today(MADRID) - timedelta(days=20)
    return make.account(name, organisation=norte, starts_on=starts_on)


def consuming(norte: Organisation, name: str, wh: float) -> Account:
    """An account that consumed so much in each hour of yesterday and of its day last year."""
    made = active(norte, name)
    key = series(60, of=made)
    yesterday = clock.today(MADRID) - timedelta(days=1)
    for day, each in ((yesterday, wh), (yesterday - timedelta(days=364), 100.0)):
        local = local_day(day, MADRID)
        hours = range(local.begins, local.ends, 3600)
        put(key, [(at, each) for at in hours], at=timezone.now().timestamp())
    return made


def names(client: Client, address: str) -> list[str]:
    return NAME.findall(client.get(address).content.decode())


def test_it_shows_the_accounts_of_the_organisation_and_of_no_other(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    consuming(norte, "Hotel Lugo", 200.0)
    consuming(make.organisation(), "Hotel Ajeno", 300.0)

    page = client.get(f"/o/{norte.slug}/portfolio/").content.decode()

    assert NAME.findall(page) == ["Hotel Lugo"]
    assert "Hotel Ajeno" not in page
    assert "<h1>Cartera</h1>" in page
    assert 'data-label="Ayer (kWh)">4,8<' in page


def test_the_menu_leads_to_it_for_who_leads_an_organisation(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    page = client.get(f"/o/{norte.slug}/accounts/").content.decode()

    assert re.search(rf'<a href="/o/{norte.slug}/portfolio/">.*?Cartera</a>', page)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Ana", "Bea", "Caz"]),
        ("-name", ["Caz", "Bea", "Ana"]),
        ("yesterday", ["Caz", "Ana", "Bea"]),
        ("-yesterday", ["Bea", "Ana", "Caz"]),
        ("last", ["Caz", "Ana", "Bea"]),
        ("used", ["Caz", "Ana", "Bea"]),
        ("nothing", ["Ana", "Bea", "Caz"]),
    ],
)
def test_it_sorts_by_each_column(
    norte: Organisation, nuria: Person, client: Client, sort: str, expected: list[str]
) -> None:
    consuming(norte, "Ana", 200.0)
    consuming(norte, "Bea", 300.0)
    active(norte, "Caz")

    shown = names(client, f"/o/{norte.slug}/portfolio/?sort={sort}")

    assert shown == expected


@pytest.mark.parametrize("sort", ["month", "-month", "change", "-change"])
def test_figures_without_a_value_sort_below_all_others(
    norte: Organisation, nuria: Person, client: Client, sort: str
) -> None:
    consuming(norte, "Ana", 200.0)
    active(norte, "Bea")
    if clock.today(MADRID).day == 1:
        pytest.skip("nothing of this month is whole yet")

    shown = names(client, f"/o/{norte.slug}/portfolio/?sort={sort}")

    assert shown == (["Ana", "Bea"] if sort.startswith("-") else ["Bea", "Ana"])


@pytest.mark.parametrize("sort", ["name", "-yesterday", "used"])
def test_pages_follow_each_other_and_lead_back(
    norte: Organisation, nuria: Person, client: Client, sort: str
) -> None:
    for number in range(103):
        active(norte, f"Hotel {number:03}")
    address = f"/o/{norte.slug}/portfolio/"
    seen, query = [], f"?sort={sort}"
    while query:
        page = client.get(address + query).content.decode()
        seen.append(NAME.findall(page))
        following = re.search(r'<a href="(\?[^"]+)" rel="next">Siguiente', page)
        query = following[1].replace("&amp;", "&") if following else ""

    back = re.search(r'<a href="(\?[^"]+)" rel="prev">Anterior', page)
    assert back is not None
    before = names(client, address + back[1].replace("&amp;", "&"))
    last = names(client, f"{address}?sort={sort}&at=last")

    assert [len(rows) for rows in seen] == [50, 50, 3]
    assert sorted(sum(seen, [])) == [f"Hotel {number:03}" for number in range(103)]
    assert before == seen[1]
    assert last[-3:] == seen[2]


def test_a_place_that_cannot_be_read_is_the_first_page(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    active(norte, "Ana")

    for place in ("after=x", "after=W10", "after=WyJhIiwgInsifQ", "before=WzEsMl0"):
        assert names(client, f"/o/{norte.slug}/portfolio/?{place}") == ["Ana"]


def test_search_sector_and_late_data_narrow_the_list(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    late = consuming(norte, "Hotel Málaga", 200.0)
    Account.objects.filter(pk=active(norte, "Nave Úbeda").pk).update(sector="industry")
    source = DataSource.objects.create(
        account=late,
        organisation=norte,
        name="Pasarela",
        kind=DataSource.Kind.INSERTION,
        created_at=make.NOON,
    )
    DataPoint.objects.filter(account=late).update(source=source)
    address = f"/o/{norte.slug}/portfolio/"
    State.objects.filter(account_id=late.pk).update(last_at=timezone.now() - timedelta(hours=5))

    assert names(client, f"{address}?q=malaga") == ["Hotel Málaga"]
    assert names(client, f"{address}?sector=industry") == ["Nave Úbeda"]
    assert names(client, f"{address}?data=late") == ["Hotel Málaga"]
    page = client.get(address).content.decode()
    assert "1 de 1 punto con retraso" in page
    assert "hace 4 h" in page
    assert "sin datos" in page


def test_expired_accounts_are_behind_a_filter(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    active(norte, "Ana")
    make.account("Bea", organisation=norte, starts_on=clock.today(MADRID) - timedelta(days=400))

    assert names(client, f"/o/{norte.slug}/portfolio/") == ["Ana"]
    assert names(client, f"/o/{norte.slug}/portfolio/?state=expired") == ["Bea"]


def test_it_takes_as_many_queries_for_a_hundred_accounts_as_for_one(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    counts = []
    for more in (1, 99):
        for number in range(more):
            account = active(norte, f"Hotel {more}-{number}")
            series(60, of=account)
        address = f"/o/{norte.slug}/portfolio/?sort=used"
        client.get(address)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        counts.append(len(counted))

    assert counts[0] == counts[1]


def test_without_accounts_it_says_what_will_be_here(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    page = client.get(f"/o/{norte.slug}/portfolio/").content.decode()

    assert "cuánto consume" in page


def test_the_workbook_and_the_csv_have_the_same_accounts_in_the_same_order(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    consuming(norte, "=Ana", 200.0)
    consuming(norte, "Bea", 300.0)
    address = f"/o/{norte.slug}/portfolio/?sort=-yesterday&as="

    book = opened(client.get(address + "xlsx").getvalue())
    answer = client.get(address + "csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows] == ["Cuenta", "Bea", "'=Ana"]
    assert rows[1][9] == "7,2"
    sheet = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet] == ["Cuenta", "Bea", "=Ana"]
    assert sheet[1][9] == 7.2
    assert rows[0][6] == sheet[0][6] == "Frente al año pasado"
    assert "attachment" in answer["Content-Disposition"]


def test_whole_numbers_of_the_workbook_have_a_decimal(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    consuming(norte, "Ana", 250.0)

    answer = client.get(f"/o/{norte.slug}/portfolio/?as=xlsx")

    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as book:
        styles = book.read("xl/styles.xml").decode()
    assert 'formatCode="#,##0.0"' in styles
    assert "#,##0.###" not in styles


def test_the_csv_in_english_has_commas_and_points(
    norte: Organisation, nuria: Person, client: Client
) -> None:
    nuria.language = "en"
    nuria.save(update_fields=["language"])
    consuming(norte, "Ana, Lugo", 200.0)

    answer = client.get(f"/o/{norte.slug}/portfolio/?as=csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0] == "Ana, Lugo"
    assert (rows[0][9], rows[1][9]) == ("Yesterday (kWh)", "4.8")


def test_it_speaks_english_too(norte: Organisation, nuria: Person, client: Client) -> None:
    nuria.language = "en"
    nuria.save(update_fields=["language"])
    consuming(norte, "Ana", 200.0)

    page = client.get(f"/o/{norte.slug}/portfolio/").content.decode()

    assert "<h1>Portfolio</h1>" in page
    assert "Against last year" in page
    assert not re.search(r"\d[ \u00a0]%", page)
