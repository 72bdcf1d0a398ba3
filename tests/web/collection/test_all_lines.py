import re
from datetime import date, timedelta

import pytest
from django.test import Client

from tests import make
from tests.collection.called import KEY
from tests.collection.lines import call_of, called_line, line_of, roomy
from tests.sheets import opened
from tests.web.accounts.test_account_list import queries
from vatio import clock
from vatio.metering import retiring
from vatio.metering.models import RtcLine

pytestmark = pytest.mark.django_db

NIGHT = make.NOON - timedelta(hours=10)
UNTIL = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _set_up(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.NOON)
    settings.COLLECT_MODEMS = {"Lugo": "/dev/ttyUSB0"}


@pytest.fixture
def elena(client: Client) -> Client:
    client.force_login(make.commercial())
    return client


@pytest.fixture
def lines() -> list[RtcLine]:
    norte, sur = make.organisation("Norte Eficiente"), make.organisation("Sur Energía")
    hotel, nave = roomy("Hotel", organisation=norte), roomy("Nave", organisation=sur)
    good = called_line(hotel, "Acometida", until=UNTIL)
    call_of(good, at=NIGHT)
    short = called_line(hotel, "Bodega", modem=True, until=date(2026, 11, 20))
    call_of(short, "engaged", at=NIGHT - timedelta(days=2))
    long = called_line(nave, "Cocina")
    call_of(long, "no_answer", at=NIGHT - timedelta(days=5))
    never = called_line(nave, "Depósito")
    late = called_line(nave, "Fachada", until=date(2026, 11, 2))
    call_of(late, at=NIGHT - timedelta(days=20))
    return [good, short, long, never, line_of(nave, "Escalera"), late]


def text(client: Client, onward: str = "") -> str:
    answer = client.get(f"/desk/lines/{onward}")
    assert answer.status_code == 200
    return answer.text


def names(page: str) -> list[str]:
    return re.findall(r'<a class="name"[^>]*>(.*?)</a>', page)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def test_every_line_is_listed_those_that_fail_for_longest_first(
    elena: Client, lines: list[RtcLine]
) -> None:
    page = text(elena)

    assert names(page)[:2] == ["Cocina", "Bodega"]
    assert sorted(names(page)[2:]) == ["Acometida", "Depósito", "Escalera", "Fachada"]
    said = words(page)
    assert "Responde 1" in said
    assert "No responde 2" in said
    assert "Sin llamar últimamente 1" in said
    assert "Nunca llamada 1" in said
    assert "Sin configurar 1" in said


def test_a_telephone_is_masked_and_a_key_is_nowhere(elena: Client, lines: list[RtcLine]) -> None:
    page = text(elena)

    assert "+34 ··· 030" in page
    assert "982102030" not in page.replace(" ", "")
    assert str(KEY) not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=failing", ["Cocina", "Bodega"]),
        ("?state=never", ["Depósito"]),
        ("?state=not_set_up", ["Escalera"]),
        ("?state=overdue", ["Fachada"]),
        ("?why=engaged", ["Bodega"]),
        ("?organisation=norte-eficiente&sort=name", ["Acometida", "Bodega"]),
        ("?q=COCINA", ["Cocina"]),
        ("?q=nave+deposito", ["Depósito"]),
        ("?q=nada", []),
        ("?sort=-name&state=failing", ["Cocina", "Bodega"]),
        ("?sort=name&state=failing", ["Bodega", "Cocina"]),
        ("?state=wrong&why=done&sort=x", None),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    elena: Client, lines: list[RtcLine], query: str, found: list[str] | None
) -> None:
    shown = names(text(elena, query))

    assert len(shown) == 6 if found is None else shown == found


@pytest.mark.parametrize(
    "sort", ["organisation", "account", "name", "transport", "read", "called", "outcome", "failing"]
)
@pytest.mark.parametrize("way", ["", "-"])
def test_every_heading_sorts_across_pages(
    elena: Client, lines: list[RtcLine], monkeypatch: pytest.MonkeyPatch, sort: str, way: str
) -> None:
    monkeypatch.setattr("vatio.pagination.page.__kwdefaults__", {"size": 2})
    found: list[str] = []
    onward = f"?sort={way}{sort}"

    for _page in range(4):
        page = text(elena, onward)
        found += names(page)
        following = re.search(r'<a href="([^"]*)" rel="next"', page)
        if following is None:
            break
        onward = following[1].replace("&amp;", "&")

    assert sorted(found) == ["Acometida", "Bodega", "Cocina", "Depósito", "Escalera", "Fachada"]


def test_a_retired_line_is_called_no_more_and_not_listed(
    elena: Client, lines: list[RtcLine]
) -> None:
    retiring.retire(lines[0], by=make.commercial(), at=make.NOON)

    assert "Acometida" not in names(text(elena))


def test_the_list_is_taken_along_as_csv(elena: Client, lines: list[RtcLine]) -> None:
    answer = elena.get("/desk/lines/?as=csv&sort=name&state=failing")

    rows = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="lineas-rtc-2026-11-24.csv"'
    assert len(rows) == 3
    assert rows[1].split(";")[2:] == [
        "Bodega",
        "",
        lines[1].meter.name,
        "Módem",
        "'+34 ··· 030 · Lugo",
        "2026-11-19",
        "2026-11-22 02:00",
        "La línea comunicaba",
        "No responde",
        "2026-11-22 02:00",
    ]


def test_the_list_is_taken_along_as_a_workbook(elena: Client, lines: list[RtcLine]) -> None:
    answer = elena.get("/desk/lines/?as=xlsx&sort=name")

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = opened(content).get_sheet_by_index(0).to_python()
    assert len(rows) == 7
    assert rows[0][:3] == ["Organización", "Cuenta", "Suministro"]
    assert rows[1][7] == date(2026, 11, 23)
    assert rows[5][6] == ""


def test_a_long_list_takes_as_many_statements_as_a_short_one(elena: Client) -> None:
    hotel = roomy("Hotel")
    call_of(called_line(hotel), at=NIGHT)
    one = queries(elena, "/desk/lines/")
    for _each in range(30):
        call_of(called_line(hotel), "no_answer", at=NIGHT)

    assert queries(elena, "/desk/lines/") == one


def test_without_lines_the_page_says_what_will_stand_there(elena: Client) -> None:
    assert "Todavía no hay líneas RTC" in words(text(elena))


def test_only_the_commercial_department_sees_the_lines_of_all(client: Client) -> None:
    hotel = roomy("Hotel")
    for person in (make.superadmin(hotel.organisation), make.holder(hotel, "administrator")):
        client.force_login(person)
        for page in ("/desk/lines/", "/desk/lines/modems/"):
            assert client.get(page).status_code == 403


def test_the_commercial_department_is_led_to_the_list(elena: Client) -> None:
    assert 'href="/desk/lines/"' in elena.get("/desk/").text
