import csv
import io
from datetime import date

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests import make
from tests.consumption.kept import keep
from tests.web.analysis.looked import (
    ONE_DAY,
    WEEK,
    address,
    look,
    measured,
    rows_of,
    speak,
)
from vatio.accounts.models import Account
from vatio.metering.models import DataPoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]

FORMULAS = ["=1+2", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"]


def text(client: Client, of: Account, query: str = WEEK, delimiter: str = ";") -> list[list[str]]:
    answer = client.get(address(of, query, "download.csv"))
    assert answer.status_code == 200
    content = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=delimiter))


def workbook(client: Client, of: Account, query: str = WEEK) -> list[list]:
    answer = client.get(address(of, query, "download.xlsx"))
    assert answer.status_code == 200
    content = io.BytesIO(b"".join(answer.streaming_content))
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()


def test_a_text_has_the_rows_of_the_table(client: Client, hotel: Account) -> None:
    key = measured(hotel)
    keep(key, date(2026, 10, 21), [1_234.5] * 20 + [None] * 4)

    rows = text(client, hotel)
    shown = rows_of(look(client, hotel, WEEK))

    assert rows[0] == shown[0]
    assert rows[3] == ["2026-10-21", "24,69", "1,2345", "00:00", "sin datos: 4 h"]
    assert [row[-1] for row in rows[1:]] == [row[-1] for row in shown[1:-1]]
    assert len(rows) == len(shown) - 1


def test_a_text_in_english_has_commas_and_points(client: Client, hotel: Account) -> None:
    measured(hotel, each=1_234.5)
    speak(client, hotel, "en")

    rows = text(client, hotel, delimiter=",")

    assert rows[0][:2] == ["Day", "Consumption, kWh"]
    assert rows[1][:2] == ["2026-10-19", "29.628"]


def test_a_workbook_has_the_rows_of_the_table_as_days_and_numbers(
    client: Client, hotel: Account
) -> None:
    measured(hotel, each=1_234.5)

    rows = workbook(client, hotel)

    assert rows[0] == ["Día", "Consumo, kWh", "Potencia máxima, kW", "Cuándo", "Qué falta"]
    assert rows[1][:4] == [date(2026, 10, 19), 29.628, 1.2345, "00:00"]
    assert rows[7][-1] == "día de 25 horas: cambio de hora"
    assert len(rows) == 8


def test_all_pages_of_the_table_are_downloaded(client: Client, hotel: Account) -> None:
    measured(hotel, days=6)
    query = "?from=2026-10-23&to=2026-10-27&by=hour&row=100"

    rows, lines = workbook(client, hotel, query), text(client, hotel, query)

    assert len(rows) == len(lines) == 1 + 121


def test_hours_have_their_instant_beside_them(client: Client, hotel: Account) -> None:
    measured(hotel)

    rows = text(client, hotel, "?from=2026-10-25&to=2026-10-25")

    assert rows[0] == ["Hora", "UTC", "Consumo, kWh", "Qué falta"]
    assert [row[:2] for row in rows[3:5]] == [
        ["2026-10-25 02:00", "2026-10-25T00:00:00Z"],
        ["2026-10-25 02:00", "2026-10-25T01:00:00Z"],
    ]


def test_a_comparison_is_downloaded_as_a_share(client: Client, hotel: Account) -> None:
    key = measured(hotel, days=20)
    for number in range(7):
        keep(key, date(2026, 10, 19) + number * ONE_DAY, [1_500.0] * (25 if number == 6 else 24))

    rows = workbook(client, hotel, WEEK + "&versus=previous")

    assert rows[0][2:4] == ["El periodo anterior, kWh", "Diferencia"]
    assert rows[1][1:4] == [36, 24, 0.5]


@pytest.mark.parametrize("name", FORMULAS)
def test_names_are_no_formulas(client: Client, hotel: Account, name: str) -> None:
    keys = [measured(hotel, name), measured(hotel, "Otro")]
    uids = [DataPoint.objects.get(pk=each.data_point_id).uid for each in keys]
    query = WEEK + "".join(f"&what=point:{uid}" for uid in uids)

    heading = text(client, hotel, query)[0][1]
    of_the_book = workbook(client, hotel, query)[0][1]

    assert heading.startswith(f"'{name}")
    assert of_the_book.startswith(name)


@pytest.mark.parametrize("role", ["administrator", "viewer"])
def test_people_of_the_account_download(client: Client, hotel: Account, role: str) -> None:
    measured(hotel)
    client.force_login(make.holder(hotel, role))

    answer = client.get(address(hotel, WEEK, "download.csv"))

    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="hotel-lugo-toda-la-cuenta-2026-10-19-2026-10-25.csv"'
    )


@pytest.mark.parametrize("kind", ["pdf", "CSV", "xls", "csv.exe"])
def test_other_kinds_are_not_there(client: Client, hotel: Account, kind: str) -> None:
    measured(hotel)

    answer = client.get(address(hotel, WEEK, f"download.{kind}"))

    assert answer.status_code == 404


def test_nothing_installed_downloads_an_empty_table(client: Client, hotel: Account) -> None:
    rows = text(client, hotel)

    assert len(rows) == 8
    assert {row[1] for row in rows[1:]} == {""}
