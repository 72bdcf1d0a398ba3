import json
import re
from datetime import date
from itertools import product
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.readings.stored import put, series
from tests.web.analysis.looked import (
    AT,
    GAS_VOLUME,
    TEMPERATURE,
    WEEK,
    address,
    look,
    measured,
    rows_of,
    speak,
    supplied,
)
from vatio.accounts.models import Account
from vatio.history.models import Act
from vatio.metering.models import DataPoint
from vatio.readings.slots import local_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "es",
            ["Consumo", "Qué", "Desde", "Hasta", "Resolución", "Comparar con", "Descargar"],
        ),
        ("en", ["Consumption", "What", "From", "Until", "Resolution", "Compare with", "Download"]),
    ],
)
def test_people_of_the_account_read_it_in_their_language(
    client: Client, hotel: Account, language: str, words: list[str]
) -> None:
    measured(hotel)
    speak(client, hotel, language)

    page = look(client, hotel)

    assert f"<h1>{words[0]}</h1>" in page
    assert [each for each in words[1:6] if f">{each}<" not in page] == []
    assert f'aria-label="{words[6]}"' in page


def test_the_four_views_lead_to_each_other(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel)

    for words in ("Consumo", "Mapa de calor", "Calidad de datos", "Entregas"):
        assert f">{words}</a>" in page


def test_the_curve_calls_a_tariff_period_by_its_name(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel, WEEK)

    words = json.loads(re.search(r"data-words='([^']+)'", page)[1])  # type: ignore[index]
    assert words["period"] == "Periodo tarifario"


@pytest.mark.parametrize("page", ["", "heat-map/", "curve/", "download.csv", "download.xlsx"])
def test_an_account_of_another_organisation_is_not_there(client: Client, page: str) -> None:
    other = make.account("Ajena", organisation=make.organisation("Sur"))
    client.force_login(make.superadmin(make.organisation("Norte")))

    answer = client.get(address(other, page=page))

    assert answer.status_code == 404


HOSTILE = {
    "from": ["nada", "2026-13-45", "0001-01-01", "99999-01-01", "2026-10-28\x00", ""],
    "to": ["nada", "0001-01-01", "9999-12-31", "-1", "١٢٣"],
    "by": ["<script>", "slot", "year", "SLOT"],
    "versus": ["__class__", "date'--", "weekday "],
    "as": ["curve<b>", "periods", "sites", "bars"],
    "row": ["-1", "99999999999999999999", "1e9", "²", "nada"],
    "what": ["account'", "site:nada", "point:", ":", "point:" + "0" * 400, "\x00", "🔥"],
}


@pytest.mark.parametrize(
    ("name", "value"), [pair for key, values in HOSTILE.items() for pair in product([key], values)]
)
@pytest.mark.parametrize("page", ["", "heat-map/", "curve/", "download.csv"])
def test_nonsense_in_an_address_is_left_out(
    client: Client, hotel: Account, page: str, name: str, value: str
) -> None:
    measured(hotel, days=2)

    answer = client.get(address(hotel, page=page), {name: value})

    assert answer.status_code == 200
    if page in ("", "heat-map/"):
        assert "Toda la cuenta" in answer.content.decode()
        assert "<script>" not in answer.content.decode().replace("<script src", "")


def test_things_of_another_account_are_left_out(client: Client, hotel: Account) -> None:
    mine = measured(hotel, "Propio", days=2)
    other = make.account("Otro", organisation=hotel.organisation)
    key = measured(other, "Ajeno", days=2)
    foreign = DataPoint.objects.get(pk=key.data_point_id)
    own = DataPoint.objects.get(pk=mine.data_point_id)

    page = look(client, hotel, f"?what=point:{foreign.uid}")
    both = look(client, hotel, f"?what=point:{own.uid}&what=point:{foreign.uid}")

    assert "<p>Toda la cuenta ·" in page
    assert "Ajeno" not in page + both
    assert "<p>Propio" in both


def test_a_thing_that_is_not_there_any_more_is_the_whole_account(
    client: Client, hotel: Account
) -> None:
    measured(hotel, days=2)

    page = look(client, hotel, f"?what=calculated:{uuid4()}")

    assert "<p>Toda la cuenta ·" in page


@pytest.mark.parametrize(
    "query", [WEEK, WEEK + "&as=periods", WEEK + "&versus=previous", WEEK + "&as=sites"]
)
def test_as_many_queries_for_many_supply_points_as_for_one(
    client: Client, hotel: Account, query: str
) -> None:
    supplied(hotel, "El primero", minutes=60)
    look(client, hotel, query)
    with CaptureQueriesContext(
        connection,
    ) as for_one:
        look(client, hotel, query)
    for number in range(59):
        supplied(hotel, f"Suministro {number}", minutes=60)
    with CaptureQueriesContext(connection) as for_many:
        look(client, hotel, query)

    assert len(for_many) == len(for_one)


def test_dates_the_wrong_way_round_are_turned(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel, "?from=2026-10-25&to=2026-10-19")

    assert "del 19 oct 2026 al 25 oct 2026" in page


def test_a_single_day_is_named_once(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel, "?from=2026-10-25&to=2026-10-25")

    assert "<p>Toda la cuenta · domingo, 25 oct 2026</p>" in page


def test_ten_years_are_months_and_no_more_are_looked_at(client: Client, hotel: Account) -> None:
    measured(hotel)

    rows = rows_of(look(client, hotel, "?from=1990-01-01&to=2026-10-28"))

    assert rows[0][0] == "Mes"
    assert len(rows) - 2 <= 100
    assert "oct 2026" not in [row[0] for row in rows]


def test_nothing_installed_leads_to_the_installation(client: Client, hotel: Account) -> None:
    page = look(client, hotel)

    assert f'href="/accounts/{hotel.uid}/installation/"' in page
    assert "download.xlsx" not in page


def test_without_readings_the_next_step_is_to_bring_them(client: Client, hotel: Account) -> None:
    series(of=hotel)

    page = look(client, hotel)
    speak(client, hotel, "es")
    seen = look(client, hotel)

    assert "Importar lecturas" in page
    assert "Importar lecturas" not in seen


def test_days_without_data_lead_to_the_last_that_have_some(client: Client, hotel: Account) -> None:
    key = series(of=hotel)
    begins = local_day(date(2026, 5, 1), key.time_zone).begins
    put(key, [(begins + hour * 3600, 1_000.0) for hour in range(48)], at=AT.timestamp())

    page = look(client, hotel)

    assert "Sin datos en estos días" in page
    (query,) = re.findall(r'href="(\?[^"]*)">Los últimos días con datos', page)
    assert "from=2026-04-03&to=2026-05-02" in query
    assert "48,0" in look(client, hotel, query)


def test_days_to_come_are_not_said_to_be_missing(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel, "?from=2026-11-01&to=2026-11-30")
    heat = look(client, hotel, "?from=2026-11-01&to=2026-11-30", "heat-map/")

    assert "Estos días aún no han llegado" in page
    assert "Estos días aún no han llegado" in heat
    assert "download.xlsx" not in page


def test_a_comparison_with_nothing_says_so(client: Client, hotel: Account) -> None:
    measured(hotel)

    page = look(client, hotel, "?from=2026-10-20&to=2026-10-24&versus=date")

    assert "no hay con qué comparar" in page


def test_months_and_spans_are_moved_by_as_much(client: Client, hotel: Account) -> None:
    measured(hotel)

    month = look(client, hotel, "?from=2026-09-01&to=2026-09-30")
    week = look(client, hotel, WEEK)

    assert "from=2026-08-01&to=2026-08-31" in month
    assert "from=2026-10-01&to=2026-10-31" in month
    assert "from=2026-10-12&to=2026-10-18" in week
    assert "from=2026-10-26&to=2026-11-01" in week


def test_what_has_another_unit_is_said_to_be_looked_at_apart(
    client: Client, hotel: Account
) -> None:
    power = measured(hotel, "General")
    warmth = measured(hotel, "Sonda", quantity=TEMPERATURE, each=20.0)
    uids = [DataPoint.objects.get(pk=each.data_point_id).uid for each in (power, warmth)]

    page = look(client, hotel, WEEK + "".join(f"&what=point:{uid}" for uid in uids))

    assert "De otra unidad" in page
    assert "Sonda" in page


def test_a_volume_flows_and_has_no_power(client: Client, hotel: Account) -> None:
    key = measured(hotel, "Gas", quantity=GAS_VOLUME, each=500.0)
    uid = DataPoint.objects.get(pk=key.data_point_id).uid

    page = look(client, hotel, f"{WEEK}&what=point:{uid}")

    assert "Caudal medio" in page
    assert "Caudal máximo, m³/h" in page
    assert "Potencia m" not in page


def test_meters_of_several_zones_are_said_to_count_their_own_days(
    client: Client, hotel: Account
) -> None:
    measured(hotel, "Madrid")
    measured(hotel, "Tenerife", time_zone="Atlantic/Canary")

    page = look(client, hotel, WEEK)

    assert "zonas horarias distintas" in page


def test_a_silent_meter_is_named(client: Client, hotel: Account) -> None:
    measured(hotel, "Vivo")
    series(meter=make.meter(hotel, "Muerto"))

    page = look(client, hotel, WEEK)

    assert "fuera de la suma: «Muerto»" in page


@pytest.mark.parametrize("shape", ["curve", "bars", "periods", "sites"])
@pytest.mark.parametrize("by", ["", "slot", "hour", "day", "month"])
@pytest.mark.parametrize("versus", ["", "previous", "weekday", "date"])
def test_each_way_of_drawing_has_a_table(
    client: Client, hotel: Account, shape: str, by: str, versus: str
) -> None:
    measured(hotel, days=20)

    page = look(client, hotel, f"{WEEK}&as={shape}&by={by}&versus={versus}")

    assert 'class="chart' in page or "energy-table" in page
    assert rows_of(page)[-1][0] == "En total" or len(rows_of(page)) == 2


def test_the_commercial_department_is_written_down(client: Client, hotel: Account) -> None:
    measured(hotel)
    client.force_login(make.commercial("Elena Cid"))

    look(client, hotel)

    acts = Act.objects.filter(account_id=hotel.pk, verb="consumption.entered")
    assert [each.person.name for each in acts if each.person] == ["Elena Cid"]


def test_side_by_side_what_was_never_measured_has_as_many_figures(
    client: Client, hotel: Account
) -> None:
    key = measured(hotel)
    silent = series(60, meter=make.meter(hotel, "Cargadores"))
    points = [DataPoint.objects.get(pk=each.data_point_id) for each in (key, silent)]

    page = look(client, hotel, WEEK + "".join(f"&what=point:{each.uid}" for each in points))

    figures = page[page.index('id="figures"') :]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", figures[: figures.index("</table>")])
    labels = [re.findall(r'data-label="([^"]+)"', row) for row in rows[1:]]
    assert len(labels) == 2
    assert labels[0] == labels[1]
    assert 'data-label="Potencia máxima">– </td>' in rows[2]


def test_of_whole_days_alone_there_is_no_figure_of_a_peak(client: Client, hotel: Account) -> None:
    measured(hotel, minutes=1440, each=24_000.0)

    page = look(client, hotel, WEEK)

    assert "<dt>Potencia media</dt>" in page
    assert "<dt>Potencia máxima</dt>" not in page


def test_over_the_figures_of_a_year_before_the_heading_is_short(
    client: Client, hotel: Account
) -> None:
    measured(hotel)

    headings = rows_of(look(client, hotel, f"{WEEK}&versus=weekday"))[0]
    downloaded = client.get(address(hotel, f"{WEEK}&versus=weekday", "download.csv"))

    assert headings[2] == "Un año antes, kWh"
    assert "Un año antes, por día de la semana, kWh" in downloaded.content.decode()


def test_without_a_script_a_picture_of_days_says_so(client: Client, hotel: Account) -> None:
    measured(hotel, minutes=1440, each=24_000.0)

    page = look(client, hotel, WEEK)

    assert "Cada día (kW)" in page
    assert "1440 minutos" not in page
    assert re.search(r'<text class="strong" x="2" y="185\.0">0</text>', page)
